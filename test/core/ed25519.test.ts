import { createPrivateKey, createPublicKey, sign as signWithNode } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fromHex, toHex, utf8 } from '../../core/bytes.ts';
import { checkPublicKey, ed25519KeyPair, verifyEd25519 } from '../../core/ed25519.ts';
import { expectCode } from '../support/matchers.ts';
import { flipped } from '../support/memory-log.ts';

// RFC 8032 section 7.1: seed, public key, message, signature.
const vectors = [
  [
    '9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60',
    'd75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a',
    '',
    'e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b',
  ],
  [
    '4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb',
    '3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c',
    '72',
    '92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00',
  ],
  [
    'c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7',
    'fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025',
    'af82',
    '6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a',
  ],
] as const;
/** The order of the group, little-endian: a signature with it added is another text for the same numbers. */
const order = 'edd3f55c1a631258d69cf7a2def9de1400000000000000000000000000000010';

const [seed, publicKey, message, signature] = vectors[2].map(fromHex) as [
  Uint8Array,
  Uint8Array,
  Uint8Array,
  Uint8Array,
];

function add(a: Uint8Array, b: Uint8Array): Uint8Array {
  let carry = 0;
  return a.map((byte, i) => {
    const sum = byte + (b[i] ?? 0) + carry;
    carry = sum >> 8;
    return sum & 0xff;
  });
}

describe('Ed25519', () => {
  it.each(vectors)('signs and verifies as RFC 8032 does: %s', async (...vector) => {
    const [ofSeed, key, text, expected] = vector.map(fromHex) as [
      Uint8Array,
      Uint8Array,
      Uint8Array,
      Uint8Array,
    ];
    const pair = await ed25519KeyPair(ofSeed);
    expect(pair.publicKey).toEqual(key);
    expect(await pair.sign(text)).toEqual(expected);
    expect(await verifyEd25519(key, expected, text)).toBe(true);
  });

  it("agrees with Node's own, whatever the seed and message", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.uint8Array({ minLength: 32, maxLength: 32 }),
        fc.uint8Array(),
        async (anySeed, text) => {
          const pair = await ed25519KeyPair(anySeed);
          const key = createPrivateKey({
            key: Buffer.concat([Buffer.from('302e020100300506032b657004220420', 'hex'), anySeed]),
            format: 'der',
            type: 'pkcs8',
          });
          const spki = createPublicKey(key).export({ format: 'der', type: 'spki' });
          expect(toHex(pair.publicKey)).toBe(spki.subarray(-32).toString('hex'));
          expect(toHex(await pair.sign(text))).toBe(signWithNode(null, text, key).toString('hex'));
        },
      ),
      { numRuns: 25 },
    );
  });

  it('refuses any bit turned over in signature, message or key', async () => {
    for (let i = 0; i < 64; i++)
      expect(await verifyEd25519(publicKey, flipped(signature, i, i), message)).toBe(false);
    for (let i = 0; i < 2; i++)
      expect(await verifyEd25519(publicKey, signature, flipped(message, i))).toBe(false);
    for (let i = 0; i < 32; i++)
      expect(await verifyEd25519(flipped(publicKey, i, i), signature, message)).toBe(false);
  });

  it('refuses what has not the length of a signature or a key', async () => {
    for (const wrong of [new Uint8Array(0), signature.subarray(1), Uint8Array.of(...signature, 0)]) {
      expect(await verifyEd25519(publicKey, wrong, message)).toBe(false);
    }
    for (const wrong of [publicKey.subarray(1), Uint8Array.of(...publicKey, 0)]) {
      expect(await verifyEd25519(wrong, signature, message)).toBe(false);
    }
    for (const length of [0, 31, 33, 64]) {
      await expectCode('signer-failed', () => ed25519KeyPair(new Uint8Array(length)));
    }
  });

  it('refuses the second form of a signature, with the order of the group added', async () => {
    const second = Uint8Array.of(
      ...signature.subarray(0, 32),
      ...add(signature.subarray(32), fromHex(order)),
    );
    expect(second).not.toEqual(signature);
    expect(await verifyEd25519(publicKey, second, message)).toBe(false);
  });

  it.each([
    '0000000000000000000000000000000000000000000000000000000000000000',
    '0100000000000000000000000000000000000000000000000000000000000000',
    '0000000000000000000000000000000000000000000000000000000000000080',
    '26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05',
    'c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa',
    'ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
    'edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff',
    'eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
  ])('refuses a key of small order, under which one signature fits many texts: %s', async (key) => {
    await expectCode('key-weak', () => {
      checkPublicKey(fromHex(key));
    });
    // Identity and zero: without the check it would hold for every message under the key 01 00 …
    const trivial = Uint8Array.of(1, ...new Uint8Array(63));
    await expectCode('key-weak', () => verifyEd25519(fromHex(key), trivial, message));
  });

  it('keeps no key that can not be used, and works over more keys than it keeps', async () => {
    const text = utf8('many keys');
    for (let i = 0; i < 1_050; i++) {
      const bytes = seed.slice();
      bytes[0] = i & 0xff;
      bytes[1] = i >> 8;
      const pair = await ed25519KeyPair(bytes);
      if (i % 50 === 0) expect(await verifyEd25519(pair.publicKey, await pair.sign(text), text)).toBe(true);
      else await verifyEd25519(pair.publicKey, signature, text);
    }
    expect(await verifyEd25519(publicKey, signature, message)).toBe(true);
  });
});
