// The words of the web of trust: parameters in, trust sets out.

import type { Identity, Root } from '../identity.ts';
import type { TrustLevel } from '../statement/levels.ts';
import type { StatementId } from '../statement/statement.ts';

/** Distances per level of an edge, and how far the web reaches (crev: --depth and the --…-cost options). */
export interface TrustParameters {
  readonly max: number;
  readonly high: number;
  readonly medium: number;
  readonly low: number;
  readonly none: number;
  readonly distrust: number;
}

/** The values of cargo-crev's command line. */
export const defaultTrustParameters: TrustParameters = {
  max: 20,
  high: 0,
  medium: 1,
  low: 5,
  none: 21,
  distrust: 21,
};
/** cargo-crev's --direct: only whom the root names itself. */
export const directTrustParameters: TrustParameters = {
  max: 1,
  high: 1,
  medium: 1,
  low: 1,
  none: 1000,
  distrust: 1000,
};

/** Levels that someone who is in a trust set can have. `none` only with a custom cost of none. */
export type TrustedLevel = Exclude<TrustLevel, 'distrust'>;

export interface TrustEntry {
  /** An identity, or a reviewer set that the web passed through. */
  readonly id: Root;
  readonly level: TrustedLevel;
  readonly distance: number;
}

/** One step of a path: who trusts whom, how far, and by which statement. */
export interface TrustStep {
  readonly from: Root;
  readonly to: Root;
  readonly level: TrustLevel;
  /** Ledger index of the trust statement or reviewer set that says so; undefined for a set's own node. */
  readonly index: number | undefined;
}

/** What the resolver asks the web of trust, for one set of roots, one set of parameters and one state of the ledger. */
export interface TrustView {
  /** False when no edge within reach has a scope: then every answer is the same for all packages, and is asked for once. */
  readonly scoped?: boolean;
  /** Effective level and distance of an author for one package; undefined when not in the trust set. */
  lookup(author: Identity, packagePurl: string | undefined): TrustEntry | undefined;
  /** Whether somebody trusted distrusts the author: then nothing of theirs counts, also where strangers' words would. */
  isBanned(author: Identity, packagePurl: string | undefined): boolean;
  /** The path that made the author trusted, root first; empty for a root itself or when not trusted. */
  path(author: Identity, packagePurl: string | undefined): readonly TrustStep[];
}

/** Somebody who is banned, and by whom. */
export interface BannedEntry {
  readonly id: Root;
  readonly by: Root;
  /** Ledger index of the distrust statement or reviewer set. */
  readonly index: number | undefined;
  /** A root stays trusted although somebody in the web distrusts it. */
  readonly root: boolean;
}

/** One subject of one trust statement, without the statement object: what a database row has. */
export interface EdgeInput {
  readonly from: Identity;
  readonly to: Identity;
  readonly level: TrustLevel;
  /** The statement's own date, nanoseconds since the epoch. */
  readonly date: bigint;
  /** Ledger index. */
  readonly index: number;
  readonly id: StatementId;
  /** Whose trust statements about `to` are to be ignored: the statement's whole list. */
  readonly overrides?: readonly Identity[] | undefined;
}
