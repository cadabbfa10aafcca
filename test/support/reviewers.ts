// Reviewers with real OpenPGP keys, whose words are formatted, signed and verified by the code that people use.

import * as openpgp from 'openpgp';
import { splitIdentity, type Identity } from '../../core/identity.ts';
import { formatStatement } from '../../core/statement/canonical.ts';
import { parseCertificate } from '../../core/statement/openpgp/certificate.ts';
import { generateKey, openSigner, signCleartext } from '../../core/statement/openpgp/sign.ts';
import { statementSchema } from '../../core/statement/statement.ts';
import { verifyDocument } from '../../core/statement/verify.ts';
import type { Certificate, VerifiedStatement } from '../../core/statement/verified.ts';

/** The day on which tests take place. */
export const today = new Date('2026-11-22T12:00:00Z');

/** A statement without what its reviewer adds: version, date (today) and from. */
export type Words = Readonly<Record<string, unknown>> & { readonly kind: string };

export interface Reviewer {
  readonly identity: Identity;
  readonly certificate: Certificate;
  /** As `from`, members and ids name them. */
  readonly ref: { readonly 'id-type': string; readonly id: string };
  /** Signs and verifies a statement, dated today unless the words say otherwise. */
  say(words: Words): Promise<VerifiedStatement>;
  /** The certificate with a revocation. */
  revoked(hardness: 'hard' | 'soft', date: Date): Promise<Certificate>;
}

/** Somebody new, with a key that was made a year ago. */
export async function makeReviewer(name: string): Promise<Reviewer> {
  const made = new Date(today.getTime() - 365 * 86_400_000);
  const { identity, privateKey, certificate } = await generateKey({
    name,
    email: `${name.toLowerCase()}@example.org`,
    date: made,
  });
  const signer = await openSigner(privateKey);
  const ref = splitIdentity(identity);
  return {
    identity,
    certificate,
    ref,
    async say(words) {
      const statement = statementSchema.parse({
        version: '1',
        date: today.toISOString(),
        from: ref,
        ...words,
      });
      const document = await signCleartext(formatStatement(statement), signer, today);
      return verifyDocument(document, { certificates: () => Promise.resolve(certificate), at: today });
    },
    async revoked(hardness, date) {
      const { keyCompromised, keySuperseded } = openpgp.enums.reasonForRevocation;
      const { publicKey } = await openpgp.revokeKey({
        key: signer.key,
        date,
        reasonForRevocation: { flag: hardness === 'hard' ? keyCompromised : keySuperseded, string: '' },
        format: 'armored',
      });
      return parseCertificate(publicKey);
    },
  };
}

/** Words of a plain good review; `digests` are hex by key. */
export function review(purl: string, digests: Readonly<Record<string, string>>, more: object = {}): Words {
  return {
    kind: 'package review',
    package: { purl, digests },
    review: { thoroughness: 'medium', understanding: 'high', rating: 'positive' },
    ...more,
  };
}

/** A digest that is easy to tell apart: one byte, repeated. */
export function digest(byte: number, length = 32): string {
  return byte.toString(16).padStart(2, '0').repeat(length);
}
