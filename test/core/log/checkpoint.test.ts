import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { toBase64 } from '../../../core/bytes.ts';
import { formatCheckpoint, parseCheckpoint } from '../../../core/log/checkpoint.ts';
import { emptyRoot } from '../../../core/log/merkle-hash.ts';
import { isKeyName } from '../../../core/log/note-key.ts';
import { expectCode } from '../../support/matchers.ts';
import { hostileTexts, refusesOnlyWith } from './support/hostile.ts';
import { hashesOf, rome, tessera, torchwood } from './support/known-answers.ts';

const root = new Uint8Array(32).fill(7);
const text = formatCheckpoint({ origin: 'example.org/log', size: 1234, root });

describe('a checkpoint', () => {
  it('is origin, size and root, each in its line', () => {
    expect(text).toBe(`example.org/log\n1234\n${toBase64(root)}\n`);
    expect(parseCheckpoint(text)).toEqual({ origin: 'example.org/log', size: 1234, root });
  });

  it('of others is read', () => {
    const of = [...tessera.checkpoints].map(([size, [hash]]) => [tessera.origin, size, hash] as const);
    const others = [...torchwood.roots].map(([size, hash]) => [torchwood.origin, size, hash] as const);
    for (const [origin, size, hash] of [...of, ...others]) {
      expect(parseCheckpoint(`${origin}\n${size}\n${hash}\n`)).toEqual({
        origin,
        size,
        root: hashesOf([hash])[0],
      });
    }
    expect(parseCheckpoint(rome.text).size).toBe(300);
  });

  it.each([
    ['no origin', text.replace('example.org/log', '')],
    ['an origin with white space', text.replace('example.org/log', 'go.sum database tree')],
    ['an origin with a plus sign', text.replace('example', 'exam+ple')],
    ['an origin that is too long', text.replace('example', 'e'.repeat(256))],
    ['no size', text.replace('1234', '')],
    ['a leading zero', text.replace('1234', '01234')],
    ['a sign', text.replace('1234', '+1234')],
    ['a negative size', text.replace('1234', '-1')],
    ['hex', text.replace('1234', '0x12')],
    ['white space', text.replace('1234', ' 1234')],
    ['a fraction', text.replace('1234', '12.5')],
    ['an exponent', text.replace('1234', '1e3')],
    ['other digits', text.replace('1234', '١٢')],
    ['a size over the largest safe integer', text.replace('1234', '9007199254740992')],
    ['an endless size', text.replace('1234', '9'.repeat(400))],
    ['an extension line', `${text}extension\n`],
    ['an empty extension line', `${text}\n`],
    ['no last line feed', text.slice(0, -1)],
    ['no root', 'example.org/log\n1234\n'],
    ['an empty root', 'example.org/log\n1234\n\n'],
    ['a short root', `example.org/log\n1\n${toBase64(root.subarray(1))}\n`],
    ['a long root', `example.org/log\n1\n${toBase64(new Uint8Array(33))}\n`],
    ['a root without padding', text.replace('=', '')],
    ['a root with stray bits', text.replace(/.=\n$/, 'd=\n')],
    [
      'a URL-safe root',
      `example.org/log\n1\n${toBase64(new Uint8Array(32).fill(255)).replaceAll('/', '_')}\n`,
    ],
    ['carriage returns', text.replaceAll('\n', '\r\n')],
    ['entries in none, with a root', text.replace('1234', '0')],
    ['nothing', ''],
  ])('is refused with %s', async (_, wrong) => {
    await expectCode('note-invalid', () => parseCheckpoint(wrong));
  });

  it('of an empty log has the empty root', () => {
    const empty = { origin: 'example.org/log', size: 0, root: emptyRoot };
    expect(parseCheckpoint(formatCheckpoint(empty))).toEqual(empty);
  });

  it('is read back, whatever it says', () => {
    const names = fc.string({ minLength: 1 }).filter(isKeyName);
    const hashes = fc.uint8Array({ minLength: 32, maxLength: 32 });
    fc.assert(
      fc.property(
        names,
        fc.integer({ min: 1, max: Number.MAX_SAFE_INTEGER }),
        hashes,
        (origin, size, hash) => {
          const checkpoint = { origin, size, root: hash };
          expect(parseCheckpoint(formatCheckpoint(checkpoint))).toEqual(checkpoint);
        },
      ),
    );
  });

  it('of any text is refused with one code, or is written the same', () => {
    fc.assert(
      fc.property(
        hostileTexts(text, rome.text, formatCheckpoint({ origin: 'a', size: 0, root: emptyRoot })),
        (one) => {
          const read = refusesOnlyWith('note-invalid', () => parseCheckpoint(one));
          if (read !== undefined) expect(formatCheckpoint(read)).toBe(one);
        },
      ),
      { numRuns: 3000 },
    );
  });
});
