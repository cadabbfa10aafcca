// Delivering events to somebody's own address.
//
// POST of a JSON array of events. With a secret, the header trust-check-signature is `t=<POSIX seconds>,v1=<hex>`, where v1
// is HMAC-SHA256 over `<t>.<body>`: check it over the bytes of the body as they came, refuse times that are far off, and
// drop event ids that were seen. Never followed: redirects. Never sent: anything but events, which hold public ledger data.
// Never shown: the address's path and query, which may be a secret.

import { createHmac } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { AuditEvent } from '../../core/api/audit-event.ts';
import { excerpt } from '../../core/bytes.ts';
import { TrustError } from '../../core/errors.ts';
import { version } from '../version.ts';

const signatureHeader = 'trust-check-signature';
/** Most events and characters of one request; one event that is longer goes alone. */
const maxEvents = 100;
const maxCharacters = 1024 * 1024;

export interface Webhook {
  readonly url: URL;
  /** Key of the signature, as the file has it; without it nothing is signed. */
  readonly secret: Uint8Array | undefined;
  readonly fetch: typeof globalThis.fetch;
  readonly clock: () => Date;
  /** How long one attempt may take, in milliseconds. */
  readonly timeoutMs: number;
  /** Pauses between attempts, in milliseconds: one more attempt than pauses. */
  readonly pausesMs: readonly number[];
  readonly signal: AbortSignal;
}

/** What became of a delivery: events from the front of the queue that were taken, and what went wrong with the next. */
export interface Delivery {
  readonly delivered: number;
  readonly failure: string | undefined;
}

/** The address of a webhook: https, or http to this machine. Throws usage, without the address's path and query. */
export function parseWebhookUrl(text: string): URL {
  const help = 'Write it like https://hooks.example.org/ledger or http://localhost:9000/.';
  if (!URL.canParse(text)) {
    throw new TrustError('usage', 'The address of the webhook is none.', { help });
  }
  const url = new URL(text);
  const isLoopback = /^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])$/.test(url.hostname);
  if (url.protocol !== 'https:' && !(url.protocol === 'http:' && isLoopback)) {
    const shown = excerpt(`${url.protocol}//${url.host}`);
    throw new TrustError('usage', `A webhook is reached by https, or by http on this machine: ${shown}`, {
      help,
    });
  }
  if (url.username !== '' || url.password !== '' || url.hash !== '') {
    throw new TrustError(
      'usage',
      'The address of the webhook carries a user name, a password or a fragment.',
      {
        help: 'Let the receiver check the signature: --webhook-secret-file.',
      },
    );
  }
  return url;
}

/** Delivers events in order, until all are taken or one request fails for good. Throws only when interrupted. */
export async function deliver(webhook: Webhook, events: readonly AuditEvent[]): Promise<Delivery> {
  let delivered = 0;
  while (delivered < events.length) {
    const { body, count } = nextBody(events, delivered);
    const failure = await postUntilTaken(webhook, body);
    if (failure !== undefined) return { delivered, failure };
    delivered += count;
  }
  return { delivered, failure: undefined };
}

function nextBody(events: readonly AuditEvent[], start: number): { body: string; count: number } {
  const texts: string[] = [];
  let length = 0;
  for (const event of events.slice(start, start + maxEvents)) {
    const text = JSON.stringify(event);
    if (texts.length > 0 && length + text.length > maxCharacters) break;
    texts.push(text);
    length += text.length;
  }
  return { body: `[${texts.join(',')}]`, count: texts.length };
}

async function postUntilTaken(webhook: Webhook, body: string): Promise<string | undefined> {
  for (let attempt = 0; ; attempt++) {
    const { failure, mayPass } = await post(webhook, body);
    const pause = webhook.pausesMs[attempt];
    if (failure === undefined || !mayPass || pause === undefined) return failure;
    await sleep(pause, undefined, { signal: webhook.signal });
  }
}

async function post(
  webhook: Webhook,
  body: string,
): Promise<{ readonly failure: string | undefined; readonly mayPass: boolean }> {
  const { url, secret, timeoutMs } = webhook;
  const timeout = AbortSignal.timeout(timeoutMs);
  try {
    const response = await webhook.fetch(url, {
      method: 'POST',
      redirect: 'manual',
      signal: AbortSignal.any([timeout, webhook.signal]),
      headers: {
        'content-type': 'application/json',
        'user-agent': `trust-check/${version}`,
        ...(secret !== undefined && {
          [signatureHeader]: signatureOf(secret, webhook.clock(), body),
        }),
      },
      body,
    });
    // What it says is of no interest, and may be endless.
    await response.body?.cancel();
    if (response.ok) return { failure: undefined, mayPass: true };
    const mayPass = response.status >= 500 || response.status === 408 || response.status === 429;
    return { failure: `it answers ${response.status}`, mayPass };
  } catch (error) {
    webhook.signal.throwIfAborted();
    const failure = timeout.aborted
      ? `no answer within ${timeoutMs / 1000} s`
      : `no connection (${reasonOf(error)})`;
    return { failure, mayPass: true };
  }
}

/** The signature header's value for a body sent at a time. */
function signatureOf(secret: Uint8Array, at: Date, body: string): string {
  const seconds = Math.floor(at.getTime() / 1000);
  const mac = createHmac('sha256', secret).update(`${seconds}.${body}`).digest('hex');
  return `t=${seconds},v1=${mac}`;
}

function reasonOf(error: unknown): string {
  const cause = error instanceof Error ? (error.cause ?? error) : error;
  const code = cause instanceof Error && 'code' in cause ? cause.code : undefined;
  return typeof code === 'string' ? code : 'the exchange failed';
}
