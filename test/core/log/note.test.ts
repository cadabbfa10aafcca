import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fromBase64, toHex } from '../../../core/bytes.ts';
import { isKeyName } from '../../../core/log/note-key.ts';
import {
  formatNote,
  formatSignatureLine,
  maxNoteLength,
  maxNoteSignatures,
  parseNote,
  parseSignatureLine,
} from '../../../core/log/note.ts';
import { expectCode } from '../../support/matchers.ts';
import { hostileTexts, refusesOnlyWith } from './support/hostile.ts';
import { enoch, foo, peter, rome, tesseraNote } from './support/known-answers.ts';

const { text, line } = peter;
const signed = `${text}\n${line}`;

describe('a note', () => {
  it('is its text and its signatures', () => {
    const note = parseNote(`${text}\n${line}${enoch.line}`);
    expect(note.text).toBe(text);
    expect(note.signatures.map(({ name, keyId }) => [name, keyId])).toEqual([
      ['PeterNeumann', 'c74f20a3'],
      ['EnochRoot', 'af0cfe78'],
    ]);
    expect(note.signatures.every(({ payload }) => payload.length === 64)).toBe(true);
  });

  it('may hold empty lines: the last one ends the text', () => {
    const longer = `first\n\n\n— not a signature\n\n${text}`;
    expect(parseNote(`${longer}\n${line}`).text).toBe(longer);
  });

  it.each([
    ['without signatures', text],
    ['with an empty line and nothing behind it', `${text}\n`],
    ['without its last line feed', signed.slice(0, -1)],
    ['with a control character', `\u0001${signed}`],
    ['with a tab', `\t${signed}`],
    ['with a carriage return', signed.replaceAll('\n', '\r\n')],
    ['with half a surrogate pair', `\ud800${signed}`],
    ['with white space in a name', `${text}\n${line.replace('PeterNeumann', 'Bad Name')}`],
    ['with a plus sign in a name', `${text}\n${line.replace('PeterNeumann', 'a+b')}`],
    ['with no name', `${text}\n${line.replace('PeterNeumann', '')}`],
    ['with another line among the signatures', `${signed}Unexpected line.\n`],
    ['with an empty line among the signatures', `${text}\n${line}\n`],
    ['with a hyphen for the dash', `${text}\n${line.replace('—', '-')}`],
    ['with another dash', `${text}\n${line.replace('—', '–')}`],
    ['with two spaces', `${text}\n${line.replace(' x08', '  x08')}`],
    ['with a space behind a signature', `${text}\n${line.replace('\n', ' \n')}`],
    ['with URL-safe base64', `${text}\n${line.replaceAll('/', '_')}`],
    ['with base64 without padding', `${text}\n${line.replace('=\n', '\n')}`],
    ['with stray bits in base64', `${text}\n${line.replace('JnAM=', 'JnAN=')}`],
    ['with a key id and no signature', `${text}\n— PeterNeumann x08gow==\n`],
    ['with less than a key id', `${text}\n— PeterNeumann x08g\n`],
    ['with too many signatures', `${text}\n${line.repeat(maxNoteSignatures + 1)}`],
    ['that is too long', `${'a'.repeat(maxNoteLength)}\n\n${line}`],
    ['that is empty', ''],
  ])('is refused %s', async (_, note) => {
    await expectCode('note-invalid', () => parseNote(note));
  });

  it('may have up to a hundred signatures', () => {
    expect(parseNote(`${text}\n${line.repeat(maxNoteSignatures)}`).signatures).toHaveLength(100);
  });

  it.each([signed, tesseraNote(15), `${foo.text}\n${foo.line}`, `${rome.text}\n${rome.line}`])(
    'is written as it was read',
    (note) => {
      expect(formatNote(parseNote(note))).toBe(note);
    },
  );

  it('is read back, whatever it says and whoever signed', () => {
    const texts = fc.string({ unit: 'grapheme' }).map((one) => `${one.replaceAll(/[^\n\P{Cc}]/gu, '')}\n`);
    const signatures = fc.record({
      name: fc.string({ minLength: 1 }).filter(isKeyName),
      keyId: fc.uint8Array({ minLength: 4, maxLength: 4 }).map(toHex),
      payload: fc.uint8Array({ minLength: 1, maxLength: 100 }),
    });
    fc.assert(
      fc.property(texts, fc.array(signatures, { minLength: 1, maxLength: 5 }), (one, some) => {
        const note = { text: one, signatures: some };
        expect(parseNote(formatNote(note))).toEqual(note);
      }),
    );
  });

  it('of any text is refused with one code, or is written the same', () => {
    fc.assert(
      fc.property(hostileTexts(signed, tesseraNote(15), `${text}\n${line}${enoch.line}`), (one) => {
        const note = refusesOnlyWith('note-invalid', () => parseNote(one));
        if (note !== undefined) expect(formatNote(note)).toBe(one);
      }),
      { numRuns: 3000 },
    );
  });

  it('with one huge signature is read and written like any other', () => {
    const huge = `${text}\n— someone ${'AAAA'.repeat(60_000)}\n`;
    const note = parseNote(huge);
    expect(note.signatures[0]?.payload).toHaveLength(180_000 - 4);
    expect(formatNote(note)).toBe(huge);
  });
});

describe('a signature line', () => {
  it('is name, key id and payload', () => {
    const read = parseSignatureLine(line.trimEnd());
    expect(read).toEqual({
      name: 'PeterNeumann',
      keyId: 'c74f20a3',
      payload: fromBase64(line.split(' ')[2]!.trim()).subarray(4),
    });
    expect(formatSignatureLine(read)).toBe(line);
  });

  it('is one line', async () => {
    await expectCode('note-invalid', () => parseSignatureLine(line));
    await expectCode('note-invalid', () => parseSignatureLine(`${line}${line}`));
  });
});
