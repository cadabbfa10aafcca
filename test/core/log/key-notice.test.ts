// A log's keys follow each other only by a notice that an older key has signed.

import { describe, expect, it } from 'vitest';
import { formatKeyNotice, openKeyNotice, signKeyNotice } from '../../../core/log/key-notice.ts';
import { makePrivateKey, type KeyType, type PrivateKey } from '../../../core/log/note-key.ts';
import { signNote } from '../../../core/log/note-signature.ts';
import { formatNote } from '../../../core/log/note.ts';
import { expectCode } from '../../support/matchers.ts';

const origin = 'ledger.example.org';
const key = (number: number, name = origin, type: KeyType = 'ed25519'): Promise<PrivateKey> =>
  makePrivateKey(name, type, new Uint8Array(32).fill(number));

/** A note over any text, signed by a key. */
async function note(text: string, signer: PrivateKey): Promise<string> {
  return formatNote({ text, signatures: [await signNote(signer, text, 0)] });
}

describe('a notice of keys', () => {
  it('gives the keys that it names to who knows one that signed it', async () => {
    const [older, newer] = [await key(1), await key(2)];
    const text = await signKeyNotice(origin, [newer.key, older.key], [newer, older]);
    const named = [newer.key, older.key];
    expect(await openKeyNotice(text, origin, [older.key])).toEqual(named);
    expect(await openKeyNotice(text, origin, [newer.key])).toEqual(named);
  });

  it('is nothing to who knows none of its signers', async () => {
    const [older, newer] = [await key(1), await key(2)];
    const text = await signKeyNotice(origin, [newer.key, older.key], [newer]);
    await expectCode('signature-missing', () => openKeyNotice(text, origin, [older.key]));
    await expectCode('signature-missing', () => openKeyNotice(text, origin, []));
  });

  it('does not hold with another key in it', async () => {
    const [older, newer, thief] = [await key(1), await key(2), await key(3)];
    const text = await signKeyNotice(origin, [newer.key, older.key], [older]);
    const forged = text.replace(
      formatKeyNotice(origin, [newer.key, older.key]),
      formatKeyNotice(origin, [thief.key, older.key]),
    );
    expect(forged).not.toBe(text);
    await expectCode('signature-invalid', () => openKeyNotice(forged, origin, [older.key]));
  });

  it.each([
    [
      'of another log',
      async () =>
        signKeyNotice('other.example.org', [(await key(2, 'other.example.org')).key], [await key(1)]),
    ],
    [
      'of keys with another name',
      async () => signKeyNotice(origin, [(await key(2, 'other.example.org')).key], [await key(1)]),
    ],
    [
      'of a witness',
      async () => signKeyNotice(origin, [(await key(2, origin, 'cosignature')).key], [await key(1)]),
    ],
    ['without keys', async () => note(formatKeyNotice(origin, []), await key(1))],
    [
      'of seventeen keys',
      async () => {
        const keys = await Promise.all(Array.from({ length: 17 }, (_, number) => key(number + 1)));
        return signKeyNotice(
          origin,
          keys.map((one) => one.key),
          [await key(1)],
        );
      },
    ],
    ['with another first line', async () => note(`trust-ledger/keys/v2\n${origin}\n`, await key(1))],
    [
      'that is a checkpoint',
      async () => note(`${origin}\n0\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n`, await key(1)),
    ],
  ])('%s is refused', async (_name, make) => {
    const known = [(await key(1)).key];
    const text = await make();
    await expectCode('note-invalid', () => openKeyNotice(text, origin, known));
  });
});
