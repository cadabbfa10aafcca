import { describe, expect, it } from 'vitest';
import { fromBase64, utf8 } from '../../../core/bytes.ts';
import { formatCheckpoint } from '../../../core/log/checkpoint.ts';
import {
  mlDsa44KeyPair,
  mlDsaPublicKeyBytes,
  mlDsaSignatureBytes,
  verifyMlDsa44,
} from '../../../core/log/ml-dsa.ts';
import {
  formatVerifierKey,
  makePrivateKey,
  makeVerifierKey,
  parseVerifierKey,
} from '../../../core/log/note-key.ts';
import { signNote } from '../../../core/log/note-signature.ts';
import { expectCode } from '../../support/matchers.ts';
import { flipped } from '../../support/memory-log.ts';

const seed = new Uint8Array(32).map((_, i) => i);
const message = utf8('message');

describe('ML-DSA-44', () => {
  it('has the sizes of FIPS 204, and one key for a seed', async () => {
    const { publicKey, sign } = await mlDsa44KeyPair(seed);
    expect(publicKey).toHaveLength(mlDsaPublicKeyBytes);
    expect(await sign(message)).toHaveLength(mlDsaSignatureBytes);
    expect((await mlDsa44KeyPair(seed)).publicKey).toEqual(publicKey);
    expect((await mlDsa44KeyPair(new Uint8Array(32))).publicKey).not.toEqual(publicKey);
  });

  it('derives the public key that others derive from the seed 00 01 … 1f', async () => {
    // The beginning of the example public key of RFC 9881, appendix C.1, behind the byte that says "no unused bits".
    const published = fromBase64(
      'ANeytHJUquDbReeTDUqY0sl9jxOX0Xidr6FwJLMW6b7JT8mUbULxm3mnQTu6oz5xSctC7VEVaTrAQfrLmIretf4OHYYxGEmVtZLD',
    ).subarray(1);
    const { publicKey } = await mlDsa44KeyPair(seed);
    expect(publicKey.subarray(0, published.length)).toEqual(published);
  });

  it('verifies what was signed, and nothing else', async () => {
    const { publicKey, sign } = await mlDsa44KeyPair(seed);
    const signature = await sign(message);
    expect(await verifyMlDsa44(publicKey, signature, message)).toBe(true);
    expect(await verifyMlDsa44(publicKey, signature, utf8('messagf'))).toBe(false);
    for (const at of [0, 31, 32, 1000, 2303, 2304, 2419]) {
      expect(await verifyMlDsa44(publicKey, flipped(signature, at), message)).toBe(false);
    }
    for (const at of [0, 31, 32, 1311])
      expect(await verifyMlDsa44(flipped(publicKey, at), signature, message)).toBe(false);
    for (const wrong of [
      new Uint8Array(0),
      signature.subarray(1),
      new Uint8Array(2420),
      new Uint8Array(2420).fill(255),
    ]) {
      expect(await verifyMlDsa44(publicKey, wrong, message)).toBe(false);
    }
    expect(await verifyMlDsa44(publicKey.subarray(1), signature, message)).toBe(false);
  });

  it('signs for a log and for a witness by the same rule: subtree/v1', async () => {
    const key = await makePrivateKey('example.org/log', 'mlDsa', seed);
    const checkpoint = { origin: 'example.org/log', size: 258, root: new Uint8Array(32).fill(5) };
    const { payload } = await signNote(key, formatCheckpoint(checkpoint), 0);
    expect(payload.subarray(0, 8)).toEqual(new Uint8Array(8));
    const name = utf8('example.org/log');
    // Written out as the specification has it: label, cosigner, time, origin, start, end, hash.
    const signed = Uint8Array.of(
      ...utf8('subtree/v1\n\0'),
      ...[name.length, ...name],
      ...new Uint8Array(8),
      ...[name.length, ...name],
      ...new Uint8Array(8),
      ...[0, 0, 0, 0, 0, 0, 1, 2],
      ...checkpoint.root,
    );
    expect(await verifyMlDsa44(key.key.publicKey, payload.subarray(8), signed)).toBe(true);
    const witness = await signNote(key, formatCheckpoint(checkpoint), 0x0102030405);
    expect(witness.payload.subarray(0, 8)).toEqual(Uint8Array.of(0, 0, 0, 1, 2, 3, 4, 5));
  });

  it('has verifier keys of type 6 with an id of their own; one with another id is refused', async () => {
    const { publicKey } = await mlDsa44KeyPair(seed);
    const key = makeVerifierKey('test', 'mlDsa', publicKey);
    const text = formatVerifierKey(key);
    expect(parseVerifierKey(text)).toEqual(key);
    expect(text).toMatch(/^test\+[0-9a-f]{8}\+B/);
    await expectCode('note-invalid', () => parseVerifierKey(text.replace(key.id, '5893dc2c')));
    await expectCode('note-invalid', () => makeVerifierKey('test', 'mlDsa', publicKey.subarray(1)));
    await expectCode('note-invalid', () => makeVerifierKey('test', 'ed25519', publicKey));
  });
});
