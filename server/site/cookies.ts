// The cookies that are not the session: preferences, readable text, no secrets.

import type { Request, Response } from 'express';
import { parseCookie } from 'cookie';

const year = 365 * 24 * 60 * 60 * 1000;

/** The value of a cookie; undefined when the request has none of that name. */
export function readCookie(request: Request, name: string): string | undefined {
  const header = request.get('cookie');
  return header === undefined ? undefined : parseCookie(header)[name];
}

/** Sets a preference for a year, or clears it when the value is empty. */
export function writeCookie(response: Response, name: string, value: string): void {
  const options = { httpOnly: true, sameSite: 'lax', path: '/' } as const;
  if (value === '') response.clearCookie(name, options);
  else response.cookie(name, value, { ...options, maxAge: year });
}
