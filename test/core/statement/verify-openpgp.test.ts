// OpenPGP cleartext statements with keys made by openpgp.js: what verifies, by whom, how large and how strong.

import * as openpgp from 'openpgp';
import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import { fromBase64 } from '../../../core/bytes.ts';
import { formatStatement, parseStatement } from '../../../core/statement/canonical.ts';
import { maxDocumentBytes } from '../../../core/statement/hostile-text.ts';
import { parseCertificate } from '../../../core/statement/openpgp/certificate.ts';
import { cutCleartext, writeCleartext } from '../../../core/statement/openpgp/cleartext.ts';
import { generateKey, openSigner, signCleartext } from '../../../core/statement/openpgp/sign.ts';
import { maxStatementBytes } from '../../../core/statement/statement.ts';
import type { Certificate } from '../../../core/statement/verified.ts';
import { verifyDocument } from '../../../core/statement/verify.ts';
import { expectCode } from '../../support/matchers.ts';
import {
  contextOf,
  fingerprintOf,
  keyDate,
  ledgerDate,
  makeReviewer,
  reviewText,
  signDate,
  signReview,
  signWith,
  type Reviewer,
} from './samples.ts';

let alice: Reviewer;
let mallory: Reviewer;
let document: string;
beforeAll(async () => {
  alice = await makeReviewer({ name: 'Alice' });
  mallory = await makeReviewer({ name: 'Mallory' });
  document = await signReview(alice);
});
const context = () => contextOf([alice.certificate, mallory.certificate]);

describe('a good statement', () => {
  test('gives its facts, and its stored form is canonical and verifies to the same', async () => {
    const verified = await verifyDocument(document, context());
    expect(verified).toMatchObject({
      envelope: 'openpgp',
      author: alice.certificate.identity,
      text: reviewText(fingerprintOf(alice.certificate)),
      document,
      signature: { algorithm: 'ed25519/sha512', key: fingerprintOf(alice.certificate), created: signDate },
    });
    expect(verified.statement).toEqual(parseStatement(verified.text));
  });

  test('has one stored form, whatever armour headers, line ends, spaces and empty lines it came with', async () => {
    const variants = [
      document.replaceAll('\n', '\r\n'),
      `\n\n${document}\n\n`,
      document.replace('SIGNATURE-----\n', 'SIGNATURE-----\nVersion: GnuPG v2\nComment: hello\n'),
      document.replace('rating: positive', 'rating: positive  \t'),
      document.replace('  rating: positive', '-   rating: positive'),
      document.replace(/^=.*\n/m, ''),
      document.replace('Hash: SHA512\n', ''),
      document.replace('Hash: SHA512', 'Hash: SHA256, SHA512'),
    ];
    const { id } = await verifyDocument(document, context());
    for (const variant of variants) {
      expect(variant).not.toBe(document);
      expect(await verifyDocument(variant, context())).toMatchObject({ id, document });
    }
  });

  test('verifies with openpgp.js itself', async () => {
    const message = await openpgp.readCleartextMessage({ cleartextMessage: document });
    const key = await openpgp.readKey({ armoredKey: alice.certificate.armored });
    const { signatures, data } = await openpgp.verify({
      message,
      verificationKeys: key.toPublic(),
      date: ledgerDate,
    });
    expect(await signatures[0]?.verified).toBe(true);
    expect(data).toBe(reviewText(fingerprintOf(alice.certificate)));
  });

  test.each(['nistp256', 'rsa4096'] as const)(
    'may be by a %s key, opened with its passphrase',
    async (type) => {
      const key = await generateKey({
        name: 'P',
        email: 'p@example.org',
        type,
        date: keyDate,
        passphrase: 'open sesame',
      });
      await expectCode('signer-failed', () => openSigner(key.privateKey));
      await expectCode('signer-failed', () => openSigner(key.privateKey, 'wrong'));
      const signer = await openSigner(key.privateKey, 'open sesame');
      const signed = await signCleartext(reviewText(fingerprintOf(key)), signer, signDate);
      const { signature } = await verifyDocument(signed, contextOf([key.certificate]));
      expect(signature.algorithm).toBe(`${type}/sha512`);
    },
  );

  test('may be by a key of version 6, stored as the specification asks', async () => {
    const { privateKey, publicKey } = await openpgp.generateKey({
      type: 'curve25519',
      userIDs: { name: 'Six', email: 'six@example.org' },
      date: keyDate,
      format: 'object',
      config: { v6Keys: true },
    });
    const certificate = await parseCertificate(publicKey.write());
    const signer = { identity: certificate.identity, key: privateKey };
    const signed = await signCleartext(reviewText(fingerprintOf(certificate)), signer, signDate);
    expect(signed).not.toMatch(/^Hash:|^=/m);
    const verified = await verifyDocument(signed, contextOf([certificate]));
    expect(verified.document).toBe(signed);
    expect(verified.signature.key).toHaveLength(64);
  });

  test('may be signed as binary: the framework hashes the same bytes', async () => {
    const text = reviewText(fingerprintOf(alice.certificate));
    const message = await openpgp.createMessage({
      binary: new TextEncoder().encode(text.replaceAll('\n', '\r\n')),
    });
    const signature = await openpgp.sign({
      message,
      signingKeys: alice.signer.key,
      date: signDate,
      detached: true,
      format: 'object',
    });
    if (!(signature instanceof openpgp.Signature)) throw new Error('not a signature');
    const packets = new Uint8Array(
      Buffer.from(await new Response(signature.write() as BodyInit).arrayBuffer()),
    );
    expect((await verifyDocument(writeCleartext(text, 'SHA512', packets), context())).text).toBe(text);
  });
});

describe('size', () => {
  test('a text of 64 KiB is verified, one byte more is not', async () => {
    const rest = reviewText(fingerprintOf(alice.certificate), { comment: 'x' }).length - 1;
    const text = (bytes: number) =>
      reviewText(fingerprintOf(alice.certificate), { comment: 'x' }).replace(/x$/, 'x'.repeat(bytes - rest));
    expect(text(maxStatementBytes)).toHaveLength(maxStatementBytes);
    await verifyDocument(await signWith(alice.signer.key, text(maxStatementBytes)), context());
    const larger = await signWith(alice.signer.key, text(maxStatementBytes + 1));
    await expectCode('text-too-large', () => verifyDocument(larger, context()));
  });

  test('a document of the largest size is read, one byte more is not', async () => {
    const padding = '\n'.repeat(maxDocumentBytes - document.length);
    await verifyDocument(document + padding, context());
    await expectCode('text-too-large', () => verifyDocument(`${document}${padding}\n`, context()));
  });
});

describe('the author', () => {
  test('must be known', async () => {
    await expectCode('key-unknown', () => verifyDocument(document, contextOf([mallory.certificate])));
  });

  test('must be who signed: a text in another’s name is refused', async () => {
    const text = reviewText(fingerprintOf(alice.certificate));
    const signed = await signWith(mallory.signer.key, text);
    await expectCode('author-mismatch', () => verifyDocument(signed, context()));
    await expectCode('author-mismatch', () => signCleartext(text, mallory.signer, signDate));
  });

  test('must be the certificate that the look-up gives', async () => {
    const swapped = { certificates: () => Promise.resolve<Certificate>(mallory.certificate), at: ledgerDate };
    await expectCode('author-mismatch', () => verifyDocument(document, swapped));
  });

  test('a signature that names the author but was made by another key is invalid', async () => {
    const signed = await signReview(mallory);
    const other = cutCleartext(signed).signature;
    const { text } = cutCleartext(document);
    await expectCode('author-mismatch', () =>
      verifyDocument(writeCleartext(text, 'SHA512', other), context()),
    );
    const claimed = { ...alice.certificate, armored: mallory.certificate.armored };
    await expectCode('author-mismatch', () =>
      verifyDocument(document, { certificates: () => Promise.resolve(claimed), at: ledgerDate }),
    );
  });

  test('may be a crev identity only in a crev proof', async () => {
    const text = reviewText(fingerprintOf(alice.certificate))
      .replace('id-type: openpgp', 'id-type: crev')
      .replace(/id: "?[0-9A-F]{40}"?/, 'id: IVL40Zt5HSRFMkLhXy6rbLfP-ntqXtMAl5YOBpiB2xI');
    const signed = await signWith(alice.signer.key, text);
    await expectCode('key-unknown', () => verifyDocument(signed, context()));
  });
});

describe('strength', () => {
  test('RSA of 1,024 bits is too weak', async () => {
    const config = { minRSABits: 1024 };
    const { privateKey, publicKey } = await openpgp.generateKey({
      type: 'rsa',
      rsaBits: 1024,
      userIDs: { name: 'Weak', email: 'weak@example.org' },
      subkeys: [],
      date: keyDate,
      format: 'object',
      config,
    });
    const certificate = await parseCertificate(publicKey.write());
    expect(certificate.algorithm).toBe('rsa1024');
    const signed = await signWith(privateKey, reviewText(fingerprintOf(certificate)), config);
    const error = await expectCode('key-weak', () => verifyDocument(signed, contextOf([certificate])));
    expect(error.message).toContain('RSA');
  });
});

test('statements of every size and text verify again after signing', async () => {
  await fc.assert(
    fc.asyncProperty(fc.stringMatching(/^[ -~\n\té中]{0,80}$/), async (comment) => {
      const trimmed = comment.replaceAll(/^ *\t/gm, '');
      const text = reviewText(fingerprintOf(alice.certificate), { comment: trimmed });
      const signed = await signCleartext(text, alice.signer, signDate);
      const verified = await verifyDocument(signed, context());
      expect(verified.text).toBe(text);
      expect(verified.document).toBe(signed);
      expect(formatStatement(verified.statement)).toBe(text);
    }),
    { numRuns: 100 },
  );
});

test('armour is canonical base64 with the checksum that GnuPG wants', () => {
  const lines = document.split('\n');
  const start = lines.indexOf('-----BEGIN PGP SIGNATURE-----');
  const content = lines.slice(start + 2, -3);
  expect(lines.at(-3)).toMatch(/^=[A-Za-z0-9+/]{4}$/);
  expect(content.slice(0, -1).every((line) => line.length === 64)).toBe(true);
  expect(fromBase64(content.join('')).length).toBeGreaterThan(64);
});
