import { beforeAll, describe, expect, it } from 'vitest';
import { applyRevocation } from '../../../core/statement/openpgp/revocation.ts';
import { parseCertificate } from '../../../core/statement/openpgp/certificate.ts';
import { generateKey, type GeneratedKey } from '../../../core/statement/openpgp/sign.ts';
import { expectCode } from '../../support/matchers.ts';
import { makeReviewer } from '../../support/reviewers.ts';

describe('a revocation that was kept apart', () => {
  let key: GeneratedKey;
  beforeAll(async () => {
    key = await generateKey({
      name: 'Ada',
      email: 'ada@example.org',
      date: new Date('2026-10-22T12:00:00Z'),
    });
  });

  it('revokes its certificate, bare or as gpg keeps it', async () => {
    const kept = `This is a revocation certificate for the OpenPGP key:\n\n:${key.revocation}`;
    for (const text of [key.revocation, kept, key.revocation.replaceAll('\n', '\r\n')]) {
      const revoked = await applyRevocation(key.certificate, text);
      expect([revoked.identity, revoked.revocation?.hardness]).toEqual([key.identity, 'hard']);
      expect(await parseCertificate(revoked.armored)).toEqual(revoked);
    }
  });

  it('may come within the whole certificate, which says how hard it is', async () => {
    const reviewer = await makeReviewer('Ben');
    const soft = await reviewer.revoked('soft', new Date('2026-11-22T12:00:00Z'));
    const revoked = await applyRevocation(reviewer.certificate, soft.armored);
    expect(revoked.revocation?.hardness).toBe('soft');
  });

  it('is refused for another key, when it says nothing new, and when it is none', async () => {
    const other = await generateKey({ name: 'Ben', email: 'ben@example.org', date: new Date() });
    const refuse = (text: string, certificate = key.certificate) =>
      expectCode('certificate-invalid', () => applyRevocation(certificate, text));
    await refuse(other.revocation);
    await refuse(key.certificate.armored);
    await refuse('');
    await refuse(`${key.revocation}x`.repeat(4000));
    await refuse(key.revocation, await applyRevocation(key.certificate, key.revocation));
    await expectCode('certificate-secret', () => applyRevocation(key.certificate, key.privateKey));
  });
});
