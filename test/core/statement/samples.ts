// Signers and statements that several test files share. Keys are real and made here; times are fixed.

import * as openpgp from 'openpgp';
import { formatStatement, readStatement } from '../../../core/statement/canonical.ts';
import type { Certificate } from '../../../core/statement/verified.ts';
import type { VerificationContext } from '../../../core/statement/verify.ts';
import {
  generateKey,
  openSigner,
  signCleartext,
  type KeyRequest,
  type OpenpgpSigner,
} from '../../../core/statement/openpgp/sign.ts';

export const keyDate = new Date('2026-01-01T00:00:00Z');
export const signDate = new Date('2026-02-01T00:00:00Z');
export const ledgerDate = new Date('2026-02-01T00:01:00Z');

export interface Reviewer {
  readonly signer: OpenpgpSigner;
  readonly certificate: Certificate;
  readonly revocation: string;
}

export async function makeReviewer(request: Partial<KeyRequest> = {}): Promise<Reviewer> {
  const key = await generateKey({
    name: 'Test Reviewer',
    email: 'test@example.org',
    date: keyDate,
    ...request,
  });
  return {
    signer: await openSigner(key.privateKey, request.passphrase),
    certificate: key.certificate,
    revocation: key.revocation,
  };
}

/** Canonical text of a small review by an OpenPGP key. */
export function reviewText(fingerprint: string, fields: Record<string, unknown> = {}): string {
  return formatStatement(
    readStatement({
      kind: 'package review',
      version: 1,
      date: '2026-02-01T00:00:00Z',
      from: { 'id-type': 'openpgp', id: fingerprint },
      package: { purl: 'pkg:npm/left-pad@1.3.0', digests: { sha512: '5a'.repeat(64) } },
      review: { thoroughness: 'medium', understanding: 'high', rating: 'positive' },
      comment: 'Read all of it.\n- No surprises.',
      ...fields,
    }),
  );
}

export function fingerprintOf({ identity }: { readonly identity: string }): string {
  return identity.slice('openpgp:'.length);
}

/** A signed document and the certificates that verify it. */
export async function signReview(reviewer: Reviewer, date = signDate): Promise<string> {
  return signCleartext(reviewText(fingerprintOf(reviewer.certificate)), reviewer.signer, date);
}

/** A text signed as it is, whatever it says: what somebody with another program could send. */
export async function signWith(
  key: openpgp.PrivateKey,
  text: string,
  config: openpgp.PartialConfig = {},
): Promise<string> {
  const message = await openpgp.createCleartextMessage({ text });
  return openpgp.sign({ message, signingKeys: key, date: signDate, config });
}

export function contextOf(certificates: readonly Certificate[], at = ledgerDate): VerificationContext {
  return {
    certificates: (author) => Promise.resolve(certificates.find(({ identity }) => identity === author)),
    at,
  };
}
