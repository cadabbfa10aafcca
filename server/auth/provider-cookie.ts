// The cookie that a browser carries to a provider and back: what the answer has to fit to, sealed, for ten minutes.

import { createHmac, timingSafeEqual } from 'node:crypto';
import type { Request, Response } from 'express';
import { z } from 'zod';
import { readCookie } from '../site/cookies.ts';
import { challengeMs } from './challenge.ts';

const text = z.string().max(2048);
const journeySchema = z.strictObject({
  secrets: z.strictObject({ state: text, nonce: text, verifier: text }),
  /** Where the person wants to go afterwards. */
  return: text,
  /** The account that the login is to be connected with; undefined when somebody signs in. */
  connect: z.uuid().optional(),
  until: z.number(),
});
export type Journey = Omit<z.output<typeof journeySchema>, 'until'>;

/** Whose secret seals it, and whether the browser reaches the site by https. */
export interface CookiePlace {
  readonly secret: string;
  readonly secure: boolean;
  readonly now: Date;
}

/** Sets the cookie. */
export function writeJourney(response: Response, journey: Journey, place: CookiePlace): void {
  const body = JSON.stringify({ ...journey, until: place.now.getTime() + challengeMs });
  const value = Buffer.from(body).toString('base64url');
  response.cookie(nameOf(place), `${value}.${seal(value, place)}`, {
    ...attributes(place),
    maxAge: challengeMs,
  });
}

/** Reads the cookie and takes it away; undefined when there is none that is ours and not too old. */
export function takeJourney(request: Request, response: Response, place: CookiePlace): Journey | undefined {
  const [value = '', mac = ''] = (readCookie(request, nameOf(place)) ?? '').split('.', 2);
  response.clearCookie(nameOf(place), attributes(place));
  const [expected, given] = [Buffer.from(seal(value, place)), Buffer.from(mac)];
  if (expected.length !== given.length || !timingSafeEqual(expected, given)) return undefined;
  const { until, ...journey } = journeySchema.parse(JSON.parse(Buffer.from(value, 'base64url').toString()));
  return place.now.getTime() < until ? journey : undefined;
}

function attributes({ secure }: CookiePlace) {
  return { httpOnly: true, sameSite: 'lax', path: '/', secure } as const;
}

function nameOf({ secure }: CookiePlace): string {
  return secure ? '__Host-provider' : 'provider';
}

function seal(value: string, { secret }: CookiePlace): string {
  const key = createHmac('sha256', secret).update('provider cookie').digest();
  return createHmac('sha256', key).update(value).digest('base64url');
}
