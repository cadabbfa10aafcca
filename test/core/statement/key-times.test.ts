// Keys judged at ledger time: expiry, prolonging, revocation, signing subkeys.

import * as openpgp from 'openpgp';
import { beforeAll, describe, expect, test } from 'vitest';
import { mergeCertificates, parseCertificate } from '../../../core/statement/openpgp/certificate.ts';
import { cutPackets, packetTags, writePacket } from '../../../core/statement/openpgp/packets.ts';
import { signCleartext } from '../../../core/statement/openpgp/sign.ts';
import { clockToleranceMs } from '../../../core/statement/openpgp/validity.ts';
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
let document: string;
beforeAll(async () => {
  alice = await makeReviewer({ name: 'Alice' });
  document = await signReview(alice);
});

describe('time', () => {
  const at = (time: Date | number, certificate = alice.certificate) =>
    contextOf([certificate], new Date(time));
  const day = 86_400_000;

  test('a signature from the future is refused, beyond the tolerance of clocks', async () => {
    const earliest = signDate.getTime() - clockToleranceMs;
    await verifyDocument(document, at(earliest));
    await expectCode('date-in-future', () => verifyDocument(document, at(earliest - 1)));
  });

  test('a statement dated into the future is refused although its signature is not', async () => {
    const text = reviewText(fingerprintOf(alice.certificate), { date: '2026-02-01T00:11:01Z' });
    const signed = await signCleartext(text, alice.signer, signDate);
    await expectCode('date-in-future', () => verifyDocument(signed, at(ledgerDate)));
    await verifyDocument(signed, at(ledgerDate.getTime() + 1000));
  });

  test('a key is good until the second before it expires, judged at ledger time', async () => {
    const key = await makeReviewer({ lifetime: (60 * day) / 1000 });
    const signed = await signReview(key);
    const expires = keyDate.getTime() + 60 * day;
    await verifyDocument(signed, at(expires - 1, key.certificate));
    await expectCode('key-expired', () => verifyDocument(signed, at(expires, key.certificate)));
  });

  test('a key that was prolonged is good again, and was not before it was prolonged', async () => {
    const key = await makeReviewer({ lifetime: (60 * day) / 1000 });
    const signed = await signReview(key);
    const { publicKey } = await openpgp.reformatKey({
      privateKey: key.signer.key,
      userIDs: { name: 'Test Reviewer', email: 'test@example.org' },
      keyExpirationTime: (365 * day) / 1000,
      date: new Date(keyDate.getTime() + 90 * day),
      format: 'object',
    });
    const merged = await mergeCertificates(key.certificate, await parseCertificate(publicKey.write()));
    await verifyDocument(signed, at(keyDate.getTime() + 59 * day, merged));
    await expectCode('key-expired', () => verifyDocument(signed, at(keyDate.getTime() + 70 * day, merged)));
    await verifyDocument(signed, at(keyDate.getTime() + 91 * day, merged));
    await expectCode('key-expired', () => verifyDocument(signed, at(keyDate.getTime() + 366 * day, merged)));
  });

  const revokedAt = new Date('2026-03-01T00:00:00Z');
  async function revoked(flag: openpgp.enums.reasonForRevocation): Promise<Certificate> {
    const { publicKey } = await openpgp.revokeKey({
      key: alice.signer.key,
      reasonForRevocation: { flag, string: '' },
      date: revokedAt,
      format: 'object',
    });
    return mergeCertificates(alice.certificate, await parseCertificate(publicKey.write()));
  }

  test('a soft revocation voids what comes after it and nothing before, in whatever order one asks', async () => {
    const certificate = await revoked(openpgp.enums.reasonForRevocation.keyRetired);
    const before = at(revokedAt.getTime() - 1, certificate);
    for (let round = 0; round < 2; round++) {
      await expectCode('key-revoked', () => verifyDocument(document, at(revokedAt, certificate)));
      await verifyDocument(document, before);
    }
  });

  test.each([
    ['compromised', openpgp.enums.reasonForRevocation.keyCompromised],
    ['without a reason', openpgp.enums.reasonForRevocation.noReason],
  ])('a hard revocation (%s) voids everything, also before it', async (_, flag) => {
    const certificate = await revoked(flag);
    await expectCode('key-revoked', () => verifyDocument(document, at(ledgerDate, certificate)));
    await expectCode('key-revoked', () => verifyDocument(document, at(revokedAt, certificate)));
  });

  test('the revocation that a key is born with voids it', async () => {
    const key = await openpgp.readKey({ armoredKey: alice.certificate.armored });
    const { publicKey } = await openpgp.revokeKey({
      key: key.toPublic(),
      revocationCertificate: alice.revocation,
      format: 'object',
    });
    const certificate = await parseCertificate(publicKey.write());
    await expectCode('key-revoked', () => verifyDocument(document, at(ledgerDate, certificate)));
  });

  test('a signature older than its key is invalid', async () => {
    const packet = (await openpgp.readKey({ armoredKey: alice.certificate.armored })).keyPacket;
    expect(packet.created).toEqual(keyDate);
    const older = await makeReviewer({ date: new Date('2025-01-01') });
    const signed = await signReview(older, new Date('2025-06-01'));
    expect((await verifyDocument(signed, contextOf([older.certificate]))).signature.created).toEqual(
      new Date('2025-06-01'),
    );
    await expect(
      signCleartext(reviewText(fingerprintOf(alice.certificate)), alice.signer, new Date('2025-06-01')),
    ).rejects.toMatchObject({ code: 'signer-failed' });
  });
});

describe('subkeys', () => {
  async function withSubkey(subkey: openpgp.SubkeyOptions = {}) {
    const { privateKey, publicKey } = await openpgp.generateKey({
      type: 'ecc',
      curve: 'ed25519Legacy',
      userIDs: { name: 'Sub', email: 'sub@example.org' },
      subkeys: [{ sign: true, ...subkey }],
      date: keyDate,
      format: 'object',
    });
    const certificate = await parseCertificate(publicKey.write());
    const text = reviewText(fingerprintOf(certificate));
    return { privateKey, publicKey, certificate, signed: await signWith(privateKey, text) };
  }

  test('a signing subkey signs for its primary key', async () => {
    const { certificate, signed } = await withSubkey();
    expect(certificate.signingKeys).toHaveLength(2);
    const { author, signature } = await verifyDocument(signed, contextOf([certificate]));
    expect(author).toBe(certificate.identity);
    expect(signature.key).toBe(certificate.signingKeys[1]);
  });

  test('a subkey without its back signature signs for nobody', async () => {
    const { publicKey, certificate, signed } = await withSubkey();
    const packets = cutPackets(publicKey.write(), 'certificate-invalid', 20);
    const stripped = packets.map(({ tag, body }, i) => {
      const isBinding = tag === packetTags.signature && packets[i - 1]?.tag === packetTags.publicSubkey;
      return isBinding ? undefined : writePacket(tag, body);
    });
    const parts = stripped.filter((part) => part !== undefined);
    const without = await parseCertificate(new Uint8Array(Buffer.concat(parts)));
    expect(without.signingKeys).toEqual([fingerprintOf(certificate)]);
    await expectCode('author-mismatch', () => verifyDocument(signed, contextOf([without])));
  });

  test('an encryption subkey signs for nobody', async () => {
    const { publicKey } = await openpgp.generateKey({
      userIDs: { name: 'Enc', email: 'enc@example.org' },
      date: keyDate,
      format: 'object',
    });
    const certificate = await parseCertificate(publicKey.write());
    expect(certificate.signingKeys).toEqual([fingerprintOf(certificate)]);
  });

  test('an expired subkey is expired although its primary key is not', async () => {
    const { certificate, signed } = await withSubkey({ keyExpirationTime: 60 * 86_400 });
    const expires = keyDate.getTime() + 60 * 86_400_000;
    await verifyDocument(signed, contextOf([certificate], new Date(expires - 1)));
    await expectCode('key-expired', () =>
      verifyDocument(signed, contextOf([certificate], new Date(expires))),
    );
  });

  test.each([
    ['soft', openpgp.enums.reasonForRevocation.keyRetired],
    ['hard', openpgp.enums.reasonForRevocation.keyCompromised],
  ])('a %s revocation of a subkey is judged like that of a key', async (hardness, flag) => {
    const { privateKey, certificate, signed } = await withSubkey();
    const revokedAt = new Date('2026-03-01T00:00:00Z');
    const { keyPacket, subkeys } = privateKey;
    if (!(keyPacket instanceof openpgp.SecretKeyPacket) || subkeys[0] === undefined)
      throw new Error('no subkey');
    privateKey.subkeys[0] = await subkeys[0].revoke(keyPacket, { flag }, revokedAt);
    const merged = await mergeCertificates(
      certificate,
      await parseCertificate(privateKey.toPublic().write()),
    );
    expect(merged.id).not.toBe(certificate.id);
    await expectCode('key-revoked', () => verifyDocument(signed, contextOf([merged], revokedAt)));
    const before = verifyDocument(signed, contextOf([merged], new Date(revokedAt.getTime() - 1)));
    if (hardness === 'soft') await before;
    else await expectCode('key-revoked', () => before);
  });

  test('a revoked primary key takes its subkeys with it', async () => {
    const { privateKey, signed } = await withSubkey();
    const { publicKey } = await openpgp.revokeKey({ key: privateKey, date: signDate, format: 'object' });
    const certificate = await parseCertificate(publicKey.write());
    await expectCode('key-revoked', () => verifyDocument(signed, contextOf([certificate])));
  });
});
