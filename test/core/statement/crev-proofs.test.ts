// crev proofs made here: the letter of the envelope, the content, and what is refused.

import { describe, expect, test } from 'vitest';
import { fromBase64Url, toBase64Url, utf8 } from '../../../core/bytes.ts';
import { canonicalPurl } from '../../../core/digest/purl.ts';
import { parseIdentity } from '../../../core/identity.ts';
import { checkPublicKey } from '../../../core/ed25519.ts';
import { signerOfSeed, verifyByCrevId } from '../../../core/statement/crev/ed25519.ts';
import {
  maxBadProofs,
  maxCrevBodyBytes,
  maxCrevSignatureBytes,
  maxProofFileBytes,
  rustTrim,
} from '../../../core/statement/crev/envelope.ts';
import { parseProofFile, type ProofEntry } from '../../../core/statement/crev/proof.ts';
import { signCrevProof } from '../../../core/statement/crev/sign.ts';
import { verifyDocument } from '../../../core/statement/verify.ts';
import type { VerifiedStatement } from '../../../core/statement/verified.ts';
import { expectCode } from '../../support/matchers.ts';
import { contextOf } from './samples.ts';

const seed = new Uint8Array(32).fill(0x42);
const testId = 'IVL40Zt5HSRFMkLhXy6rbLfP-ntqXtMAl5YOBpiB2xI';
const context = contextOf([], new Date('2026-11-22T00:00:00Z'));

const trustBody = (comment = '') =>
  [
    'kind: trust',
    'version: -1',
    'date: 2026-04-05T12:00:02.000000001+02:00',
    'from:',
    '  id-type: crev',
    `  id: ${testId}`,
    'ids:',
    '- id-type: crev',
    '  id: FYlr8YoYGVvDwHQxqEIs89reKKDy-oWisoO0qXXEfHE',
    'trust: medium',
    ...(comment === '' ? [] : [`comment: ${comment}`]),
    '',
  ].join('\n');

async function signBody(body: string): Promise<string> {
  return toBase64Url(await (await signerOfSeed(seed)).sign(utf8(body)));
}
async function envelope(body: string): Promise<string> {
  return `----- BEGIN CREV PROOF -----\n${body}----- SIGN CREV PROOF -----\n${await signBody(body)}\n----- END CREV PROOF -----\n`;
}
async function legacyEnvelope(type: string, body: string, stray = ''): Promise<string> {
  return `-----BEGIN CREV ${type}${stray}-----\n${body}-----BEGIN CREV ${type} SIGNATURE-----\n${await signBody(body)}\n-----END CREV ${type}-----\n`;
}
function codesOf(entries: readonly ProofEntry[]): string[] {
  return entries.map((entry) =>
    'error' in entry ? `${entry.line}:${entry.error.code}` : `${entry.line}:ok`,
  );
}

describe('the envelope', () => {
  test('CRLF, white space around markers and empty lines between proofs verify as upstream does', async () => {
    const proof = await envelope(trustBody());
    const spaced = proof.replaceAll(/^(-----.*)$/gm, '\u0085\u00a0 $1 \t');
    for (const variant of [
      proof.replaceAll('\n', '\r\n'),
      spaced,
      `\n \n\u0085\n${proof}\n\n`,
      proof.trimEnd(),
    ]) {
      const verified = await verifyDocument(variant, context);
      expect(verified.document).toBe(proof);
    }
  });

  test('Rust’s trim keeps a byte order mark and takes NEL', async () => {
    expect(rustTrim('\u0085 \u3000a\u2029\t')).toBe('a');
    expect(rustTrim('\ufeffa')).toBe('\ufeffa');
    const proof = await envelope(trustBody());
    await expectCode('envelope-unrecognised', () => verifyDocument(`\ufeff${proof}`, context));
  });

  test('trailing spaces are signed bytes', async () => {
    const proof = await envelope(trustBody('|-\n  one  \n  \n  two'));
    const { text } = await verifyDocument(proof, context);
    expect(text).toContain('one  \n  \n');
    await expectCode('signature-invalid', () => verifyDocument(proof.replace('one  ', 'one'), context));
  });

  test('one bad proof among good ones is reported with its line and its reason, and the rest is kept', async () => {
    const good = await envelope(trustBody());
    const lines = good.split('\n').length - 1;
    const file = [
      good,
      good.replace('trust: medium', 'trust: enormous'),
      good.replace('----- SIGN', '----- SING'),
      'stray text\n',
      good,
      good.replace('kind: trust', 'kind: [trust'),
      good,
      '----- BEGIN CREV PROOF -----\nkind: trust\n',
    ].join('\n');
    expect(codesOf(parseProofFile(file))).toEqual([
      '1:ok',
      `${lines + 2}:statement-invalid`,
      // Its body runs on into the next proof, which is read nevertheless.
      `${2 * lines + 3}:yaml-invalid`,
      `${3 * lines + 6}:ok`,
      `${4 * lines + 7}:yaml-invalid`,
      `${5 * lines + 8}:ok`,
      `${6 * lines + 9}:envelope-unrecognised`,
    ]);
  });

  test('text between proofs is an error of its own', async () => {
    const good = await envelope(trustBody());
    const codes = codesOf(parseProofFile(`${good}stray text\n${good}`));
    expect(codes.map((code) => code.split(':')[1])).toEqual(['ok', 'text-outside-signature', 'ok']);
  });

  test('a document holds exactly one proof', async () => {
    const good = await envelope(trustBody());
    await expectCode('signature-multiple', () => verifyDocument(good + good, context));
    await expectCode('text-outside-signature', () => verifyDocument(`${good}after`, context));
    await expectCode('text-outside-signature', () => verifyDocument(`before\n${good}`, context));
  });

  test('a body of 32,000 bytes is read, one byte more is not', async () => {
    const rest = utf8(trustBody('é')).length - 2;
    const body = (bytes: number) => trustBody(`é${'x'.repeat(bytes - rest - 2)}`);
    expect(utf8(body(maxCrevBodyBytes))).toHaveLength(32_000);
    expect((await verifyDocument(await envelope(body(maxCrevBodyBytes)), context)).author).toBe(
      `crev:${testId}`,
    );
    const larger = await envelope(body(maxCrevBodyBytes + 1));
    await expectCode('text-too-large', () => verifyDocument(larger, context));
  });

  test('a signature text of 2,000 bytes is trimmed and read, one byte more is not', async () => {
    const proof = await envelope(trustBody());
    const signature = await signBody(trustBody());
    const padded = (bytes: number) => proof.replace(signature, signature.padEnd(bytes - 1));
    await verifyDocument(padded(maxCrevSignatureBytes), context);
    await expectCode('text-too-large', () => verifyDocument(padded(maxCrevSignatureBytes + 1), context));
  });

  test('a file of 4 MiB is read, one byte more is not', async () => {
    const good = await envelope(trustBody());
    const file = good + '\n'.repeat(maxProofFileBytes - good.length);
    expect(codesOf(parseProofFile(file))).toEqual(['1:ok']);
    await expectCode('text-too-large', () => parseProofFile(`${file}\n`));
  });

  test('1,000 bad proofs are reported, with one more the file is given up', async () => {
    const file = (bad: number) => '----- BEGIN CREV PROOF -----\n'.repeat(bad);
    expect(parseProofFile(file(maxBadProofs))).toHaveLength(maxBadProofs);
    await expectCode('text-too-large', () => parseProofFile(file(maxBadProofs + 1)));
  });

  test('a signature that is not canonical unpadded base64url of 64 bytes is refused', async () => {
    const proof = await envelope(trustBody());
    const signature = await signBody(trustBody());
    // 64 bytes leave four bits of the last character unused.
    const strayBits = signature.slice(0, -1) + String.fromCharCode(signature.charCodeAt(85) + 1);
    for (const bad of [
      `${signature}==`,
      signature.slice(1),
      `${signature.slice(0, 40)} ${signature.slice(40)}`,
      strayBits,
    ]) {
      await expectCode('signature-invalid', () => verifyDocument(proof.replace(signature, bad), context));
    }
  });
});

describe('the legacy envelope', () => {
  const body = trustBody().replace('kind: trust\n', '').replace('-05T', '-04T');

  test('is read with and without the stray space, and stored without', async () => {
    const plain = await legacyEnvelope('TRUST', body);
    const verified: VerifiedStatement = await verifyDocument(plain, context);
    expect(verified.statement.kind).toBe('trust');
    const stray = plain.replace('TRUST-----', 'TRUST -----');
    expect(stray).not.toBe(plain);
    expect(await verifyDocument(stray, context)).toEqual(verified);
    expect(verified.document).toBe(plain);
  });

  test('its unsigned type cannot turn a trust statement into a review, nor the other way round', async () => {
    for (const type of ['PACKAGE REVIEW', 'CODE REVIEW', 'OTHER']) {
      const proof = await legacyEnvelope(type, body);
      await expectCode('statement-invalid', () => verifyDocument(proof, context));
    }
  });

  test('must name one type throughout', async () => {
    const proof = await legacyEnvelope('TRUST', body);
    for (const [from, to] of [
      ['TRUST SIGNATURE', 'PACKAGE REVIEW SIGNATURE'],
      ['END CREV TRUST', 'END CREV PACKAGE REVIEW'],
    ] as const) {
      await expectCode('envelope-unrecognised', () => verifyDocument(proof.replace(from, to), context));
    }
  });

  test('a body with kind, and a current body without, are refused', async () => {
    const withKind = await legacyEnvelope('TRUST', trustBody());
    await expectCode('statement-invalid', () => verifyDocument(withKind, context));
    const without = await envelope(body);
    await expectCode('statement-invalid', () => verifyDocument(without, context));
  });
});

describe('the content', () => {
  const reviewBody = (fields: string) =>
    trustBody()
      .replace('kind: trust', 'kind: package review')
      .replace(
        /ids:[^]*$/,
        `package:\n  source: https://crates.io\n  name: hex\n  version: 1.0.0+sys2.14\n  digest: Ui4nPxq-frD0NVeuYzpB66CuSNsbnaH-diUIUeMvFFU\n${fields}`,
      );

  test('build metadata stays part of the version, and an unknown field is ignored as upstream does', async () => {
    const proof = await envelope(
      reviewBody(
        'advisory:\n  affected: minor\n  critical: false\nreview:\n  thoroughness: low\n  understanding: low\n  rating: dangerous\n  mood: good\n',
      ),
    );
    const { statement } = await verifyDocument(proof, context);
    expect(statement).toMatchObject({
      package: { purl: 'pkg:cargo/hex@1.0.0%2Bsys2.14' },
      review: { thoroughness: 'low', understanding: 'low', rating: 'negative' },
    });
    expect(statement).not.toHaveProperty('advisory');
  });

  test('another source keeps its address on a generic purl', async () => {
    const proof = await envelope(reviewBody('').replace('https://crates.io', 'https://example.org/pkgs'));
    const { statement } = await verifyDocument(proof, context);
    expect(statement).toHaveProperty(
      'package.purl',
      canonicalPurl('pkg:generic/hex@1.0.0%2Bsys2.14?repository_url=https://example.org/pkgs'),
    );
    if (statement.kind !== 'package review') throw new Error(statement.kind);
    expect(await signCrevProof(statement, seed)).toContain('source: https://example.org/pkgs\n');
  });

  test.each([
    ['a version that is none', 'version: 1.0.0+sys2.14', 'version: 1.0'],
    ['a digest that is too short', 'Ui4nPxq-', 'Ui4n'],
    ['another digest type', 'digest: Ui', 'digest_type: sha256\n  digest: Ui'],
    ['an empty name', 'name: hex', "name: ''"],
    ['an identity of another type', 'id-type: crev', 'id-type: openpgp'],
  ])('%s is refused', async (_, from, to) => {
    const proof = await envelope(reviewBody('').replace(from, to));
    await expectCode('statement-invalid', () => verifyDocument(proof, context));
  });

  test('a date after ledger time is refused, within the tolerance of clocks it is not', async () => {
    const proof = await envelope(trustBody());
    const at = (time: string) => ({ ...context, at: new Date(time) });
    await verifyDocument(proof, at('2026-04-05T09:50:03Z'));
    await expectCode('date-in-future', () => verifyDocument(proof, at('2026-04-05T09:50:01Z')));
  });

  test('a signature by another key than the one in the text is refused', async () => {
    const other = await signerOfSeed(new Uint8Array(32).fill(7));
    const body = trustBody();
    const proof = (await envelope(body)).replace(
      await signBody(body),
      toBase64Url(await other.sign(utf8(body))),
    );
    await expectCode('signature-invalid', () => verifyDocument(proof, context));
  });
});

describe('keys', () => {
  test('keys of small order are refused, in all their encodings', async () => {
    const identity = new Uint8Array(32);
    identity[0] = 1;
    const negative = identity.slice();
    negative[31] = 0x80;
    const order8 = Buffer.from('26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05', 'hex');
    for (const key of [new Uint8Array(32), identity, negative, new Uint8Array(order8)]) {
      await expectCode('key-weak', () => {
        checkPublicKey(key);
      });
      await expectCode('key-weak', () => verifyByCrevId(toBase64Url(key), new Uint8Array(64), utf8('a')));
    }
    checkPublicKey(fromBase64Url(testId));
  });

  test('a key that is no point of the curve verifies nothing', async () => {
    const off = new Uint8Array(32).fill(2);
    expect(await verifyByCrevId(toBase64Url(off), new Uint8Array(64), utf8('a'))).toBe(false);
  });

  test('the seed of the vectors gives their identity', async () => {
    expect((await signerOfSeed(seed)).identity).toBe(parseIdentity(`crev:${testId}`));
    await expectCode('signer-failed', () => signerOfSeed(seed.slice(1)));
  });
});
