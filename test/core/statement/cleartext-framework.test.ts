// The cleartext signature framework: tampering, forged headers, text around the signed part, several signatures.

import * as openpgp from 'openpgp';
import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import { cutCleartext, writeCleartext } from '../../../core/statement/openpgp/cleartext.ts';
import { cutPackets, packetTags, writePacket } from '../../../core/statement/openpgp/packets.ts';
import { signCleartext } from '../../../core/statement/openpgp/sign.ts';
import {
  cutSignature,
  writeSignature,
  type Subpacket,
} from '../../../core/statement/openpgp/signature-packet.ts';
import { verifyDocument } from '../../../core/statement/verify.ts';
import { expectCode } from '../../support/matchers.ts';
import {
  contextOf,
  fingerprintOf,
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

/** The document with its signature packet taken apart, changed, and armoured properly again. */
function resign(
  original: string,
  change: (body: Uint8Array) => Uint8Array,
  tag: number = packetTags.signature,
): string {
  const { text, signature } = cutCleartext(original);
  const body = cutPackets(signature, 'signature-invalid', 1)[0]?.body ?? new Uint8Array();
  return writeCleartext(text, 'SHA512', writePacket(tag, change(body)));
}
describe('tampering', () => {
  test('every flipped bit of the signature packet is refused', async () => {
    const { signature } = cutCleartext(document);
    const { text } = cutCleartext(document);
    let refused = 0;
    for (let at = 0; at < signature.length; at++) {
      for (let bit = 0; bit < 8; bit++) {
        const flipped = signature.slice();
        flipped[at] = (flipped[at] ?? 0) ^ (1 << bit);
        const outcome = await verifyDocument(writeCleartext(text, 'SHA512', flipped), context()).catch(
          () => undefined,
        );
        expect(outcome, `byte ${at}, bit ${bit}`).toBeUndefined();
        refused += 1;
      }
    }
    expect(refused).toBe(signature.length * 8);
  });

  test('a flipped bit anywhere from the text to the end of the signature is refused', async () => {
    const start = document.indexOf('\n\n') + 2;
    const end = document.indexOf('-----END');
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: start, max: end - 2 }), fc.nat({ max: 6 }), async (at, bit) => {
        const bytes = Buffer.from(document);
        bytes[at] = (bytes[at] ?? 0) ^ (1 << bit);
        expect(await verifyDocument(bytes.toString(), context()).catch(() => undefined)).toBeUndefined();
      }),
      { numRuns: 1500 },
    );
  });

  test('what the signature does not cover cannot carry anything', async () => {
    const keyId = fingerprintOf(alice.certificate).slice(-16);
    const bytes = (hex: string) => new Uint8Array(Buffer.from(hex, 'hex'));
    const withUnhashed = (...unhashed: Subpacket[]) =>
      resign(document, (body) => writeSignature(cutSignature(body), unhashed));
    const issuer = { type: 16, critical: false, body: bytes(keyId) };
    const fingerprint = { type: 33, critical: false, body: bytes(`04${fingerprintOf(alice.certificate)}`) };
    // The issuer may stand there, as GnuPG writes it; it does not change what is stored.
    expect((await verifyDocument(withUnhashed(issuer, fingerprint), context())).document).toBe(document);
    const junk = { type: 20, critical: false, body: bytes('80000000000100016161') };
    for (const bad of [
      [junk],
      [issuer, issuer],
      [{ ...issuer, critical: true }],
      [{ ...issuer, body: bytes('00'.repeat(8)) }],
      [{ ...fingerprint, body: bytes(`06${fingerprintOf(alice.certificate)}`) }],
      [{ type: 100, critical: false, body: bytes('00') }],
    ]) {
      const codes = ['signature-invalid', 'author-mismatch'];
      await expect(verifyDocument(withUnhashed(...bad), context())).rejects.toSatisfy(
        (error: { code: string }) => codes.includes(error.code),
      );
    }
  });

  test('bytes behind the signature, a second packet and another packet are refused', async () => {
    await expectCode('signature-invalid', () =>
      verifyDocument(
        resign(document, (body) => Buffer.concat([body, Buffer.from([0])])),
        context(),
      ),
    );
    await expectCode('signature-invalid', () =>
      verifyDocument(
        resign(document, (body) => body, packetTags.userId),
        context(),
      ),
    );
    const { text, signature } = cutCleartext(document);
    const twice = new Uint8Array(Buffer.concat([signature, signature]));
    await expectCode('signature-multiple', () =>
      verifyDocument(writeCleartext(text, 'SHA512', twice), context()),
    );
  });

  test('two signers are refused', async () => {
    const message = await openpgp.createCleartextMessage({
      text: reviewText(fingerprintOf(alice.certificate)),
    });
    const both = await openpgp.sign({
      message,
      signingKeys: [alice.signer.key, mallory.signer.key],
      date: signDate,
    });
    await expectCode('signature-multiple', () => verifyDocument(both, context()));
  });
});

describe('the framework', () => {
  const forged = [
    ['text in a Hash header', 'Hash: SHA512\n', 'Hash: SHA512 and so on\n'],
    ['another header', 'Hash: SHA512\n', 'Hash: SHA512\nComment: approved by all\n'],
    ['GnuPG’s extension', 'Hash: SHA512\n', 'NotDashEscaped: You need GnuPG to verify\n'],
    ['an unknown hash', 'Hash: SHA512\n', 'Hash: SHA513\n'],
    ['text for a header', 'Hash: SHA512\n', 'I hereby approve\nHash: SHA512\n'],
    ['another hash than the one used', 'Hash: SHA512\n', 'Hash: SHA256\n'],
    ['an empty hash', 'Hash: SHA512\n', 'Hash: \n'],
    ['a header in other letters', 'Hash: SHA512\n', 'hash: SHA512\n'],
  ] as const;
  test.each(forged)('%s is a forged Hash header', async (_, from, to) => {
    await expectCode('hash-header-forged', () => verifyDocument(document.replace(from, to), context()));
  });

  test('text before, behind and between is outside of the signature', async () => {
    for (const bad of [
      `Dear all,\n${document}`,
      `${document}P.S. really`,
      `> quoted\n\n${document}`,
      `${document}\n \nmore`,
    ]) {
      await expectCode('text-outside-signature', () => verifyDocument(bad, context()));
    }
    const inArmour = document.replace('SIGNATURE-----\n\n', 'SIGNATURE-----\nsome text\n\n');
    await expectCode('signature-invalid', () => verifyDocument(inArmour, context()));
  });

  test('a second message, inside or behind, is several signatures', async () => {
    await expectCode('signature-multiple', () => verifyDocument(document + document, context()));
    const nested = document.replace('rating: positive', `rating: positive\n${document.trimEnd()}`);
    await expectCode('signature-multiple', () => verifyDocument(nested, context()));
    const block = document.slice(document.indexOf('-----BEGIN PGP SIGNATURE'));
    await expectCode('signature-multiple', () => verifyDocument(document + block, context()));
  });

  test('a dash that is not escaped is refused', async () => {
    const text = reviewText(fingerprintOf(alice.certificate)).replace(
      /^comment[^]*/m,
      'issues:\n- id: a\n  severity: low',
    );
    const signed = await signCleartext(text, alice.signer, signDate);
    expect(signed).toContain('\n- - id: a\n');
    await verifyDocument(signed, context());
    await expectCode('signature-invalid', () =>
      verifyDocument(signed.replace('- - id', '- id').replace('- id', '-id'), context()),
    );
  });

  test('a message without signature, or cut off, has none', async () => {
    for (const bad of [
      document.slice(0, document.indexOf('-----BEGIN PGP SIGNATURE')),
      document.slice(0, document.indexOf('-----END PGP SIGNATURE')),
      '-----BEGIN PGP SIGNED MESSAGE-----',
    ]) {
      await expectCode('signature-missing', () => verifyDocument(bad, context()));
    }
  });

  test('other documents are not recognised, and a secret key is named as one', async () => {
    await expectCode('envelope-unrecognised', () => verifyDocument('', context()));
    await expectCode('envelope-unrecognised', () => verifyDocument('kind: trust', context()));
    await expectCode('envelope-unrecognised', () =>
      verifyDocument('-----BEGIN PGP MESSAGE-----\n', context()),
    );
    await expectCode('certificate-secret', () => verifyDocument(alice.signer.key.armor(), context()));
  });

  test('hostile characters in a signed text are refused before anything else', async () => {
    for (const character of ['\u202e', '\u0000', '\u200b', '\ufeff']) {
      const text = reviewText(fingerprintOf(alice.certificate)).replace('Read', `Read${character}`);
      const signed = await signWith(alice.signer.key, text);
      await expectCode('text-forbidden-character', () => verifyDocument(signed, context()));
    }
    await expectCode('text-forbidden-character', () =>
      verifyDocument(document.replace('high\n', 'high\r'), context()),
    );
  });
});
