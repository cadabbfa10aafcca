import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatCheckpoint, parseCheckpoint } from '../../../core/log/checkpoint.ts';
import {
  makePrivateKey,
  parsePrivateKey,
  parseVerifierKey,
  type KeyType,
} from '../../../core/log/note-key.ts';
import { signNote, verifyNoteSignature } from '../../../core/log/note-signature.ts';
import { formatSignatureLine, parseSignatureLine } from '../../../core/log/note.ts';
import { expectCode } from '../../support/matchers.ts';
import { flipped } from '../../support/memory-log.ts';
import { enoch, foo, peter, rome, tessera, tesseraNote } from './support/known-answers.ts';

const checkpoint = { origin: 'example.org/log', size: 42, root: new Uint8Array(32).fill(9) };
const text = formatCheckpoint(checkpoint);
const keyOf = (name: string, type: KeyType, byte = 3) =>
  makePrivateKey(name, type, new Uint8Array(32).fill(byte));

describe('signatures on notes', () => {
  it("are Go's, bit for bit", async () => {
    const key = await parsePrivateKey(peter.privateKey);
    expect(formatSignatureLine(await signNote(key, peter.text, 0))).toBe(peter.line);
  });

  it("are Tessera's, bit for bit", async () => {
    const key = await parsePrivateKey(tessera.privateKey);
    for (const size of [0, 1, 3, 8, 15] as const) {
      const [of = '', line = ''] = tesseraNote(size).split('\n\n');
      expect(formatSignatureLine(await signNote(key, `${of}\n`, 0))).toBe(line);
    }
  });

  it.each([
    ['the specification', foo.verifierKey, foo.text, foo.line],
    ['Go', enoch.verifierKey, peter.text, enoch.line],
  ])('of others hold: %s', async (_, vkey, of, line) => {
    const signature = parseSignatureLine(line.trimEnd());
    expect(await verifyNoteSignature(parseVerifierKey(vkey), of, signature)).toBeUndefined();
  });

  it('of a real witness hold, and state their time', async () => {
    const key = parseVerifierKey(rome.witnessKey);
    const signature = parseSignatureLine(rome.line.trimEnd());
    expect(await verifyNoteSignature(key, rome.text, signature)).toBe(rome.time);
    for (let i = 0; i < signature.payload.length; i++) {
      const wrong = { ...signature, payload: flipped(signature.payload, i, i) };
      await expectCode('signature-invalid', () => verifyNoteSignature(key, rome.text, wrong));
    }
    await expectCode('signature-invalid', () =>
      verifyNoteSignature(key, rome.text.replace('300', '301'), signature),
    );
  });

  it.each(['ed25519', 'cosignature', 'mlDsa'] as const)(
    'of type %s hold, and for nothing else',
    async (type) => {
      const key = await keyOf('example.org/log', type);
      const signature = await signNote(key, text, 1_700_000_000);
      const { key: verifier } = key;
      const time = type === 'ed25519' ? undefined : 1_700_000_000;
      expect(signature).toMatchObject({ name: 'example.org/log', keyId: verifier.id });
      expect(await verifyNoteSignature(verifier, text, signature)).toBe(time);
      const refused = (key2: typeof verifier, of: string, payload: Uint8Array) =>
        expectCode('signature-invalid', () => verifyNoteSignature(key2, of, { ...signature, payload }));
      const { payload } = signature;
      await refused(verifier, text.replace('42', '43'), payload);
      await refused(verifier, text.replace('example.org', 'example.com'), payload);
      await refused(
        verifier,
        formatCheckpoint({ ...checkpoint, root: flipped(checkpoint.root, 0) }),
        payload,
      );
      for (const at of [0, 7, 8, 20, payload.length - 1]) await refused(verifier, text, flipped(payload, at));
      for (const cut of [
        payload.subarray(1),
        payload.subarray(0, -1),
        new Uint8Array(0),
        Uint8Array.of(...payload, 0),
      ]) {
        await refused(verifier, text, cut);
      }
      await refused((await keyOf('example.org/log', type, 4)).key, text, payload);
      const renamed = (await keyOf('example.org/other', type)).key;
      // The name is in the signed message of an ML-DSA cosignature only: notes find keys by name and id.
      if (type === 'mlDsa') await refused(renamed, text, payload);
      else await verifyNoteSignature(renamed, text, signature);
    },
  );

  it('have the lengths of the specification', async () => {
    for (const [type, length] of [
      ['ed25519', 64],
      ['cosignature', 72],
      ['mlDsa', 2428],
    ] as const) {
      expect((await signNote(await keyOf('example.org', type), text, 0)).payload).toHaveLength(length);
    }
  });

  it('state any time up to the largest safe integer, and no other', async () => {
    const key = await keyOf('witness.example.org', 'cosignature');
    await fc.assert(
      fc.asyncProperty(fc.maxSafeNat(), async (time) => {
        expect(await verifyNoteSignature(key.key, text, await signNote(key, text, time))).toBe(time);
      }),
      { numRuns: 30 },
    );
    const signature = await signNote(key, text, 5);
    const late = { ...signature, payload: Uint8Array.of(0xff, ...signature.payload.subarray(1)) };
    const error = await expectCode('signature-invalid', () => verifyNoteSignature(key.key, text, late));
    expect(error.message).toContain('time');
  });

  it('of witnesses are on checkpoints only', async () => {
    for (const type of ['cosignature', 'mlDsa'] as const) {
      const key = await keyOf('witness.example.org', type);
      for (const wrong of ['any text\n', `${text}extension\n`, text.replace('42', '042')]) {
        await expectCode('note-invalid', () => signNote(key, wrong, 1));
        const signature = await signNote(key, text, 1);
        await expectCode('note-invalid', () => verifyNoteSignature(key.key, wrong, signature));
      }
    }
    expect(parseCheckpoint(text)).toEqual(checkpoint);
  });

  it('of one key in two roles are two: a log and a witness do not sign for each other', async () => {
    const log = await keyOf('example.org/log', 'ed25519');
    const witness = await keyOf('example.org/log', 'cosignature');
    expect(log.key.publicKey).toEqual(witness.key.publicKey);
    expect(log.key.id).not.toBe(witness.key.id);
    const byLog = await signNote(log, text, 0);
    const byWitness = await signNote(witness, text, 1);
    await expectCode('signature-invalid', () => verifyNoteSignature(witness.key, text, byLog));
    await expectCode('signature-invalid', () => verifyNoteSignature(log.key, text, byWitness));
  });
});
