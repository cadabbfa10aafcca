// AES-SIV (RFC 5297), opening only: what seals the secret key in a crev key file. WebCrypto has its two halves, AES in
// counter mode, and CBC, from which CMAC (RFC 4493) is made.

import { concatBytes } from '@noble/hashes/utils.js';

const blockBytes = 16;

/**
 * The plaintext of `sealed` (16-byte tag, then ciphertext), or undefined when key, associated data or ciphertext do not
 * belong together. `key` is of 32, 48 or 64 bytes: half for the tag, half for the counter mode.
 */
export async function openAesSiv(
  key: Uint8Array,
  sealed: Uint8Array,
  associated: readonly Uint8Array[],
): Promise<Uint8Array | undefined> {
  const half = key.length / 2;
  if (sealed.length < blockBytes) return undefined;
  const tag = sealed.slice(0, blockBytes);
  const counter = tag.slice();
  // RFC 5297 section 2.5: the top bits of the last two 32-bit words are cleared.
  counter[8] = (counter[8] ?? 0) & 0x7f;
  counter[12] = (counter[12] ?? 0) & 0x7f;
  const counterKey = await crypto.subtle.importKey('raw', key.slice(half), 'AES-CTR', false, ['decrypt']);
  const plaintext = new Uint8Array(
    await crypto.subtle.decrypt(
      { name: 'AES-CTR', counter, length: 128 },
      counterKey,
      sealed.slice(blockBytes),
    ),
  );
  const expected = await s2v(key.slice(0, half), associated, plaintext);
  return sameBytes(expected, tag) ? plaintext : undefined;
}

/** RFC 5297 section 2.4. */
async function s2v(
  key: Uint8Array<ArrayBuffer>,
  associated: readonly Uint8Array[],
  plaintext: Uint8Array,
): Promise<Uint8Array> {
  const macKey = await crypto.subtle.importKey('raw', key, 'AES-CBC', false, ['encrypt']);
  let sum = await cmac(macKey, new Uint8Array(blockBytes));
  for (const data of associated) sum = xor(doubled(sum), await cmac(macKey, data));
  if (plaintext.length < blockBytes) return cmac(macKey, xor(doubled(sum), padded(plaintext)));
  const start = plaintext.length - blockBytes;
  return cmac(macKey, concatBytes(plaintext.subarray(0, start), xor(plaintext.subarray(start), sum)));
}

/** RFC 4493 section 2.4. */
async function cmac(key: CryptoKey, message: Uint8Array): Promise<Uint8Array> {
  const once = doubled(await cbcMac(key, new Uint8Array(blockBytes)));
  const whole = message.length > 0 && message.length % blockBytes === 0;
  const start = whole ? message.length - blockBytes : message.length - (message.length % blockBytes);
  const last = whole
    ? xor(message.subarray(start), once)
    : xor(padded(message.subarray(start)), doubled(once));
  return cbcMac(key, concatBytes(message.subarray(0, start), last));
}

/** The last ciphertext block of whole blocks under CBC with a zero vector, before the padding that WebCrypto adds. */
async function cbcMac(key: CryptoKey, blocks: Uint8Array): Promise<Uint8Array> {
  const vector = new Uint8Array(blockBytes);
  const encrypted = await crypto.subtle.encrypt({ name: 'AES-CBC', iv: vector }, key, blocks.slice());
  return new Uint8Array(encrypted, blocks.length - blockBytes, blockBytes);
}

/** Doubling in GF(2^128), RFC 5297 section 2.3. */
function doubled(block: Uint8Array): Uint8Array {
  const shifted = block.map((byte, i) => ((byte << 1) & 0xff) | ((block[i + 1] ?? 0) >> 7));
  shifted[15] = (shifted[15] ?? 0) ^ (((block[0] ?? 0) & 0x80) === 0 ? 0 : 0x87);
  return shifted;
}

function padded(data: Uint8Array): Uint8Array {
  const block = new Uint8Array(blockBytes);
  block.set(data);
  block[data.length] = 0x80;
  return block;
}

function xor(a: Uint8Array, b: Uint8Array): Uint8Array {
  return a.map((byte, i) => byte ^ (b[i] ?? 0));
}

function sameBytes(a: Uint8Array, b: Uint8Array): boolean {
  return (
    a.length === b.length && a.reduce((difference, byte, i) => difference | (byte ^ (b[i] ?? 0)), 0) === 0
  );
}
