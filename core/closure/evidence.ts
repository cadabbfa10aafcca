// Evidence: the statements that a verdict may rest on, as the resolver takes them, from a database or from a client's own
// verification. Whoever fills this in has verified every signature.

import type { Identity } from '../identity.ts';
import type { PackageReview, SourceStatement, StatementId } from '../statement/statement.ts';
import type { TrustView } from '../trust/types.ts';

/** A statement with its place in the ledger. */
export interface LedgerStatement<Kind> {
  readonly id: StatementId;
  readonly index: number;
  readonly author: Identity;
  readonly statement: Kind;
}

export interface Evidence {
  /**
   * Reviews that share a digest with an input (or with the base of such a review, and so on down the chain), and reviews
   * of an input's package in any version, by anyone, retracted ones left out. The resolver picks the current ones.
   */
  readonly reviews: readonly LedgerStatement<PackageReview>[];
  /** Source statements that share a digest with an input. */
  readonly sources: readonly LedgerStatement<SourceStatement>[];
  readonly trust: TrustView;
  /** The reviewer sets in which an author stands, for counting organisations; empty for nobody's member. */
  organisationsOf(author: Identity): readonly Identity[];
}
