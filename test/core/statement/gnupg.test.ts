// Both ways with a real gpg: what its --clearsign makes is accepted, what we store its --verify accepts.

import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parseCertificate } from '../../../core/statement/openpgp/certificate.ts';
import { signCleartext } from '../../../core/statement/openpgp/sign.ts';
import type { Certificate } from '../../../core/statement/verified.ts';
import { verifyDocument } from '../../../core/statement/verify.ts';
import { expectCode } from '../../support/matchers.ts';
import { gpgVersion, GnupgHome } from './gnupg-home.ts';
import { contextOf, fingerprintOf, makeReviewer, reviewText, signDate } from './samples.ts';

const keyTime = new Date('2026-01-01T00:00:00Z');
const day = 86_400_000;

describe.skipIf(gpgVersion === undefined)(`with gpg ${gpgVersion ?? ''}`, () => {
  let gpg: GnupgHome;
  beforeAll(() => {
    gpg = new GnupgHome();
  });
  afterAll(() => {
    gpg.close();
  });

  async function certificateOf(fingerprint: string): Promise<Certificate> {
    return parseCertificate(gpg.export(fingerprint));
  }
  /** Text with what clearsigning treats specially: dashes, `From `, trailing spaces, empty lines. */
  const trickyText = (fingerprint: string): string =>
    `${reviewText(fingerprint, { comment: 'First.\n\n-- dashes\nFrom here\n  indented' })}\n`;

  test.each([
    ['ed25519', 'ed25519'],
    ['rsa4096', 'rsa4096'],
    ['nistp256', 'nistp256'],
  ])('%s: gpg signs, we verify; we store, gpg verifies', async (algorithm, name) => {
    const fingerprint = gpg.makeKey(`user-${algorithm}`, algorithm, keyTime);
    const certificate = await certificateOf(fingerprint);
    expect(certificate.identity).toBe(`openpgp:${fingerprint}`);
    expect(certificate.algorithm).toBe(name);
    for (const digest of ['SHA256', 'SHA512']) {
      const signed = gpg.clearsign(fingerprint, trickyText(fingerprint), signDate, ['--digest-algo', digest]);
      const verified = await verifyDocument(signed, contextOf([certificate]));
      expect(verified.text).toBe(trickyText(fingerprint).trimEnd());
      expect(verified.signature).toMatchObject({
        algorithm: `${name}/${digest.toLowerCase()}`,
        key: fingerprint,
      });
      expect(gpg.run(['--verify'], verified.document, signDate)).toBe('');
      expect(gpg.status(['--verify'], verified.document.replace('First', 'Fir5t'), signDate)).not.toBe(0);
      // Stored once more it stays as it is.
      expect((await verifyDocument(verified.document, contextOf([certificate]))).document).toBe(
        verified.document,
      );
    }
  });

  test('what we sign, and the certificate that we keep, gpg accepts', async () => {
    for (const type of ['ed25519', 'nistp256'] as const) {
      const reviewer = await makeReviewer({ type, name: `Ours ${type}` });
      gpg.run(['--import'], reviewer.certificate.armored);
      const text = reviewText(fingerprintOf(reviewer.certificate), { comment: '- a\n\n-- b\nFrom c' });
      const signed = await signCleartext(text, reviewer.signer, signDate);
      expect(gpg.run(['--verify'], signed, signDate)).toBe('');
    }
  });

  test('a signing subkey of gpg signs for its primary key', async () => {
    const fingerprint = gpg.makeKey('user-subkey', 'ed25519', keyTime);
    gpg.run(['--quick-add-key', fingerprint, 'ed25519', 'sign', 'never'], '', keyTime);
    const [, subkey] = gpg.fingerprints(fingerprint);
    const certificate = await certificateOf(fingerprint);
    expect(certificate.signingKeys).toEqual([fingerprint, subkey]);
    const signed = gpg.clearsign(fingerprint, trickyText(fingerprint), signDate);
    const verified = await verifyDocument(signed, contextOf([certificate]));
    expect(verified.author).toBe(`openpgp:${fingerprint}`);
    expect(verified.signature.key).toBe(subkey);
    expect(gpg.run(['--verify'], verified.document, signDate)).toBe('');
    // The certificate as we keep it is enough for gpg, back signature included.
    const other = new GnupgHome();
    try {
      other.run(['--import'], certificate.armored);
      expect(other.run(['--verify'], verified.document, signDate)).toBe('');
    } finally {
      other.close();
    }
  });

  test('a statement by a key that has expired at ledger time is refused', async () => {
    const fingerprint = gpg.makeKey('user-expired', 'ed25519', keyTime, '60d');
    const certificate = await certificateOf(fingerprint);
    expect(certificate.expires).toEqual(new Date(keyTime.getTime() + 60 * day));
    const signed = gpg.clearsign(fingerprint, trickyText(fingerprint), signDate);
    await verifyDocument(signed, contextOf([certificate], new Date(keyTime.getTime() + 59 * day)));
    const late = contextOf([certificate], new Date(keyTime.getTime() + 61 * day));
    await expectCode('key-expired', () => verifyDocument(signed, late));
  });

  test('a revoked key is judged by the reason and the time', async () => {
    const revokedAt = new Date(keyTime.getTime() + 60 * day);
    for (const [reason, hardness] of [
      [0, 'hard'],
      [1, 'hard'],
      [2, 'soft'],
      [3, 'soft'],
    ] as const) {
      const fingerprint = gpg.makeKey(`user-revoked-${reason}`, 'ed25519', keyTime);
      const signed = gpg.clearsign(fingerprint, trickyText(fingerprint), signDate);
      gpg.revoke(fingerprint, reason, revokedAt);
      const certificate = await certificateOf(fingerprint);
      expect(certificate.revocation).toMatchObject({ hardness, at: revokedAt });
      const before = contextOf([certificate], new Date(revokedAt.getTime() - 1));
      if (hardness === 'soft') await verifyDocument(signed, before);
      else await expectCode('key-revoked', () => verifyDocument(signed, before));
      await expectCode('key-revoked', () => verifyDocument(signed, contextOf([certificate], revokedAt)));
    }
  });

  test('a signature that expires is refused once it has', async () => {
    const fingerprint = gpg.makeKey('user-sig-expiry', 'ed25519', keyTime);
    const certificate = await certificateOf(fingerprint);
    const signed = gpg.clearsign(fingerprint, trickyText(fingerprint), signDate, [
      '--default-sig-expire',
      '10d',
    ]);
    const at = (days: number) => contextOf([certificate], new Date(signDate.getTime() + days * day));
    await verifyDocument(signed, at(9));
    await expectCode('signature-expired', () => verifyDocument(signed, at(10)));
  });

  test('weak hashes and weak curves are refused', async () => {
    const rsa = gpg.makeKey('user-sha1', 'rsa2048', keyTime);
    const sha1 = gpg.clearsign(rsa, trickyText(rsa), signDate, ['--digest-algo', 'SHA1']);
    await expectCode('key-weak', async () => verifyDocument(sha1, contextOf([await certificateOf(rsa)])));

    const bound = gpg.makeKey('user-sha1-self', 'rsa2048', keyTime, 'never', ['--cert-digest-algo', 'SHA1']);
    const error = await expectCode('key-weak', () => certificateOf(bound));
    expect(error.message).toContain('SHA-1');

    const curve = gpg.makeKey('user-curve', 'secp256k1', keyTime);
    const weak = await expectCode('key-weak', () => certificateOf(curve));
    expect(weak.message).toContain('secp256k1');
  });

  test('notations and the user id that gpg puts into a signature do no harm, two signers do', async () => {
    const fingerprint = gpg.makeKey('user-notation', 'ed25519', keyTime);
    const other = gpg.makeKey('user-other', 'ed25519', keyTime);
    const certificates = [await certificateOf(fingerprint), await certificateOf(other)];
    const noted = gpg.clearsign(fingerprint, trickyText(fingerprint), signDate, [
      ...['--set-notation', 'note@example.org=hello', '--sender', 'user-notation@example.org'],
    ]);
    const { document } = await verifyDocument(noted, contextOf(certificates));
    expect(gpg.run(['--verify'], document, signDate)).toBe('');
    const both = gpg.clearsign(fingerprint, trickyText(fingerprint), signDate, ['--local-user', other]);
    await expectCode('signature-multiple', () => verifyDocument(both, contextOf(certificates)));
  });

  test('secret keys that gpg exports are refused loudly', async () => {
    const fingerprint = gpg.makeKey('user-secret', 'ed25519', keyTime);
    const secret = gpg.run(['--export-secret-keys', '--armor', fingerprint]);
    await expectCode('certificate-secret', () => parseCertificate(secret));
  });
});
