// Everything that a browser sent: addresses, headers, bodies. And the search through it for what must never be sent.

import { readPrivateKey } from 'openpgp';
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
 * Says which requests carry private key material or a passphrase: the armour's marker, any part of the secret bytes of a
 * key, the passphrase; as they are, percent-encoded, form-encoded, in base64 and in hex. Empty when none does.
 */
export async function leaks({ requests }: Traffic, { passphrases, privateKeys }: Secrets): Promise<string[]> {
  const needles: [string, readonly string[]][] = [
    ['the armour of a private key', formsOf(Buffer.from('BEGIN PGP PRIVATE KEY'))],
    ...passphrases.map((one): [string, string[]] => ['a passphrase', formsOf(Buffer.from(one))]),
  ];
  for (const armoured of privateKeys) {
    for (const part of await secretParts(armoured)) needles.push(['a part of a private key', formsOf(part)]);
  }
  return requests.flatMap((request) => {
    const haystack = everythingIn(request);
    return needles
      .filter(([, forms]) => forms.some((form) => haystack.includes(form)))
      .map(([name]) => `${request.method} ${request.url} carries ${name}`);
  });
}

/** What the secret packets of a key have beyond the public ones, in parts that fit into a line of an armour. */
async function secretParts(armoredKey: string): Promise<Buffer[]> {
  const key = await readPrivateKey({ armoredKey });
  const certificate = key.toPublic();
  const packets = [
    [key.keyPacket, certificate.keyPacket] as const,
    ...key.subkeys.map((subkey, at) => [subkey.keyPacket, certificate.subkeys[at]!.keyPacket] as const),
  ];
  return packets.flatMap(([secret, open]) => {
    const bytes = Buffer.from(secret.write().subarray(open.write().length));
    return Array.from({ length: Math.floor(bytes.length / 12) }, (_, at) =>
      bytes.subarray(at * 12, at * 12 + 12),
    );
  });
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

function formsOf(bytes: Buffer): string[] {
  const text = bytes.toString('utf8');
  const isText = Buffer.from(text).equals(bytes);
  return [
    ...(isText ? [text, encodeURIComponent(text), new URLSearchParams({ x: text }).toString().slice(2)] : []),
    bytes.toString('latin1'),
    bytes.toString('hex'),
    // At each of the three places where base64 may begin; without the characters that hang on what stands beside.
    ...[0, 1, 2].map((shift) =>
      Buffer.concat([Buffer.alloc(shift), bytes])
        .toString('base64')
        .slice(shift === 0 ? 0 : shift + 1)
        .replace(/.?.?=*$/, ''),
    ),
  ].filter((form) => form.length > 4);
}
