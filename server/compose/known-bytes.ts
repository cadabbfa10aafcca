// What the ledger knows of a package version, or of the bytes with a digest: which digests others named, and whether they are
// the same bytes as those of a form. Claims of their authors, never facts.

import { compareDigests, type DigestKey, type DigestSet } from '../../core/digest/digest-set.ts';
import type { Identity } from '../../core/identity.ts';
import { statementQuerySchema } from '../../core/api/statements.ts';
import type { Queryable } from '../../db/database.ts';
import { findStatements } from '../../db/statements.ts';

export interface KnownBytes {
  readonly id: string;
  readonly kind: string;
  readonly author: Identity;
  readonly purl: string;
  readonly digests: DigestSet;
  /** To the digests that the form names. */
  readonly relation: 'same' | 'different' | 'incomparable';
}

const maxKnown = 20;

/** What others said about a package version, the newest first; nothing when the purl is none. */
export async function knownOfPurl(db: Queryable, purl: string, digests: DigestSet): Promise<KnownBytes[]> {
  const parsed = statementQuerySchema.safeParse({ purl, limit: maxKnown });
  if (!parsed.success) return [];
  return known(db, parsed.data, digests);
}

/** What others said about the bytes with a digest, `key:hex`. */
export async function knownOfDigest(db: Queryable, digest: string): Promise<KnownBytes[]> {
  const parsed = statementQuerySchema.safeParse({ digest, limit: maxKnown });
  if (!parsed.success || parsed.data.digest === undefined) return [];
  const { key, hex } = parsed.data.digest;
  return known(db, parsed.data, { [key satisfies DigestKey]: hex });
}

async function known(
  db: Queryable,
  query: Parameters<typeof findStatements>[1],
  digests: DigestSet,
): Promise<KnownBytes[]> {
  const found = await findStatements(db, query);
  return found.flatMap(({ id, kind, author, statement, retractedBy }): KnownBytes[] => {
    if (retractedBy !== undefined || (statement.kind !== 'package review' && statement.kind !== 'source'))
      return [];
    const { purl, digests: theirs } = statement.package;
    return [{ id, kind, author, purl, digests: theirs, relation: compareDigests(digests, theirs).relation }];
  });
}
