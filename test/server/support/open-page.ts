// Opening pages as a browser does, and what must hold for every one of them, whatever strangers wrote into the ledger.

import type { Express } from 'express';
import supertest from 'supertest';
import { expect } from 'vitest';

export interface OpenedPage {
  readonly status: number;
  readonly html: string;
  /** The text without tags, entities decoded, white space folded: what people read. */
  readonly text: string;
  readonly location: string | undefined;
  readonly headers: Readonly<Record<string, string>>;
}

/** Opens a page; follows nothing. Checks that no page has inline script or style, and no link but to the web. */
export async function openPage(app: Express, path: string, cookie?: string): Promise<OpenedPage> {
  const request = supertest(app).get(path).redirects(0).set('Accept', 'text/html');
  const answer = await (cookie === undefined ? request : request.set('Cookie', cookie));
  const html = answer.text;
  checkHarmless(html);
  return {
    status: answer.status,
    html,
    text: textOf(html),
    location: answer.headers['location'],
    headers: answer.headers,
  };
}

/** Sends a form and gives the answer. */
export async function sendForm(
  app: Express,
  path: string,
  fields: Readonly<Record<string, string>>,
  cookie?: string,
): Promise<OpenedPage & { readonly cookies: readonly string[] }> {
  const request = supertest(app).post(path).type('form').redirects(0).set('Accept', 'text/html');
  const answer = await (cookie === undefined ? request : request.set('Cookie', cookie)).send(fields);
  checkHarmless(answer.text);
  return {
    status: answer.status,
    html: answer.text,
    text: textOf(answer.text),
    location: answer.headers['location'],
    headers: answer.headers,
    cookies: (answer.headers['set-cookie'] ?? []) as unknown as readonly string[],
  };
}

function checkHarmless(html: string): void {
  for (const [tag] of html.matchAll(/<script\b[^>]*>/gi)) expect(tag).toMatch(/ src="\/assets\//);
  // What stands in quotes is a value, whatever it says.
  for (const [tag] of html.matchAll(/<[a-z](?:[^>"]|"[^"]*")*>/gi)) {
    expect(tag.replaceAll(/"[^"]*"/g, '""')).not.toMatch(/\s(?:on[a-z]+|style)\s*=/i);
    const href = / (?:href|src|action)="([^"]*)"/.exec(tag)?.[1];
    if (href !== undefined) expect(href).toMatch(/^(?:\/(?!\/)|#|https?:\/\/)/);
    if (href !== undefined && /^<a\b/.test(tag) && /^https?:/.test(href)) {
      expect(tag).toContain('rel="nofollow noreferrer"');
    }
  }
}

function textOf(html: string): string {
  const body = html.replace(/^[\s\S]*?<main[^>]*>/, '').replace(/<\/main>[\s\S]*$/, '');
  return body
    .replaceAll(/<[^>]*>/g, ' ')
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&#34;', '"')
    .replaceAll('&#39;', "'")
    .replaceAll('&amp;', '&')
    .replaceAll(/\s+/g, ' ')
    .trim();
}
