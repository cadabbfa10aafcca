import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { toHex } from '../../../core/bytes.ts';
import { formatGoHash, parseGoHash } from '../../../core/digest/go-dirhash.ts';
import { nixDigests, parseNixHash } from '../../../core/digest/nix-hash.ts';
import { fromNix32, nix32Length, toNix32 } from '../../../core/digest/nix32.ts';
import { formatSri, parseSri, parseSriHash } from '../../../core/digest/sri.ts';
import { expectCode } from '../../support/matchers.ts';

const ms = 'sha512-6FlzubTLZG3J2a/NVCAleEhjzq5oxgHyaCU9yYXvcLsvoVaHJq/s5xXI6/XXP6tz7R9xAOtHnSO/tXtF3WRTlA==';
const helloSha256 = '5891b5b522d5df086d0ff0b110fbd9d21bb4fc7163af34d08286a2e846f6be03';

describe('SRI', () => {
  it('is read and written back', () => {
    const { algorithm, alternatives, weaker } = parseSri(ms);
    expect(algorithm).toBe('sha512');
    expect(weaker).toEqual([]);
    expect(formatSri({ algorithm, hex: alternatives[0] })).toBe(ms);
  });

  it('lets only the strongest algorithm count, several of it being alternatives', () => {
    const weak = 'sha1-V0yBOM4dK1hh8LRFedut1gxmFbI=';
    const other = formatSri({ algorithm: 'sha512', hex: 'ab'.repeat(64) });
    const sri = parseSri(` ${weak}\n${ms}?opt  ${other} ${ms}`);
    expect(sri.algorithm).toBe('sha512');
    expect(sri.alternatives).toEqual([parseSriHash(ms).hex, 'ab'.repeat(64)]);
    expect(sri.weaker).toEqual([{ algorithm: 'sha1', hex: '574c8138ce1d2b5861f0b44579dbadd60c6615b2' }]);
  });

  it.each([
    ['nothing', ' \n '],
    ['an unknown algorithm', 'sha3-AAAA'],
    ['an upper-case algorithm', 'SHA1-V0yBOM4dK1hh8LRFedut1gxmFbI='],
    ['the length of another algorithm', 'sha256-V0yBOM4dK1hh8LRFedut1gxmFbI='],
    ['missing padding', 'sha1-V0yBOM4dK1hh8LRFedut1gxmFbI'],
    ['stray bits', 'sha1-V0yBOM4dK1hh8LRFedut1gxmFbJ='],
    ['base64url', ms.replaceAll('/', '_')],
    ['one bad hash among good ones', `${ms} sha1-x`],
    ['hundreds of hashes', `${ms} `.repeat(100)],
  ])('refuses %s', async (_, text) => {
    await expectCode('digest-invalid', () => parseSri(text));
  });
});

describe('nix32', () => {
  it('is read back as it was written, for any bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 70 }), (bytes) => {
        const text = toNix32(bytes);
        expect(text).toHaveLength(nix32Length(bytes.length));
        expect(fromNix32(text, bytes.length)).toEqual(bytes);
      }),
    );
  });

  it('is written back as it was read, or refused', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[0-9a-z]{52}$/), (text) => {
        let bytes: Uint8Array;
        try {
          bytes = fromNix32(text, 32);
        } catch (error) {
          expect(error).toHaveProperty('code', 'digest-invalid');
          return;
        }
        expect(toNix32(bytes)).toBe(text);
      }),
    );
  });

  it.each([
    ['a letter that it lacks', 'e'.repeat(52)],
    ['upper case', '00XYYR3FI8L6HB839BV3F7YB86YJV7XI1CGH1XNHIPYM4ASVB4AQ'],
    ['a carry out of the top', `z${'0'.repeat(51)}`],
    ['another length', '0'.repeat(51)],
  ])('refuses %s', async (_, text) => {
    await expectCode('digest-invalid', () => fromNix32(text, 32));
  });
});

describe("Nix's hashes", () => {
  const base32 = '00xyyr3fi8l6hb839bv3f7yb86yjv7xi1cgh1xnhipym4asvb4aq';
  const base64 = 'WJG1tSLV3whtD/CxEPvZ0hu0/HFjrzTQgoai6Eb2vgM=';

  it.each([
    `sha256:${helloSha256}`,
    `sha256:${helloSha256.toUpperCase()}`,
    `sha256:${base32}`,
    `sha256:${base64}`,
  ])('tells the encoding of %s by its length', (text) => {
    expect(parseNixHash(text)).toEqual({ algorithm: 'sha256', hex: helloSha256, ingestion: 'flat' });
  });

  it('tells a NAR from a file where the text does', () => {
    expect(parseNixHash(`r:sha256:${base32}`).ingestion).toBe('nar');
    expect(parseNixHash(`sha256-${base64}`)).toEqual({
      algorithm: 'sha256',
      hex: helloSha256,
      ingestion: undefined,
    });
  });

  it('gives a NAR its own key', async () => {
    const hash = parseNixHash(`sha256-${base64}`);
    expect(nixDigests(hash, 'nar')).toEqual({ narSha256: helloSha256 });
    expect(nixDigests(hash, 'flat')).toEqual({ sha256: helloSha256 });
    await expectCode('digest-invalid', () =>
      nixDigests({ algorithm: 'sha512', hex: 'ab'.repeat(64) }, 'nar'),
    );
  });

  it.each([
    base32,
    `sha256:${base32.slice(1)}`,
    `sha256:${'0'.repeat(44)}`,
    'blake3:abc',
    `sha256-${base64} sha256-${'A'.repeat(43)}=`,
  ])('refuses %s', async (text) => {
    await expectCode('digest-invalid', () => parseNixHash(text));
  });
});

describe("Go's h1 text", () => {
  it('is read and written back', () => {
    const text = 'h1:Khu2En+0gcYPZ2kuIihfswbzxv/mIHXgzPZ018Oty48=';
    expect(formatGoHash(parseGoHash(text))).toBe(text);
  });
  it.each(['h2:Khu2En+0gcYPZ2kuIihfswbzxv/mIHXgzPZ018Oty48=', 'h1:AAAA', `h1:${toHex(new Uint8Array(32))}`])(
    'refuses %s',
    async (text) => {
      await expectCode('digest-invalid', () => parseGoHash(text));
    },
  );
});
