// A WebAuthn authenticator in software, for tests: real ES256 keys, real CBOR and COSE, and a count that tests can turn back.

import { createHash, generateKeyPairSync, randomBytes, sign, type KeyObject } from 'node:crypto';

type Cbor = string | number | Uint8Array | Map<string | number, Cbor>;

/** CBOR of texts, integers, bytes and maps, in the given order (RFC 8949 section 3). */
function cbor(value: Cbor): Buffer {
  if (typeof value === 'number') return value >= 0 ? head(0, value) : head(1, -1 - value);
  if (typeof value === 'string')
    return Buffer.concat([head(3, Buffer.byteLength(value)), Buffer.from(value)]);
  if (value instanceof Uint8Array) return Buffer.concat([head(2, value.length), value]);
  return Buffer.concat([head(5, value.size), ...[...value].flat().map(cbor)]);
}

function head(type: number, count: number): Buffer {
  if (count < 24) return Buffer.from([(type << 5) | count]);
  if (count < 256) return Buffer.from([(type << 5) | 24, count]);
  return Buffer.from([(type << 5) | 25, count >> 8, count & 0xff]);
}

const sha256 = (bytes: Uint8Array | string): Buffer => createHash('sha256').update(bytes).digest();
const encode = (bytes: Uint8Array | string): string => Buffer.from(bytes).toString('base64url');

export interface Asked {
  readonly challenge: string;
  /** What the browser says that the page's origin is. */
  readonly origin: string;
  readonly rpId: string;
}

/** Bits of the authenticator's flags. */
const userPresent = 0x01;
const userVerified = 0x04;
const hasCredential = 0x40;

export class Authenticator {
  readonly #id = randomBytes(32);
  readonly #key: KeyObject;
  readonly #cose: Buffer;
  /** Signatures so far. */
  counter = 0;
  /** Whether the person showed who they are, by a PIN or a finger. */
  verifiesUser = true;
  #userHandle = '';

  constructor() {
    const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    this.#key = privateKey;
    const { x = '', y = '' } = publicKey.export({ format: 'jwk' });
    this.#cose = cbor(
      new Map<number, Cbor>([
        [1, 2], // key type: two coordinates
        [3, -7], // ES256
        [-1, 1], // P-256
        [-2, Buffer.from(x, 'base64url')],
        [-3, Buffer.from(y, 'base64url')],
      ]),
    );
  }

  /** Answers navigator.credentials.create(). */
  create(asked: Asked, userHandle: string): object {
    if (this.#userHandle === '') this.#userHandle = userHandle;
    const credential = Buffer.concat([Buffer.alloc(16), Buffer.from([0, 32]), this.#id, this.#cose]);
    const data = Buffer.concat([this.#data(asked.rpId, hasCredential), credential]);
    const attestation = new Map<string, Cbor>([
      ['fmt', 'none'],
      ['attStmt', new Map()],
      ['authData', data],
    ]);
    return this.#answer({
      clientDataJSON: encode(clientData('webauthn.create', asked)),
      attestationObject: encode(cbor(attestation)),
      transports: ['internal'],
    });
  }

  /** Answers navigator.credentials.get(). */
  get(asked: Asked, userHandle = this.#userHandle): object {
    this.counter++;
    const client = clientData('webauthn.get', asked);
    const data = this.#data(asked.rpId, 0);
    return this.#answer({
      clientDataJSON: encode(client),
      authenticatorData: encode(data),
      signature: encode(sign('sha256', Buffer.concat([data, sha256(client)]), this.#key)),
      userHandle,
    });
  }

  #data(rpId: string, flags: number): Buffer {
    const count = Buffer.alloc(4);
    count.writeUInt32BE(this.counter);
    const all = flags | userPresent | (this.verifiesUser ? userVerified : 0);
    return Buffer.concat([sha256(rpId), Buffer.from([all]), count]);
  }

  #answer(response: object): object {
    const id = encode(this.#id);
    return { id, rawId: id, type: 'public-key', clientExtensionResults: {}, response };
  }
}

function clientData(type: string, { challenge, origin }: Asked): string {
  return JSON.stringify({ type, challenge, origin, crossOrigin: false });
}
