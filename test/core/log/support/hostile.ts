// Texts that somebody might send to a parser: noise, valid texts with small changes, and fragments put together.

import fc from 'fast-check';
import { TrustError, type ErrorCode } from '../../../../core/errors.ts';

/** Valid texts with something cut, doubled, inserted or replaced, and texts that have nothing to do with them. */
export function hostileTexts(...valid: readonly string[]): fc.Arbitrary<string> {
  const at = fc.nat();
  const piece = fc.oneof(
    fc.constantFrom(
      '\n',
      '\n\n',
      ' ',
      '+',
      '=',
      '\u2014',
      '\u0000',
      '\r',
      '\ud800',
      '\ufeff',
      '0',
      '-1',
      '😀',
    ),
    fc.string({ unit: 'binary', maxLength: 6 }),
  );
  const changed = fc
    .tuple(fc.constantFrom(...valid), at, fc.nat(12), piece, fc.boolean())
    .map(([text, where, length, inserted, doubled]) => {
      const start = where % (text.length + 1);
      const cut = text.slice(start, start + length);
      return text.slice(0, start) + inserted + (doubled ? cut + cut : '') + text.slice(start + length);
    });
  const fragments = fc
    .array(fc.oneof(fc.constantFrom(...valid.flatMap((text) => text.split(/(?<=[\n +])/))), piece), {
      maxLength: 12,
    })
    .map((parts) => parts.join(''));
  return fc.oneof(changed, fragments, fc.string({ unit: 'binary' }), fc.string());
}

/** What a parser makes of a text: its value, or undefined when it refused with exactly this code; all else is thrown. */
export function refusesOnlyWith<Value>(code: ErrorCode, parse: () => Value): Value | undefined {
  try {
    return parse();
  } catch (error) {
    if (error instanceof TrustError && error.code === code) return undefined;
    throw error;
  }
}

/** The same for promises and several codes. */
export async function rejectsOnlyWith<Value>(
  codes: readonly ErrorCode[],
  act: () => Promise<Value>,
): Promise<Value | undefined> {
  try {
    return await act();
  } catch (error) {
    if (error instanceof TrustError && codes.includes(error.code)) return undefined;
    throw error;
  }
}
