// Authors for tests: real OpenPGP keys, and what they sign.

import { createHash } from 'node:crypto';
import { splitIdentity, type Identity } from '../../../core/identity.ts';
import { formatStatement } from '../../../core/statement/canonical.ts';
import {
  generateKey,
  openSigner,
  signCleartext,
  type OpenpgpSigner,
} from '../../../core/statement/openpgp/sign.ts';
import type { PackageReview, Statement, TrustStatement } from '../../../core/statement/statement.ts';
import type { Certificate } from '../../../core/statement/verified.ts';

export interface Author {
  readonly identity: Identity;
  readonly certificate: Certificate;
  readonly privateKey: string;
  readonly revocation: string;
  readonly signer: OpenpgpSigner;
}

/** Keys are a month older than the tests' clock. */
export const keyDate = new Date('2026-10-22T12:00:00Z');
export const signedAt = new Date('2026-11-20T12:00:00Z');

/** Someone with a new key. */
export async function makeAuthor(name: string, lifetime?: number): Promise<Author> {
  const made = await generateKey({
    name,
    email: `${name.toLowerCase()}@example.org`,
    date: keyDate,
    ...(lifetime !== undefined && { lifetime }),
  });
  return { ...made, signer: await openSigner(made.privateKey) };
}

type Body<Kind> = Kind extends Statement ? Omit<Kind, 'version' | 'date' | 'from'> : never;

/** The signed document of a statement by an author. */
export async function sign(author: Author, body: Body<Statement>, date = signedAt): Promise<string> {
  const statement: Statement = {
    ...body,
    version: 1,
    date: date.toISOString(),
    from: splitIdentity(author.identity),
  };
  return signCleartext(formatStatement(statement), author.signer, date);
}

/** SHA-512 of the bytes that tests pretend a package has. */
export function bytesOf(purl: string): string {
  return createHash('sha512').update(`bytes of ${purl}`).digest('hex');
}

/** A positive review of a package's pretended bytes. */
export function review(purl: string, more: Partial<Body<PackageReview>> = {}): Body<PackageReview> {
  return {
    kind: 'package review',
    package: { purl, digests: { sha512: bytesOf(purl) } },
    review: { thoroughness: 'medium', understanding: 'medium', rating: 'positive' },
    ...more,
  };
}

/** A statement of trust in someone. */
export function trustIn(whom: Identity, trust: TrustStatement['trust']): Body<TrustStatement> {
  return { kind: 'trust', ids: [splitIdentity(whom)], trust };
}
