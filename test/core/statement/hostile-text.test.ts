import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  checkHostileText,
  checkHostileValue,
  decodeText,
  maxDocumentBytes,
} from '../../../core/statement/hostile-text.ts';
import { maxStatementBytes } from '../../../core/statement/statement.ts';
import { expectCode } from '../../support/matchers.ts';

describe('size', () => {
  test.each([
    ['ASCII', 'a', 1],
    ['two-byte characters', 'é', 2],
    ['four-byte characters', '😀', 4],
  ])('a text of %s is let through at the limit and refused one byte above', async (_, character, bytes) => {
    const full = character.repeat(maxStatementBytes / bytes);
    expect(() => {
      checkHostileText(full, maxStatementBytes);
    }).not.toThrow();
    await expectCode('text-too-large', () => {
      checkHostileText(`${full}a`, maxStatementBytes);
    });
  });

  test('a document may be larger than the text in it', () => {
    expect(maxDocumentBytes).toBeGreaterThan(maxStatementBytes);
  });
});

describe('characters', () => {
  test.each([
    ['NUL', 0x00],
    ['backspace', 0x08],
    ['vertical tab', 0x0b],
    ['CR', 0x0d],
    ['escape', 0x1b],
    ['DEL', 0x7f],
    ['NEL', 0x85],
    ['soft hyphen', 0xad],
    ['combining grapheme joiner', 0x34f],
    ['Arabic letter mark', 0x61c],
    ['Hangul filler', 0x3164],
    ['zero-width space', 0x200b],
    ['left-to-right mark', 0x200e],
    ['right-to-left mark', 0x200f],
    ['line separator', 0x2028],
    ['left-to-right embedding', 0x202a],
    ['right-to-left override', 0x202e],
    ['word joiner', 0x2060],
    ['left-to-right isolate', 0x2066],
    ['pop directional isolate', 0x2069],
    ['byte order mark', 0xfeff],
    ['noncharacter', 0xffff],
    ['tag letter', 0xe0041],
    ['supplementary variation selector', 0xe0100],
  ])('%s is refused, with its line and code point', async (_, code) => {
    const character = String.fromCodePoint(code);
    const error = await expectCode('text-forbidden-character', () => {
      checkHostileText(`one\ntwo é${character}`, maxStatementBytes);
    });
    expect(error.message).toContain('Line 2');
    expect(error.message).toContain(`U+${code.toString(16).toUpperCase().padStart(4, '0')}`);
    await expectCode('text-forbidden-character', () => {
      checkHostileValue(`é${character}`);
    });
  });

  test('a lone surrogate is refused', async () => {
    await expectCode('text-forbidden-character', () => {
      checkHostileText('a\ud800b', maxStatementBytes);
    });
  });

  test.each([
    'plain',
    'Привет',
    '日本語',
    'שלום',
    'می‌خواهم',
    '👨‍👩‍👧 ⚠️ 1️⃣',
    'a\u00a0b',
    '“—”',
    'e\u0301',
    'a\tb',
  ])('%s is let through', (value) => {
    expect(() => {
      checkHostileText(value, maxStatementBytes);
    }).not.toThrow();
  });

  test('a joiner is refused where ASCII needs none', async () => {
    for (const joiner of ['\u200c', '\u200d']) {
      await expectCode('text-forbidden-character', () => {
        checkHostileText(`left${joiner}pad`, maxStatementBytes);
      });
    }
  });

  test('a tab is refused in front of a line and let through inside', async () => {
    const error = await expectCode('text-forbidden-character', () => {
      checkHostileText('a: b\n  \tc', maxStatementBytes);
    });
    expect(error.message).toContain('Line 2 begins with a tab');
    expect(() => {
      checkHostileText('a:\tb\t', maxStatementBytes);
      checkHostileValue('\tb');
    }).not.toThrow();
  });

  test('printable ASCII with LF is never refused', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[\n\x20-\x7e]{0,200}$/), (value) => {
        checkHostileText(value, maxStatementBytes);
      }),
    );
  });
});

test('bytes that are not UTF-8 are refused', async () => {
  await expectCode('text-forbidden-character', () => decodeText(new Uint8Array([0x61, 0xff])));
  expect(decodeText(new Uint8Array([0xc3, 0xa9]))).toBe('é');
});

test('hostile text of full size is judged fast', () => {
  const before = performance.now();
  for (const filler of [' ', '\u200d', 'é\u200d', '\n ', 'é ']) {
    try {
      checkHostileText(filler.repeat(maxStatementBytes / 4), maxStatementBytes);
    } catch {
      // Only the time is asked.
    }
  }
  expect(performance.now() - before).toBeLessThan(2000);
});
