import fc from 'fast-check';
import { FAILSAFE_SCHEMA, CORE_SCHEMA, load } from 'js-yaml';
import { describe, expect, test } from 'vitest';
import { readStatement } from '../../../core/statement/canonical.ts';
import { openCrevKey } from '../../../core/statement/crev/key-file.ts';
import { openAesSiv } from '../../../core/statement/crev/aes-siv.ts';
import { writeSerdeYaml } from '../../../core/statement/crev/serde-yaml.ts';
import { signCrevProof, type CrevContent } from '../../../core/statement/crev/sign.ts';
import { verifyDocument } from '../../../core/statement/verify.ts';
import { expectCode } from '../../support/matchers.ts';
import { text } from './arbitraries.ts';
import { contextOf } from './samples.ts';

const seed = new Uint8Array(32).fill(0x42);
const context = contextOf([], new Date('2026-11-22T00:00:00Z'));

function review(fields: Record<string, unknown> = {}): CrevContent {
  const statement = readStatement({
    kind: 'package review',
    version: -1,
    date: '2026-04-05T12:00:02.000000001+02:00',
    from: { 'id-type': 'crev', id: 'IVL40Zt5HSRFMkLhXy6rbLfP-ntqXtMAl5YOBpiB2xI' },
    package: { purl: 'pkg:cargo/hex@0.4.3', digests: { crevDigest: '52'.repeat(32) } },
    ...fields,
  });
  if (statement.kind !== 'package review') throw new Error(statement.kind);
  return statement;
}

test('what is signed verifies and reads back as it was, whatever its texts hold', async () => {
  await fc.assert(
    fc.asyncProperty(text, text, async (comment, report) => {
      const one = review({ comment, issues: [{ id: 'CVE-1', severity: 'low', comment: report }] });
      let proof;
      try {
        proof = await signCrevProof(one, seed);
      } catch (error) {
        // crev's comment block cannot begin with white space; everything else can be said.
        expect(comment).toMatch(/^[ \t\n]|\n *\t/);
        expect(error).toHaveProperty('code');
        return;
      }
      const { statement } = await verifyDocument(proof, context);
      expect(statement).toEqual({
        ...one,
        comment: comment.replace(/\n+$/, '') === '' ? undefined : comment.replace(/\n+$/, ''),
      });
    }),
    { numRuns: 300 },
  );
});

test.each([
  ['coverage', { coverage: { read: ['src/**'] } }],
  ['disclosure', { disclosure: { relation: 'author', paid: false } }],
  [
    'a digest that is not crev’s',
    {
      package: {
        purl: 'pkg:cargo/hex@0.4.3',
        digests: { crevDigest: '52'.repeat(32), sha256: '11'.repeat(32) },
      },
    },
  ],
  ['no crev digest', { package: { purl: 'pkg:cargo/hex@0.4.3', digests: { sha256: '11'.repeat(32) } } }],
  [
    'a package of another ecosystem',
    { package: { purl: 'pkg:npm/hex@0.4.3', digests: { crevDigest: '52'.repeat(32) } } },
  ],
  ['an OpenPGP identity', { override: [{ 'id-type': 'openpgp', id: 'A'.repeat(40) }] }],
  ['a critical advisory', { advisories: [{ ids: ['X'], severity: 'low', critical: true }] }],
])('%s cannot be said in a crev proof, and is not dropped silently', async (_, fields) => {
  await expectCode('statement-invalid', () => signCrevProof(review(fields), seed));
});

test('nobody signs in another’s name', async () => {
  await expectCode('author-mismatch', () => signCrevProof(review(), new Uint8Array(32).fill(1)));
});

test('a body over 32,000 bytes is not signed', async () => {
  await expectCode('text-too-large', () => signCrevProof(review({ comment: 'x'.repeat(32_000) }), seed));
});

test('the writer’s scalars are texts to every reader, and plain where libyaml writes them plain', () => {
  fc.assert(
    fc.property(text, (value) => {
      for (const schema of [FAILSAFE_SCHEMA, CORE_SCHEMA]) {
        expect(load(writeSerdeYaml({ a: value, b: [{ c: value }] }), { schema })).toEqual({
          a: value,
          b: [{ c: value }],
        });
      }
    }),
  );
  const lines = (value: string) => writeSerdeYaml({ a: value }).trimEnd();
  expect(lines('2026-04-05T12:00:01+00:00')).toBe('a: 2026-04-05T12:00:01+00:00');
  expect(lines('https://example.com/x#y')).toBe('a: https://example.com/x#y');
  expect(lines('-abc_')).toBe('a: -abc_');
  expect(lines('')).toBe("a: ''");
  expect(lines('123')).toBe("a: '123'");
  expect(lines('it’s: so')).toBe("a: 'it’s: so'");
  expect(lines("don't # x")).toBe("a: 'don''t # x'");
});

describe('key files', () => {
  // The public test key of crev-lib's own tests.
  const file = [
    'version: -1',
    'url: https://example.com/crev-proofs',
    'public-key: mScrJLNL5NV4DH9mSPsqcvU8wu0P_W6bvXhjViZP4aE',
    'sealed-secret-key: ukQvCTnTX6LmnUaBkoB4IGhIvnMxSNb5T8HoEn6DbFnI1IWzMqsGhkzxVzzc-zDs',
    'seal-nonce: gUu4izYVvDgZjHFGpcunWmNV3nTgmswvSZsCr3lKboQ',
    'pass:',
    '  version: 19',
    '  variant: argon2id',
    '  iterations: 192',
    '  memory-size: 4096',
    '  lanes: 8',
    '  salt: 9jeCQhM2dMZErCErRQ_RmZ08X68xpta1tIhTbCHOTs0',
    '',
  ].join('\n');

  test('upstream’s known answer opens to its public key', async () => {
    const { signer, url } = await openCrevKey(file, 'a');
    expect(signer.identity).toBe('crev:mScrJLNL5NV4DH9mSPsqcvU8wu0P_W6bvXhjViZP4aE');
    expect(url).toBe('https://example.com/crev-proofs');
  });

  test('a wrong passphrase, another public key, damage and unbearable costs are refused', async () => {
    const cheap = file.replace('192', '1');
    await expectCode('signer-failed', () => openCrevKey(cheap, 'a'));
    await expectCode('signer-failed', () => openCrevKey(cheap.replace('ukQv', 'ukQ'), 'a'));
    await expectCode('signer-failed', () => openCrevKey(file.replace('192', '9999'), 'a'));
    await expectCode('signer-failed', () => openCrevKey('public-key: x', 'a'));
  });

  test('a key file of 16 KiB is read, one byte more is not', async () => {
    // Bare enough to be opened at once, to a key that its tag does not fit.
    const cheap = file.replace('192', '1').replace('4096', '64');
    const padded = (bytes: number) => `${cheap}#${'x'.repeat(bytes - cheap.length - 1)}`;
    const opened = await expectCode('signer-failed', () => openCrevKey(padded(16 * 1024), 'a'));
    expect(opened.message).toContain('passphrase');
    const refused = await expectCode('signer-failed', () => openCrevKey(padded(16 * 1024 + 1), 'a'));
    expect(refused.message).toContain('Not a crev key file');
  });

  test('AES-SIV opens the example of RFC 5297 A.1, and nothing that differs from it in a bit', async () => {
    const bytes = (hex: string) => new Uint8Array(Buffer.from(hex, 'hex'));
    const key = bytes('fffefdfcfbfaf9f8f7f6f5f4f3f2f1f0f0f1f2f3f4f5f6f7f8f9fafbfcfdfeff');
    const data = bytes('101112131415161718191a1b1c1d1e1f2021222324252627');
    const sealed = bytes('85632d07c6e8f37f950acd320a2ecc9340c02b9690c4dc04daef7f6afe5c');
    expect(await openAesSiv(key, sealed, [data])).toEqual(bytes('112233445566778899aabbccddee'));
    for (let i = 0; i < sealed.length; i++) {
      const flipped = sealed.slice();
      flipped[i] = (flipped[i] ?? 0) ^ 1;
      expect(await openAesSiv(key, flipped, [data])).toBeUndefined();
    }
    expect(await openAesSiv(key, sealed, [data.slice(1)])).toBeUndefined();
  });

  test('AES-SIV opens the example of RFC 5297 A.2, with several headers and a longer text', async () => {
    const bytes = (hex: string) => new Uint8Array(Buffer.from(hex, 'hex'));
    const opened = await openAesSiv(
      bytes('7f7e7d7c7b7a79787776757473727170404142434445464748494a4b4c4d4e4f'),
      bytes(
        '7bdb6e3b432667eb06f4d14bff2fbd0fcb900f2fddbe404326601965c889bf17dba77ceb094fa663b7a3f748ba8af829ea64ad544a272e9c485b62a3fd5c0d',
      ),
      [
        bytes('00112233445566778899aabbccddeeffdeaddadadeaddadaffeeddccbbaa99887766554433221100'),
        bytes('102030405060708090a0'),
        bytes('09f911029d74e35bd84156c5635688c0'),
      ],
    );
    expect(Buffer.from(opened ?? []).toString()).toBe('this is some plaintext to encrypt using SIV-AES');
  });
});
