import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { utf8 } from '../../../core/bytes.ts';
import { formatBundle, parseBundle } from '../../../core/log/entry-bundle.ts';
import { expectCode } from '../../support/matchers.ts';
import { refusesOnlyWith } from './support/hostile.ts';

const entries = fc.array(fc.uint8Array({ maxLength: 300 }), { maxLength: 20 });

describe('an entry bundle', () => {
  it('is each entry behind its length, two bytes, the larger first', () => {
    expect(formatBundle([utf8('one'), new Uint8Array(0), new Uint8Array(258).fill(7)])).toEqual(
      Uint8Array.of(0, 3, 0x6f, 0x6e, 0x65, 0, 0, 1, 2, ...new Uint8Array(258).fill(7)),
    );
  });

  it('is read back, whatever it holds', () => {
    fc.assert(
      fc.property(entries, (some) => {
        expect(parseBundle(formatBundle(some), some.length)).toEqual(some);
      }),
    );
    const full = Array.from({ length: 256 }, (_, i) => new Uint8Array(i));
    expect(parseBundle(formatBundle(full), 256)).toEqual(full);
    const largest = [new Uint8Array(65_535).fill(1)];
    expect(parseBundle(formatBundle(largest), 1)).toEqual(largest);
  });

  it('is refused with more or fewer entries than expected, cut, or with anything behind it', () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 9 }), { minLength: 1, maxLength: 9 }), (some) => {
        const bundle = formatBundle(some);
        const isRead = (bytes: Uint8Array, width: number) =>
          refusesOnlyWith('proof-invalid', () => parseBundle(bytes, width)) !== undefined;
        expect(isRead(bundle, some.length - 1)).toBe(false);
        expect(isRead(bundle, some.length + 1)).toBe(false);
        expect(isRead(Uint8Array.of(...bundle, 0), some.length)).toBe(false);
        expect(isRead(Uint8Array.of(...bundle, 0, 0), some.length)).toBe(false);
        for (let end = 0; end < bundle.length; end++)
          expect(isRead(bundle.subarray(0, end), some.length)).toBe(false);
      }),
    );
  });

  it('of any bytes is refused or is exactly its entries', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 60 }), fc.nat(10), (bytes, width) => {
        const read = refusesOnlyWith('proof-invalid', () => parseBundle(bytes, width));
        if (read === undefined) return;
        expect(read).toHaveLength(width);
        expect(formatBundle(read)).toEqual(bytes);
      }),
      { numRuns: 2000 },
    );
  });

  it('reads no further than it has to in a bundle without end', async () => {
    await expectCode('proof-invalid', () => parseBundle(new Uint8Array(10_000_000), 256));
  });

  it('is not written for what does not fit', async () => {
    await expectCode('ledger-corrupt', () => formatBundle([new Uint8Array(65_536)]));
    await expectCode('ledger-corrupt', () =>
      formatBundle(Array.from({ length: 257 }, () => new Uint8Array(1))),
    );
  });
});
