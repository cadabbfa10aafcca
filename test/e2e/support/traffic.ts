// Everything that a browser sent: addresses, headers, bodies. And the search through it for what must never be sent.

import type { BrowserContext, Request } from 'playwright-core';

export interface SentRequest {
  readonly method: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

export interface Traffic {
  readonly requests: readonly SentRequest[];
  /** Resolves when the headers of all requests so far are there. */
  settled(): Promise<void>;
}

/** Records every request of a context from now on. */
export function recordTraffic(context: BrowserContext): Traffic {
  const requests: SentRequest[] = [];
  const pending: Promise<void>[] = [];
  const record = async (request: Request): Promise<void> => {
    const sent = {
      method: request.method(),
      url: request.url(),
      body: request.postDataBuffer() ?? Buffer.of(),
    };
    // With what the network stack adds; a request that was broken off has only what the page gave.
    const headers = await request.allHeaders().catch(() => request.headers());
    requests.push({ ...sent, headers });
  };
  context.on('request', (request) => pending.push(record(request)));
  return {
    requests,
    settled: async () => {
      await Promise.all(pending);
    },
  };
}

/** What would give a private key or a passphrase away, wherever it stands. */
export interface Secrets {
  readonly passphrases: readonly string[];
  /** Armoured private keys, as they were made or saved. */
  readonly privateKeys: readonly string[];
}

/**
 * Says which requests carry private key material or a passphrase: the armour's marker, any line of the armour, the
 * passphrase; as they are, percent-encoded, form-encoded, in base64 and in hex. Empty when none does.
 */
export function leaks({ requests }: Traffic, { passphrases, privateKeys }: Secrets): string[] {
  const needles = new Map<string, string>([['BEGIN PGP PRIVATE KEY', 'the armour of a private key']]);
  for (const passphrase of passphrases) needles.set(passphrase, 'a passphrase');
  for (const key of privateKeys) {
    for (const line of keyLines(key)) needles.set(line, 'a line of a private key');
  }
  return requests.flatMap((request) => {
    const haystack = everythingIn(request);
    return [...needles].flatMap(([needle, name]) =>
      formsOf(needle).some((form) => haystack.includes(form))
        ? [`${request.method} ${request.url} carries ${name}`]
        : [],
    );
  });
}

/** The base64 lines of an armour that no certificate has: those of the certificate are no secret. */
function keyLines(armoured: string): string[] {
  const base64 = armoured.replace(/-----[^\n]*-----|^[A-Za-z]+:.*$|^=.*$/gm, '').replace(/\s/g, '');
  // A secret key packet begins with the public key, whose bytes are public: what comes after the first 90 characters is not,
  // nor do user id and signature fall on the same places of base64 in the certificate.
  const secret = base64.slice(90);
  return Array.from({ length: Math.floor(secret.length / 24) }, (_, at) =>
    secret.slice(at * 24, at * 24 + 24),
  );
}

function everythingIn({ url, headers, body }: SentRequest): string {
  const text = [url, ...Object.entries(headers).flat(), body.toString('utf8'), body.toString('latin1')].join(
    '\n',
  );
  return `${text}\n${decoded(text)}`;
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '));
  } catch {
    return '';
  }
}

function formsOf(needle: string): string[] {
  const bytes = Buffer.from(needle);
  return [
    needle,
    encodeURIComponent(needle),
    new URLSearchParams({ x: needle }).toString().slice(2),
    bytes.toString('hex'),
    // Without the last characters, which depend on what follows.
    ...[0, 1, 2].map((shift) =>
      Buffer.concat([Buffer.alloc(shift), bytes])
        .toString('base64')
        .slice(shift === 0 ? 0 : shift + 1)
        .replace(/.?.?=*$/, ''),
    ),
  ].filter((form) => form.length > 4);
}
