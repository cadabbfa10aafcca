// A small world for closure tests: authors, a web of trust as a table, reviews with ledger places, inputs, and the report.
//
// Statements pass the real schemas; the table stands for a trust graph so that a test can say "medium" and mean it. Tests of
// the whole path use the real graph.

import { sha256, sha512 } from '@noble/hashes/sha2.js';
import { toHex, utf8 } from '../../core/bytes.ts';
import type { Evidence, LedgerStatement } from '../../core/closure/evidence.ts';
import { inputSchema, type Closure, type Input } from '../../core/closure/input.ts';
import { policySchema, type Policy } from '../../core/closure/policy.ts';
import { resolve } from '../../core/closure/resolve.ts';
import { reportSchema, type InputVerdict, type Report, type Verdict } from '../../core/closure/verdict.ts';
import { makeIdentity, makeRoot, splitIdentity, type Identity } from '../../core/identity.ts';
import {
  packageReviewSchema,
  sourceSchema,
  type PackageReview,
  type SourceStatement,
  type StatementId,
} from '../../core/statement/statement.ts';
import type { TrustedLevel, TrustView } from '../../core/trust/types.ts';

export const digest = (text: string): string => toHex(sha256(utf8(text)));
export const digest512 = (text: string): string => toHex(sha512(utf8(text)));
export const gitSha1 = (text: string): string => digest(text).slice(0, 40);

/** An OpenPGP identity for a name. */
export function identity(name: string): Identity {
  return makeIdentity('openpgp', gitSha1(`identity ${name}`));
}

export interface ReviewOptions {
  readonly by: string;
  readonly purl?: string;
  /** Text whose digests the review names, or the digests themselves. */
  readonly of?: string | Record<string, string>;
  readonly date?: string;
  readonly rating?: 'negative' | 'neutral' | 'positive' | 'strong';
  readonly thoroughness?: 'none' | 'low' | 'medium' | 'high';
  readonly understanding?: 'none' | 'low' | 'medium' | 'high';
  /** A statement without a review section. */
  readonly noReview?: boolean;
  readonly base?: { readonly purl: string; readonly of: string | Record<string, string> };
  readonly index?: number;
  /** Further fields of the statement, as they would be written. */
  readonly more?: Record<string, unknown>;
}

export const defaultPurl = 'pkg:cargo/sample@1.0.0';
let nextIndex = 0;

function digestsOf(of: string | Record<string, string>): Record<string, string> {
  return typeof of === 'string' ? { sha256: digest(of) } : of;
}

function place(kind: string, by: string, body: unknown, index = nextIndex++) {
  return {
    id: digest(`${kind} ${by} ${index} ${JSON.stringify(body)}`) as StatementId,
    index,
    author: identity(by),
  };
}

/** A review in the ledger; by default positive, medium, of the bytes named `good`. */
export function review(options: ReviewOptions): LedgerStatement<PackageReview> {
  const { by, purl = defaultPurl, of = 'good', base, more = {} } = options;
  const statement = packageReviewSchema.parse({
    kind: 'package review',
    version: 1,
    date: options.date ?? '2026-01-01T00:00:00Z',
    from: splitIdentity(identity(by)),
    package: { purl, digests: digestsOf(of) },
    ...(base !== undefined && { 'package-diff-base': { purl: base.purl, digests: digestsOf(base.of) } }),
    ...(options.noReview !== true && {
      review: {
        thoroughness: options.thoroughness ?? 'medium',
        understanding: options.understanding ?? 'medium',
        rating: options.rating ?? 'positive',
      },
    }),
    ...more,
  });
  return { ...place('review', by, statement, options.index), statement };
}

/** A source statement in the ledger: these digests are of the same source. */
export function source(
  by: string,
  digests: Record<string, string>,
  purl = defaultPurl,
): LedgerStatement<SourceStatement> {
  const statement = sourceSchema.parse({
    kind: 'source',
    version: 1,
    date: '2026-01-01T00:00:00Z',
    from: splitIdentity(identity(by)),
    package: { purl, digests },
  });
  return { ...place('source', by, statement), statement };
}

export interface Trusted {
  readonly level: TrustedLevel;
  readonly distance?: number;
  /** Packages for which the trust holds; all when absent. */
  readonly only?: readonly string[];
}

/** A web of trust as a table: names, their levels, and who is banned. */
export function trustTable(
  table: Readonly<Record<string, TrustedLevel | Trusted>>,
  banned: readonly string[] = [],
): TrustView {
  const rows = new Map(
    Object.entries(table).map(([name, row]) => [
      identity(name),
      typeof row === 'string' ? { level: row } : row,
    ]),
  );
  const bans = new Set(banned.map(identity));
  const find = (author: Identity, packagePurl: string | undefined): Trusted | undefined => {
    const row: Trusted | undefined = rows.get(author);
    if (row === undefined || bans.has(author)) return undefined;
    return row.only === undefined || row.only.includes(packagePurl ?? '') ? row : undefined;
  };
  return {
    scoped: [...rows.values()].some((row) => row.only !== undefined),
    lookup: (author, packagePurl) => {
      const row = find(author, packagePurl);
      return row && { id: makeRoot(author), level: row.level, distance: row.distance ?? 1 };
    },
    isBanned: (author) => bans.has(author),
    path: (author, packagePurl) => {
      const row = find(author, packagePurl);
      if (row === undefined) return [];
      return [{ from: makeRoot(identity('root')), to: makeRoot(author), level: row.level, index: 0 }];
    },
  };
}

/** An input as a format's parser gives it; by default one artefact of the bytes named `good`. */
export function input(
  options: Partial<Input> & { readonly of?: string | Record<string, string> } = {},
): Input {
  const { of = 'good', ...rest } = options;
  return inputSchema.parse({
    purl: defaultPurl,
    artefacts: [{ digests: digestsOf(of) }],
    places: [],
    groups: [],
    dependencies: [],
    ...rest,
  });
}

export function closureOf(...inputs: Input[]): Closure {
  return { format: 'test v1', inputs, remarks: [] };
}

/** A policy with a root, so that the remark about its absence stays away. */
export function policyOf(settings: Record<string, unknown> = {}): Policy {
  return policySchema.parse({ roots: [identity('root')], ...settings });
}

export interface World {
  readonly inputs?: readonly Input[];
  readonly reviews?: Evidence['reviews'];
  readonly sources?: Evidence['sources'];
  readonly trust?: TrustView;
  readonly organisations?: Readonly<Record<string, readonly string[]>>;
  readonly policy?: Policy;
  readonly at?: Date;
}

/** Names that tests trust by default, with their levels. */
export const defaultTrust = { ann: 'high', bob: 'medium', cat: 'medium', dan: 'low' } as const;

/** The report on a world, checked against its schema. */
export function reportOn(world: World): Report {
  const organisations = new Map(
    Object.entries(world.organisations ?? {}).map(([name, list]) => [identity(name), list.map(identity)]),
  );
  const evidence: Evidence = {
    reviews: world.reviews ?? [],
    sources: world.sources ?? [],
    trust: world.trust ?? trustTable(defaultTrust),
    organisationsOf: (author) => organisations.get(author) ?? [],
  };
  const closure = closureOf(...(world.inputs ?? [input()]));
  const report = resolve(
    closure,
    world.policy ?? policyOf(),
    evidence,
    world.at ?? new Date('2026-06-01T12:00:00Z'),
  );
  return reportSchema.parse(report);
}

/** The verdict on the first input of a world. */
export function verdictOn(world: World): InputVerdict {
  const report = reportOn(world);
  return report.verdicts.find((verdict) => verdict.input === 0)!;
}

/** The result of the first input, which must have the given verdict. */
export function resultOn<Word extends Verdict['verdict']>(
  word: Word,
  world: World,
): Extract<Verdict, { verdict: Word }> {
  const { result } = verdictOn(world);
  if (result.verdict !== word) throw new Error(`expected ${word}, got ${JSON.stringify(result, null, 2)}`);
  return result as Extract<Verdict, { verdict: Word }>;
}
