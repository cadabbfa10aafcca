import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { toBase64, toHex } from '../../../core/bytes.ts';
import {
  formatPrivateKey,
  formatVerifierKey,
  isKeyName,
  keyTypes,
  makePrivateKey,
  makeVerifierKey,
  parsePrivateKey,
  parseVerifierKey,
  type KeyType,
} from '../../../core/log/note-key.ts';
import { expectCode } from '../../support/matchers.ts';
import { hostileTexts, refusesOnlyWith, rejectsOnlyWith } from './support/hostile.ts';
import { enoch, foo, peter, rome, tessera, torchwood } from './support/known-answers.ts';

// Of the Go checksum database; its base64 holds plus signs.
const sumdb = 'sum.golang.org+033de0ae+Ac4zctda0e5eza+HJyk9SxEdh+s3Ux18htTTAD8OuAn8';
const names = fc.string({ minLength: 1, maxLength: 40 }).filter(isKeyName);
const seeds = fc.uint8Array({ minLength: 32, maxLength: 32 });
const types = fc.constantFrom<KeyType>('ed25519', 'cosignature');

/** The text with each one of its bytes replaced by the next character. */
const everyByteChanged = (text: string): string[] =>
  Array.from(
    { length: text.length },
    (_, i) => text.slice(0, i) + String.fromCharCode(text.charCodeAt(i) + 1) + text.slice(i + 1),
  );
const everyProperPart = (text: string): string[] => {
  const parts: string[] = [];
  for (let start = 0; start < text.length; start++) {
    for (let end = start + 1; end <= text.length; end++) parts.push(text.slice(start, end));
  }
  return parts.filter((part) => part !== text);
};

describe('a verifier key', () => {
  it.each([
    [foo.verifierKey, 'example.com/foo', '530d903a', 'ed25519'],
    [peter.verifierKey, 'PeterNeumann', 'c74f20a3', 'ed25519'],
    [enoch.verifierKey, 'EnochRoot', 'af0cfe78', 'ed25519'],
    [tessera.verifierKey, tessera.origin, '33d7b496', 'ed25519'],
    [torchwood.verifierKey, torchwood.origin, '5202289b', 'ed25519'],
    [rome.witnessKey, 'witness.example.org', 'b8a2cf20', 'cosignature'],
    [
      'remora.n621.de+da77ade7+BOvN63jn/bLvkieywe8R6UYAtVtNbZpXh34x7onlmtw2',
      'remora.n621.de',
      'da77ade7',
      'cosignature',
    ],
    [sumdb, 'sum.golang.org', '033de0ae', 'ed25519'],
  ] as const)('is read and written as everybody does: %s', (text, name, id, type) => {
    const key = parseVerifierKey(text);
    expect(key).toMatchObject({ name, id, type });
    expect(key.publicKey).toHaveLength(32);
    expect(formatVerifierKey(key)).toBe(text);
  });

  it('is refused in every part of it, and with any byte changed', async () => {
    for (const text of [peter.verifierKey, sumdb]) {
      for (const wrong of [...everyProperPart(text), '', ...everyByteChanged(text)]) {
        await expectCode('note-invalid', () => parseVerifierKey(wrong));
      }
    }
  });

  it.each([
    [
      'wrong length, id adjusted',
      'PeterNeumann+cc469956+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TWBADKEY==',
    ],
    ['unknown type, id adjusted', 'PeterNeumann+173116ae+ZRpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW'],
    ['id in upper case', peter.verifierKey.replace('c74f20a3', 'C74F20A3')],
    ['a type that others have for ECDSA', 'rekor.sigstore.dev+12345678+AwEB'],
    ['no base64', 'rekor.sigstore.dev+12345678+THIS_IS_NOT_BASE64!'],
    ['no id', `example.org+NOTHEX!!+${toBase64(new Uint8Array(33))}`],
    ['base64 with stray bits', peter.verifierKey.replace(/W$/, 'X')],
    ['padding that is not needed', `${peter.verifierKey}=`],
    ['white space around', ` ${peter.verifierKey}`],
    ['a line break behind', `${peter.verifierKey}\n`],
    ['endless', `a+00000000+${'A'.repeat(5000)}`],
  ])('is refused: %s', async (_, text) => {
    await expectCode('note-invalid', () => parseVerifierKey(text));
  });

  it('of small order is refused', async () => {
    await expectCode('key-weak', () => makeVerifierKey('example.org', 'ed25519', new Uint8Array(32)));
    await expectCode('key-weak', () =>
      makeVerifierKey('example.org', 'cosignature', Uint8Array.of(1, ...new Uint8Array(31))),
    );
  });

  it('has a name without white space, plus signs and control characters, of at most 255 bytes', () => {
    for (const name of ['example.org/log', 'é', 'a'.repeat(255), 'ö'.repeat(127), '—'])
      expect(isKeyName(name), name).toBe(true);
    const wrong = [
      '',
      ' ',
      'a b',
      'a+b',
      'a\nb',
      'a\u00a0b',
      'a\u2003b',
      'a\u3000b',
      'a\u0000',
      'a\u007f',
      'a\u0085',
      '\ufeffa',
    ];
    for (const name of [...wrong, 'a'.repeat(256), 'ö'.repeat(128)])
      expect(isKeyName(name), JSON.stringify(name)).toBe(false);
  });

  it('has an id that hangs on name, type and key', () => {
    fc.assert(
      fc.property(
        names,
        names,
        fc.uint8Array({ minLength: 32, maxLength: 32, min: 2 }),
        (name, other, publicKey) => {
          const key = makeVerifierKey(name, 'ed25519', publicKey);
          expect(parseVerifierKey(formatVerifierKey(key))).toEqual(key);
          expect(makeVerifierKey(name, 'cosignature', publicKey).id).not.toBe(key.id);
          if (other !== name) expect(makeVerifierKey(other, 'ed25519', publicKey).id).not.toBe(key.id);
        },
      ),
    );
  });

  it('of any text is refused with one code, or is written the same', () => {
    fc.assert(
      fc.property(hostileTexts(peter.verifierKey, sumdb, rome.witnessKey), (text) => {
        const key = refusesOnlyWith('note-invalid', () => parseVerifierKey(text));
        if (key !== undefined) expect(formatVerifierKey(key)).toBe(text);
      }),
      { numRuns: 2000 },
    );
  });
});

describe('a private key', () => {
  it.each([
    [peter.privateKey, peter.verifierKey],
    [tessera.privateKey, tessera.verifierKey],
  ])('is read as Go writes it: %s', async (text, verifierKey) => {
    expect(formatVerifierKey((await parsePrivateKey(text)).key)).toBe(verifierKey);
  });

  it('is refused in every part of it, and with any byte changed', async () => {
    for (const wrong of [...everyByteChanged(peter.privateKey), ...everyProperPart(peter.privateKey)]) {
      await expectCode('note-invalid', () => parsePrivateKey(wrong));
    }
  });

  it('is written, read and derived again, whatever its name and seed', async () => {
    await fc.assert(
      fc.asyncProperty(names, types, seeds, async (name, type, seed) => {
        const made = await makePrivateKey(name, type, seed);
        const text = formatPrivateKey(made.key, seed);
        expect((await parsePrivateKey(text)).key).toEqual(made.key);
        expect(made.key.publicKey).toHaveLength(32);
      }),
      { numRuns: 30 },
    );
  });

  it('has a seed of 32 bytes, of whatever type', async () => {
    for (const type of Object.keys(keyTypes) as KeyType[]) {
      for (const length of [0, 31, 33]) {
        await expectCode('note-invalid', () => makePrivateKey('example.org', type, new Uint8Array(length)));
      }
    }
    await expectCode('note-invalid', () =>
      makePrivateKey('not a name', 'ed25519', new Uint8Array(32).fill(5)),
    );
  });

  it('is never shown by what refuses it', async () => {
    const seed = new Uint8Array(32).fill(0xa7);
    const { key } = await makePrivateKey('example.org', 'ed25519', seed);
    const text = formatPrivateKey(key, seed);
    const secret = toBase64(Uint8Array.of(1, ...seed));
    const wrong = [
      ...[
        `${text}=`,
        `${text}\n`,
        text.slice(0, -1),
        text.replace(key.id, '00000000'),
        text.replace('example', 'sample'),
      ],
      ...[
        text.replace('PRIVATE+KEY+', ''),
        text.replace(secret, `${secret}A`),
        `${text.slice(0, -4)}!${text.slice(-4)}`,
      ],
    ];
    for (const one of wrong) {
      const error = await expectCode('note-invalid', () => parsePrivateKey(one));
      const shown = [error.message, error.help, error.stack, String(error.cause), JSON.stringify(error)].join(
        '\n',
      );
      expect(shown).not.toContain(secret.slice(4, 20));
      expect(shown).not.toContain(toHex(seed).slice(0, 16));
    }
  });

  it('of any text is refused with one code', async () => {
    await fc.assert(
      fc.asyncProperty(hostileTexts(peter.privateKey), async (text) => {
        await rejectsOnlyWith(['note-invalid'], () => parsePrivateKey(text));
      }),
      { numRuns: 1000 },
    );
  });
});
