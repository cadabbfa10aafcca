// OpenPGP certificates: what is kept, what is stripped, what is refused, and how two of them merge.

import * as openpgp from 'openpgp';
import { beforeAll, describe, expect, test } from 'vitest';
import { compareBytes, fromBase64, toBase64 } from '../../../core/bytes.ts';
import {
  maxCertificateBytes,
  mergeCertificates,
  parseCertificate,
} from '../../../core/statement/openpgp/certificate.ts';
import { cutPackets, packetTags, writePacket } from '../../../core/statement/openpgp/packets.ts';
import type { Certificate } from '../../../core/statement/verified.ts';
import { expectCode } from '../../support/matchers.ts';
import { keyDate, makeReviewer, type Reviewer } from './samples.ts';

const later = new Date('2026-03-01T00:00:00Z');

function binaryOf({ armored }: Pick<Certificate, 'armored'>): Uint8Array {
  const lines = armored.split('\n');
  return fromBase64(
    lines
      .slice(
        2,
        lines.findIndex((line) => line.startsWith('=')),
      )
      .join(''),
  );
}
async function revoked(
  reviewer: Reviewer,
  flag: openpgp.enums.reasonForRevocation,
  date = later,
): Promise<Certificate> {
  const { publicKey } = await openpgp.revokeKey({
    key: reviewer.signer.key,
    reasonForRevocation: { flag, string: 'because' },
    date,
    format: 'object',
  });
  return parseCertificate(publicKey.write());
}

let alice: Reviewer;
let mallory: Reviewer;
beforeAll(async () => {
  alice = await makeReviewer({ name: 'Alice', email: 'alice@example.org' });
  mallory = await makeReviewer({ name: 'Mallory', email: 'mallory@example.org' });
});

describe('what comes back', () => {
  test('identity, keys, user ids and times of a key', () => {
    const { identity, signingKeys, userIds, algorithm, created, expires, revocation, id } = alice.certificate;
    expect(identity).toMatch(/^openpgp:[0-9A-F]{40}$/);
    expect(signingKeys).toEqual([identity.slice(8)]);
    expect(userIds).toEqual(['Alice <alice@example.org>']);
    expect({ algorithm, created, expires, revocation }).toEqual({
      algorithm: 'ed25519',
      created: keyDate,
      expires: undefined,
      revocation: undefined,
    });
    expect(id).toMatch(/^[0-9a-f]{64}$/);
  });

  test('parsing is idempotent, and the same from armour, binary and CRLF', async () => {
    const { armored } = alice.certificate;
    for (const form of [
      armored,
      binaryOf(alice.certificate),
      armored.replaceAll('\n', '\r\n'),
      `\n${armored}\n`,
    ]) {
      expect(await parseCertificate(form)).toEqual(alice.certificate);
    }
    const withHeaders = armored.replace('BLOCK-----\n', 'BLOCK-----\nVersion: X 1\nComment: hello\n');
    expect(await parseCertificate(withHeaders)).toEqual(alice.certificate);
  });

  test('expiry is that of the newest self-signature', async () => {
    const key = await makeReviewer({ lifetime: 86_400 });
    expect(key.certificate.expires).toEqual(new Date(keyDate.getTime() + 86_400_000));
    const { publicKey } = await openpgp.reformatKey({
      privateKey: key.signer.key,
      userIDs: { name: 'Test Reviewer', email: 'test@example.org' },
      keyExpirationTime: 2 * 86_400,
      date: new Date(keyDate.getTime() + 1000),
      format: 'object',
    });
    const prolonged = await parseCertificate(publicKey.write());
    const expected = new Date(keyDate.getTime() + 2 * 86_400_000);
    expect((await mergeCertificates(key.certificate, prolonged)).expires).toEqual(expected);
    expect((await mergeCertificates(prolonged, key.certificate)).expires).toEqual(expected);
  });

  test.each([
    ['no reason', openpgp.enums.reasonForRevocation.noReason, 'hard'],
    ['compromised', openpgp.enums.reasonForRevocation.keyCompromised, 'hard'],
    ['superseded', openpgp.enums.reasonForRevocation.keySuperseded, 'soft'],
    ['retired', openpgp.enums.reasonForRevocation.keyRetired, 'soft'],
  ])('a revocation with the reason %s is %3$s', async (_, flag, hardness) => {
    expect((await revoked(alice, flag)).revocation).toMatchObject({ hardness, at: later });
  });

  test('keys of version 6 have identities of 64 digits and armour without checksum', async () => {
    const { publicKey } = await openpgp.generateKey({
      type: 'curve25519',
      userIDs: { name: 'Six', email: 'six@example.org' },
      date: keyDate,
      format: 'object',
      config: { v6Keys: true },
    });
    const certificate = await parseCertificate(publicKey.write());
    expect(certificate.identity).toMatch(/^openpgp:[0-9A-F]{64}$/);
    expect(certificate.armored).not.toMatch(/^=/m);
    expect(await parseCertificate(certificate.armored)).toEqual(certificate);
  });
});

describe('what is stripped', () => {
  test('certifications by others', async () => {
    const key = await openpgp.readKey({ armoredKey: alice.certificate.armored });
    const signed = await key.signAllUsers([mallory.signer.key], later);
    expect(signed.write().length).toBeGreaterThan(key.write().length);
    expect(await parseCertificate(signed.write())).toEqual(alice.certificate);
  });

  test('user ids, subkeys and signatures taken from another key', async () => {
    const foreign = cutPackets(binaryOf(mallory.certificate), 'certificate-invalid', 100).slice(1);
    const flooded = new Uint8Array(
      Buffer.concat([binaryOf(alice.certificate), ...foreign.map(({ tag, body }) => writePacket(tag, body))]),
    );
    expect(await parseCertificate(flooded)).toEqual(alice.certificate);
  });

  test('pictures, and packets that everybody ignores', async () => {
    const picture = writePacket(packetTags.userAttribute, new Uint8Array(5000));
    const trust = writePacket(packetTags.trust, new Uint8Array([1, 2]));
    const experimental = writePacket(60, new Uint8Array([1]));
    const stuffed = new Uint8Array(
      Buffer.concat([binaryOf(alice.certificate), trust, picture, experimental]),
    );
    expect(await parseCertificate(stuffed)).toEqual(alice.certificate);
  });

  test('a user id whose self-signature was forged', async () => {
    const packets = cutPackets(binaryOf(alice.certificate), 'certificate-invalid', 100);
    const forged = packets.map(({ tag, body }) => writePacket(tag, body));
    const signature = packets.find(({ tag }) => tag === packetTags.signature);
    forged.push(
      writePacket(packetTags.userId, new TextEncoder().encode('Eve <eve@example.org>')),
      writePacket(packetTags.signature, signature?.body ?? new Uint8Array()),
    );
    expect(await parseCertificate(new Uint8Array(Buffer.concat(forged)))).toEqual(alice.certificate);
  });

  test('control and direction characters of user ids are shown as escapes', async () => {
    const tricky = await makeReviewer({ name: 'A\u202eB' });
    expect(tricky.certificate.userIds[0]).toContain('A\\u{202e}B');
  });
});

describe('what is refused', () => {
  test('secret keys, armoured and binary, loudly', async () => {
    const error = await expectCode('certificate-secret', () => parseCertificate(alice.signer.key.armor()));
    expect(error.message).toContain('SECRET');
    expect(error.help).toContain('revoke');
    await expectCode('certificate-secret', () => parseCertificate(alice.signer.key.write()));
    const both = alice.certificate.armored + alice.signer.key.armor();
    await expectCode('certificate-secret', () => parseCertificate(both));
  });

  test.each([
    ['nothing', ''],
    ['some text', 'hello'],
    ['an empty block', '-----BEGIN PGP PUBLIC KEY BLOCK-----\n\n-----END PGP PUBLIC KEY BLOCK-----'],
    ['bad base64', '-----BEGIN PGP PUBLIC KEY BLOCK-----\n\n*\n-----END PGP PUBLIC KEY BLOCK-----'],
  ])('%s', async (_, text) => {
    await expectCode('certificate-invalid', () => parseCertificate(text));
  });

  test('two keys, text around the block, a damaged block, a bare key', async () => {
    const { armored } = alice.certificate;
    const two = new Uint8Array(Buffer.concat([binaryOf(alice.certificate), binaryOf(mallory.certificate)]));
    await expectCode('certificate-invalid', () => parseCertificate(two));
    await expectCode('certificate-invalid', () => parseCertificate(armored + mallory.certificate.armored));
    await expectCode('certificate-invalid', () => parseCertificate(`hello\n${armored}`));
    const body = toBase64(binaryOf(alice.certificate));
    const damaged = armored.replace(body.slice(10, 14), body.slice(10, 14) === 'AAAA' ? 'BBBB' : 'AAAA');
    await expectCode('certificate-invalid', () => parseCertificate(damaged));
    const bare = writePacket(
      packetTags.publicKey,
      cutPackets(binaryOf(alice.certificate), 'certificate-invalid', 100)[0]?.body ?? new Uint8Array(),
    );
    await expectCode('certificate-invalid', () => parseCertificate(bare));
  });

  test('more than 256 KiB, while a flooded key of just that size is read', async () => {
    const own = binaryOf(alice.certificate);
    const room = maxCertificateBytes - own.length;
    const flood = writePacket(60, new Uint8Array(room - 6));
    expect(own.length + flood.length).toBe(maxCertificateBytes);
    const full = new Uint8Array(Buffer.concat([own, flood]));
    expect(await parseCertificate(full)).toEqual(alice.certificate);
    const larger = new Uint8Array(Buffer.concat([own, writePacket(60, new Uint8Array(room - 5))]));
    await expectCode('certificate-invalid', () => parseCertificate(larger));
  });

  test('more user ids than anybody has', async () => {
    const withUsers = (count: number) =>
      new Uint8Array(
        Buffer.concat([
          binaryOf(alice.certificate),
          ...Array.from({ length: count - 1 }, (_, i) =>
            writePacket(packetTags.userId, new TextEncoder().encode(`User ${i}`)),
          ),
        ]),
      );
    expect(await parseCertificate(withUsers(64))).toEqual(alice.certificate);
    await expectCode('certificate-invalid', () => parseCertificate(withUsers(65)));
  });

  test('more self-signatures than anybody makes', async () => {
    const packets = cutPackets(binaryOf(alice.certificate), 'certificate-invalid', 100);
    const signature = packets.find(({ tag }) => tag === packetTags.signature);
    const copies = (count: number) =>
      new Uint8Array(
        Buffer.concat([
          binaryOf(alice.certificate),
          ...Array.from({ length: count - 1 }, () =>
            writePacket(packetTags.signature, signature?.body ?? new Uint8Array()),
          ),
        ]),
      );
    expect(await parseCertificate(copies(500))).toEqual(alice.certificate);
    await expectCode('certificate-invalid', () => parseCertificate(copies(501)));
  });
});

describe('merging', () => {
  test('is a union: commutative, idempotent, associative', async () => {
    const soft = await revoked(alice, openpgp.enums.reasonForRevocation.keyRetired);
    const hard = await revoked(
      alice,
      openpgp.enums.reasonForRevocation.keyCompromised,
      new Date('2026-04-01'),
    );
    const known = alice.certificate;
    const one = await mergeCertificates(await mergeCertificates(known, soft), hard);
    const other = await mergeCertificates(hard, await mergeCertificates(soft, known));
    expect(other).toEqual(one);
    expect(await mergeCertificates(one, one)).toEqual(one);
    expect(await mergeCertificates(one, known)).toEqual(one);
    expect(one.revocation?.hardness).toBe('hard');
    expect(compareBytes(binaryOf(one), binaryOf(known))).not.toBe(0);
  });

  test('never forgets a revocation that a newer copy lacks', async () => {
    const soft = await revoked(alice, openpgp.enums.reasonForRevocation.keyRetired);
    expect((await mergeCertificates(soft, alice.certificate)).revocation?.hardness).toBe('soft');
  });

  test('refuses another key', async () => {
    await expectCode('certificate-invalid', () => mergeCertificates(alice.certificate, mallory.certificate));
  });
});
