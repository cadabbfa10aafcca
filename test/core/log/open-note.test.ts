import { describe, expect, it } from 'vitest';
import { formatCheckpoint } from '../../../core/log/checkpoint.ts';
import { makePrivateKey, makeVerifierKey, parseVerifierKey } from '../../../core/log/note-key.ts';
import { signNote } from '../../../core/log/note-signature.ts';
import { formatNote, parseNote } from '../../../core/log/note.ts';
import { openCheckpoint } from '../../../core/log/open-checkpoint.ts';
import { openNote } from '../../../core/log/open-note.ts';
import { expectCode } from '../../support/matchers.ts';
import { flipped } from '../../support/memory-log.ts';
import {
  enoch,
  peter,
  rome,
  tessera,
  tesseraNote,
  torchwood,
  torchwoodNote,
} from './support/known-answers.ts';

const { text } = peter;
const [peterKey, enochKey] = [peter, enoch].map(({ verifierKey }) => parseVerifierKey(verifierKey)) as [
  ReturnType<typeof parseVerifierKey>,
  ReturnType<typeof parseVerifierKey>,
];
const both = parseNote(`${text}\n${peter.line}${enoch.line}`);

describe('opening a note', () => {
  it('gives the signatures of the keys that are known, and ignores others', async () => {
    expect((await openNote(both, [peterKey])).map(({ key }) => key)).toEqual([peterKey]);
    expect((await openNote(both, [enochKey, peterKey])).map(({ key }) => key)).toEqual([peterKey, enochKey]);
  });

  it('is refused without a signature by a known key', async () => {
    await expectCode('signature-missing', () => openNote(both, []));
    const misnamed = parseNote(`${text}\n${peter.line.replace('PeterNeumann', 'CarmenSandiego')}`);
    await expectCode('signature-missing', () => openNote(misnamed, [peterKey]));
    const otherId = parseNote(`${text}\n${peter.line.replace('x08g', 'xxxx')}`);
    const error = await expectCode('signature-missing', () => openNote(otherId, [peterKey]));
    expect(error.help).toContain('PeterNeumann+c74f20a3');
  });

  it('is refused when one known signature does not hold, whatever the others do', async () => {
    const wrong = { ...both.signatures[0]!, payload: flipped(both.signatures[0]!.payload, 5) };
    const forged = { text, signatures: [wrong, both.signatures[1]!] };
    await expectCode('signature-invalid', () => openNote(forged, [peterKey, enochKey]));
    expect(await openNote(forged, [enochKey])).toHaveLength(1);
    const longer = { ...wrong, payload: Uint8Array.of(...both.signatures[0]!.payload, 1) };
    await expectCode('signature-invalid', () => openNote({ text, signatures: [longer] }, [peterKey]));
  });

  it('counts a key once, however often it signed', async () => {
    const repeated = parseNote(`${text}\n${peter.line}${peter.line}${enoch.line}`);
    expect(await openNote(repeated, [peterKey, peterKey])).toHaveLength(1);
    // As in Go's: the first line of a key counts, what comes again of the same key is not looked at.
    const [first] = both.signatures;
    const again = { ...first!, payload: flipped(first!.payload, 5) };
    const opened = await openNote({ text, signatures: [first!, again] }, [peterKey]);
    expect(opened.map(({ signature }) => signature)).toEqual([first]);
    await expectCode('signature-invalid', () => openNote({ text, signatures: [again, first!] }, [peterKey]));
  });

  it('is refused with two keys that can not be told apart', async () => {
    const twin = { ...peterKey, publicKey: enochKey.publicKey };
    await expectCode('note-invalid', () => openNote(both, [peterKey, twin]));
  });

  it('is refused for another text', async () => {
    await expectCode('signature-invalid', () => openNote({ ...both, text: `${text}\n` }, [peterKey]));
  });
});

describe('opening a checkpoint', () => {
  const keys = [parseVerifierKey(tessera.verifierKey)];

  it.each([0, 1, 3, 8, 15] as const)("of Tessera's log at size %i", async (size) => {
    const opened = await openCheckpoint(tesseraNote(size), keys);
    expect(opened).toMatchObject({ origin: tessera.origin, size, note: tesseraNote(size) });
    expect(opened.signatures.map(({ time }) => time)).toEqual([undefined]);
  });

  it.each([1, 3, 5] as const)("of torchwood's exchange at size %i", async (size) => {
    const opened = await openCheckpoint(torchwoodNote(size), [
      ...keys,
      parseVerifierKey(torchwood.verifierKey),
    ]);
    expect(opened).toMatchObject({ origin: torchwood.origin, size });
  });

  it('is refused with any byte of it changed, but for what nobody vouches for', async () => {
    const note = tesseraNote(15);
    for (let i = 0; i < note.length; i++) {
      const changed = note.slice(0, i) + (note[i] === 'A' ? 'B' : 'A') + note.slice(i + 1);
      await expect(openCheckpoint(changed, keys), `position ${i}`).rejects.toMatchObject({
        code: expect.stringMatching(/^(?:note-invalid|signature-missing|signature-invalid)$/) as string,
      });
    }
  });

  it('is refused when only another log, a witness or a log of another name signed it', async () => {
    await expectCode('signature-missing', () => openCheckpoint(torchwoodNote(1), keys));
    const seed = new Uint8Array(32).fill(8);
    const other = await makePrivateKey('example.org/other', 'ed25519', seed);
    const root = new Uint8Array(32).fill(1);
    const of = formatCheckpoint({ origin: 'example.org/log', size: 1, root });
    const note = formatNote({ text: of, signatures: [await signNote(other, of, 0)] });
    const own = makeVerifierKey('example.org/log', 'ed25519', other.key.publicKey);
    await expectCode('signature-missing', () => openCheckpoint(note, [own, other.key]));
    const witness = await makePrivateKey('witness.example.org', 'cosignature', seed);
    const cosigned = formatNote({ text: of, signatures: [await signNote(witness, of, 1)] });
    await expectCode('signature-missing', () => openCheckpoint(cosigned, [own], [witness.key]));
  });

  it('gives the cosignatures that were asked for, and is refused when one of them does not hold', async () => {
    const log = await makePrivateKey('rome2026h1.example.org', 'ed25519', new Uint8Array(32).fill(8));
    const own = await signNote(log, rome.text, 0);
    const cosignature = parseNote(`${rome.text}\n${rome.line}`).signatures[0]!;
    const witness = parseVerifierKey(rome.witnessKey);
    const note = formatNote({ text: rome.text, signatures: [own, cosignature] });
    const opened = await openCheckpoint(note, [log.key], [witness]);
    expect(opened.signatures.map(({ key, time }) => [key.name, time])).toEqual([
      ['rome2026h1.example.org', undefined],
      ['witness.example.org', rome.time],
    ]);
    expect((await openCheckpoint(note, [log.key])).signatures).toHaveLength(1);
    const forged = { ...cosignature, payload: flipped(cosignature.payload, 3) };
    const spoiled = formatNote({ text: rome.text, signatures: [own, forged] });
    await expectCode('signature-invalid', () => openCheckpoint(spoiled, [log.key], [witness]));
    expect((await openCheckpoint(spoiled, [log.key])).size).toBe(300);
  });

  it('takes any one of several keys of a log, such as before and after a rotation', async () => {
    const [old, next] = await Promise.all(
      [1, 2].map((byte) => makePrivateKey('example.org/log', 'ed25519', new Uint8Array(32).fill(byte))),
    );
    const of = formatCheckpoint({ origin: 'example.org/log', size: 1, root: new Uint8Array(32).fill(1) });
    const note = formatNote({ text: of, signatures: [await signNote(next!, of, 0)] });
    expect((await openCheckpoint(note, [old!.key, next!.key])).size).toBe(1);
    await expectCode('signature-missing', () => openCheckpoint(note, [old!.key]));
  });
});
