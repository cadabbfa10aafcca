// Lines of documents bundles: read only as they would be written, so that no byte of one can change unnoticed.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { utf8 } from '../../../core/bytes.ts';
import {
  firstLines,
  formatDocumentLine,
  parseDocumentLine,
  splitLines,
} from '../../../core/log/document-lines.ts';
import { expectCode } from '../../support/matchers.ts';

const hash = 'ab'.repeat(32);
const line = fc.record({
  index: fc.nat(),
  hash: fc.constant(hash),
  document: fc.string({ unit: 'binary', maxLength: 200 }),
});

describe('lines of a documents bundle', () => {
  it('come back as they were written', () => {
    fc.assert(
      fc.property(line, (one) => {
        const text = formatDocumentLine(one);
        expect(text.endsWith('\n') && text.indexOf('\n') === text.length - 1).toBe(true);
        expect(parseDocumentLine(text.slice(0, -1))).toEqual(one);
      }),
    );
  });

  it('are refused with any one character changed into what reads the same', async () => {
    const text = formatDocumentLine({ index: 7, hash, document: 'a "b"\té' }).slice(0, -1);
    const variants = [
      text.replace('7', '07'),
      text.replace('7', '7.0'),
      text.replace('7', '7e0'),
      text.replace(':', ': '),
      `${text} `,
      ` ${text}`,
      text.replace('é', '\\u00e9'),
      text.replace('\\t', '\\u0009'),
      text.replace('a ', 'a\\u0020'),
      text.replace(hash, hash.toUpperCase()),
      text.replace('"index":7,', '').replace('}', ',"index":7}'),
      text.replace('}', ',"more":1}'),
      text.replace(/"a.*"/, '["a"]'),
      text.replace('7', '9007199254740993'),
      '',
      '{}',
      'null',
    ];
    expect(new Set([text, ...variants]).size).toBe(variants.length + 1);
    for (const variant of variants) {
      await expectCode('proof-invalid', () => parseDocumentLine(variant));
    }
  });

  it('are cut at their line feeds, and what is behind the last one is a line too', () => {
    const cut = (text: string): string[] => splitLines(utf8(text)).map((one) => Buffer.from(one).toString());
    expect(cut('')).toEqual([]);
    expect(cut('a\nbc\n')).toEqual(['a', 'bc']);
    expect(cut('a\n\nb')).toEqual(['a', '', 'b']);
    const first = (text: string, count: number): string =>
      Buffer.from(firstLines(utf8(text), count)).toString();
    expect(first('a\nbc\nd\n', 2)).toBe('a\nbc\n');
    expect(first('a\nbc\nd\n', 3)).toBe('a\nbc\nd\n');
    expect(first('a\n', 3)).toBe('a\n');
  });
});
