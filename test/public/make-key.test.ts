import * as openpgp from 'openpgp';
import { describe, expect, it } from 'vitest';
import { parseCertificate } from '../../core/statement/openpgp/certificate.ts';
import { isFingerprintEnd, makeKey, wishProblem } from '../../public/modules/make-key.ts';

const wish = {
  name: 'Ada',
  email: '',
  passphrase: 'several long words',
  again: 'several long words',
  years: 2,
};

describe('making a key in the browser', () => {
  it('makes a locked key, its revocation, and a certificate without an address', async () => {
    const made = await makeKey(wish, new Date('2026-11-22T12:00:00Z'));
    const certificate = await parseCertificate(made.certificate);
    expect(certificate).toMatchObject({ identity: `openpgp:${made.fingerprint}`, userIds: ['Ada'] });
    expect(certificate.expires?.getUTCFullYear()).toBe(2028);
    const locked = await openpgp.readPrivateKey({ armoredKey: made.privateKey });
    expect(locked.isDecrypted()).toBe(false);
    await openpgp.decryptKey({ privateKey: locked, passphrase: wish.passphrase });
    const { publicKey } = await openpgp.revokeKey({
      key: locked.toPublic(),
      revocationCertificate: made.revocation,
      format: 'armored',
    });
    expect((await parseCertificate(publicKey)).revocation?.hardness).toBe('hard');
  });

  it.each([
    [{ name: ' ' }, 'Enter a name'],
    [{ name: 'Ada <ada@example.org>' }, 'may not hold'],
    [{ name: 'A\u202eda' }, 'may not hold'],
    [{ email: 'nobody' }, 'no e-mail address'],
    [{ passphrase: 'short', again: 'short' }, 'at least 12'],
    [{ again: 'several other words' }, 'differ'],
  ])('refuses %j', async (wrong, message) => {
    expect(wishProblem({ ...wish, ...wrong })).toContain(message);
    await expect(makeKey({ ...wish, ...wrong }, new Date())).rejects.toThrow(message);
  });

  it('knows the end of a fingerprint, however it is typed', () => {
    const fingerprint = '5EA3F1C09B27D4E86A10B3C5D7E9F1A2B4C6D8E0';
    expect(isFingerprintEnd('b4c6 d8e0', fingerprint)).toBe(true);
    expect(isFingerprintEnd('D8E0', fingerprint)).toBe(false);
    expect(isFingerprintEnd('B4C6D8E1', fingerprint)).toBe(false);
  });
});
