import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { toBase64 } from '../../../core/bytes.ts';
import { formatAddCheckpoint, parseAddCheckpoint } from '../../../core/log/add-checkpoint.ts';
import { expectCode } from '../../support/matchers.ts';
import { hostileTexts, refusesOnlyWith } from './support/hostile.ts';
import { hashesOf, torchwood, torchwoodNote } from './support/known-answers.ts';

const [[oldSize, , hashes] = [0, 0, []]] = torchwood.proofs;
const request = { oldSize, proof: hashesOf(hashes), checkpoint: torchwoodNote(3) };
const text = formatAddCheckpoint(request);

describe('a request to a witness', () => {
  it("is the text of torchwood's exchange", () => {
    expect(text).toBe(`old 1\n${hashes.join('\n')}\n\n${torchwoodNote(3)}`);
    expect(formatAddCheckpoint({ oldSize: 0, proof: [], checkpoint: torchwoodNote(1) })).toBe(
      `old 0\n\n${torchwoodNote(1)}`,
    );
  });

  it('is read back, whatever it says', () => {
    expect(parseAddCheckpoint(text)).toEqual(request);
    const hash = fc.uint8Array({ minLength: 32, maxLength: 32 });
    fc.assert(
      fc.property(
        fc.maxSafeNat(),
        fc.array(hash, { maxLength: 63 }),
        fc.string(),
        (size, proof, checkpoint) => {
          const one = { oldSize: size, proof, checkpoint };
          expect(parseAddCheckpoint(formatAddCheckpoint(one))).toEqual(one);
        },
      ),
    );
  });

  it.each([
    ['no size', text.replace('old 1', 'old')],
    ['a leading zero', text.replace('old 1', 'old 01')],
    ['a negative size', text.replace('old 1', 'old -1')],
    ['an endless size', text.replace('old 1', `old ${'9'.repeat(30)}`)],
    ['a size over the largest safe integer', text.replace('old 1', 'old 9007199254740992')],
    ['two spaces', text.replace('old 1', 'old  1')],
    ['another word', text.replace('old', 'new')],
    ['no empty line', text.replaceAll('\n\n', '\n')],
    ['carriage returns', text.replaceAll('\n', '\r\n')],
    ['a hash that is no base64', text.replace('KgEA', 'Kg_A')],
    ['a hash without padding', text.replace('=\n', '\n')],
    ['a short hash', text.replace(hashes[0]!, toBase64(new Uint8Array(31)))],
    ['64 hashes', `old 1\n${`${hashes[0]!}\n`.repeat(64)}\n${torchwoodNote(3)}`],
    ['nothing', ''],
    ['no end', `${text}${'x'.repeat(600_000)}`],
  ])('is refused with %s', async (_, wrong) => {
    await expectCode('note-invalid', () => parseAddCheckpoint(wrong));
  });

  it('may have 63 hashes', () => {
    const most = `old 1\n${`${hashes[0]!}\n`.repeat(63)}\n${torchwoodNote(3)}`;
    expect(parseAddCheckpoint(most).proof).toHaveLength(63);
  });

  it('of any text is refused with one code, or is written the same', () => {
    fc.assert(
      fc.property(hostileTexts(text), (one) => {
        const read = refusesOnlyWith('note-invalid', () => parseAddCheckpoint(one));
        if (read !== undefined) expect(formatAddCheckpoint(read)).toBe(one);
      }),
      { numRuns: 2000 },
    );
  });
});
