// Pages in tests: asked as a browser asks, with a cookie and forms of the same site.

import type { RequestListener } from 'node:http';
import request, { type Response } from 'supertest';

export interface Browser {
  get(path: string): Promise<Response>;
  /** Sends a form; lists are sent as several fields of one name. */
  post(path: string, fields?: Readonly<Record<string, string | readonly string[]>>): Promise<Response>;
}

/** Somebody's browser: with the cookie of a session, or without one. */
export function browse(app: RequestListener, cookie?: string): Browser {
  const headers = (more: Readonly<Record<string, string>>): Record<string, string> => ({
    Accept: 'text/html',
    ...(cookie !== undefined && { Cookie: cookie }),
    ...more,
  });
  return {
    get: (path) =>
      request(app)
        .get(path)
        .set(headers({}))
        .then((response) => response),
    post: (path, fields = {}) => {
      const form = new URLSearchParams();
      for (const [name, value] of Object.entries(fields)) {
        for (const one of typeof value === 'string' ? [value] : value) form.append(name, one);
      }
      return request(app)
        .post(path)
        .set(
          headers({ 'Sec-Fetch-Site': 'same-origin', 'Content-Type': 'application/x-www-form-urlencoded' }),
        )
        .send(form.toString())
        .then((response) => response);
    },
  };
}
