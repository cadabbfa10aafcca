// Evidence for a check: every statement that the verdicts on some inputs may rest on.
//
// One question fetches what shares a digest with an input and what is about an input's package. Only where that leads
// further (source statements, bases of differences, newer words of the same author under another name) is there another.
// Left out, in the database: retracted statements, and those of revoked keys from the index on where they have no effect.
// Weak digests never find anything. What is found is bounded, because anybody may publish.

import { digestEntries, digestKeys, type DigestKey, type DigestSet } from '../core/digest/digest-set.ts';
import type { LedgerStatement } from '../core/closure/evidence.ts';
import { encodeComponent } from '../core/digest/purl-text.ts';
import { packagePurl, parsePurl } from '../core/digest/purl.ts';
import { TrustError } from '../core/errors.ts';
import type { PackageReview, SourceStatement, Statement } from '../core/statement/statement.ts';
import type { Queryable } from './database.ts';
import { evidenceQuery } from './evidence-query.ts';

export interface EvidenceQuestion {
  /** Digest sets of the inputs, known equivalents too. */
  readonly digests: readonly DigestSet[];
  /** Their packages: purl without version, and the version, empty when there is none. */
  readonly packages: readonly PackageVersion[];
  /** Most statements to return; 200 000 when left out. */
  readonly limit?: number;
}

export interface PackageVersion {
  readonly package: string;
  readonly version: string;
}

export interface FoundEvidence {
  /** In ledger order. */
  readonly reviews: readonly LedgerStatement<PackageReview>[];
  /** In ledger order. */
  readonly sources: readonly LedgerStatement<SourceStatement>[];
}

const defaultLimit = 200_000;
/** Steps from statement to statement: through a source, then down a chain of differences (core follows 64 links). */
const maxSteps = 64;

/**
 * Finds: reviews and source statements that share a strong digest with an input; reviews that share one with such a
 * source statement, or with the base of a review found, and so on; reviews of the same package and version, whatever
 * their bytes; and all reviews of the package by authors who report issues, advisories or its abandonment in any of its
 * versions. With a review come the other reviews of its author on the same version, so that the newest is among them.
 * Throws request-too-large when that is more than the limit.
 */
export async function findEvidence(db: Queryable, question: EvidenceQuestion): Promise<FoundEvidence> {
  const limit = question.limit ?? defaultLimit;
  const search = new Search(db, limit);
  await search.ask(question.digests, question.packages);
  for (let step = 0; step < maxSteps && search.hasMoreToAsk; step++) await search.askFurther();
  return search.result();
}

type Row = LedgerStatement<Statement> & { readonly byDigest: boolean };

class Search {
  readonly #db: Queryable;
  readonly #limit: number;
  readonly #found = new Map<number, LedgerStatement<Statement>>();
  readonly #askedDigests = new Set<string>();
  /** Package versions that were asked for, as purls. */
  readonly #askedPurls = new Set<string>();
  /** Source statements are believed about inputs, not about what other source statements lead to. */
  #isFirst = true;
  #nextDigests: DigestSet[] = [];
  #nextPackages: PackageVersion[] = [];

  constructor(db: Queryable, limit: number) {
    this.#db = db;
    this.#limit = limit;
  }

  get hasMoreToAsk(): boolean {
    return this.#nextDigests.length > 0 || this.#nextPackages.length > 0;
  }

  askFurther(): Promise<void> {
    const digests = this.#nextDigests;
    const packages = this.#nextPackages;
    this.#nextDigests = [];
    this.#nextPackages = [];
    return this.ask(digests, packages);
  }

  async ask(sets: readonly DigestSet[], packages: readonly PackageVersion[]): Promise<void> {
    const digests = this.#newDigests(sets);
    const names = this.#newPackages(packages);
    if (digests.length === 0 && names.length === 0) return;
    const { rows } = await this.#db.query<Row>(evidenceQuery, [
      digests.map(([, hex]) => hex).join(),
      digests.map(([key]) => key).join(),
      JSON.stringify(names.map((name) => name.package)),
      JSON.stringify(names.map((name) => name.version)),
      this.#isFirst ? ['review', 'source'] : ['review'],
      this.#limit + 1,
    ]);
    for (const row of rows) this.#take(row);
    this.#isFirst = false;
    if (this.#found.size > this.#limit) {
      throw new TrustError(
        'request-too-large',
        `More than ${this.#limit} statements are about these inputs`,
        {
          help: 'Check fewer inputs at a time.',
        },
      );
    }
  }

  result(): FoundEvidence {
    const reviews: LedgerStatement<PackageReview>[] = [];
    const sources: LedgerStatement<SourceStatement>[] = [];
    for (const entry of [...this.#found.values()].sort((a, b) => a.index - b.index)) {
      const { statement } = entry;
      if (statement.kind === 'package review') reviews.push({ ...entry, statement });
      else if (statement.kind === 'source') sources.push({ ...entry, statement });
    }
    return { reviews, sources };
  }

  #take(row: Row): void {
    const { id, index, author, statement, byDigest } = row;
    if (this.#found.has(index)) return;
    this.#found.set(index, { id, index, author, statement });
    if (statement.kind === 'source') this.#nextDigests.push(statement.package.digests);
    else if (statement.kind === 'package review') {
      const base = statement['package-diff-base'];
      if (base !== undefined) this.#nextDigests.push(base.digests);
      // Its author's newer word on that version may name other bytes.
      const { purl } = statement.package;
      if (byDigest && !this.#askedPurls.has(purl)) this.#nextPackages.push(nameOf(purl));
    }
  }

  #newDigests(sets: readonly DigestSet[]): (readonly [DigestKey, string])[] {
    return sets.flatMap(digestEntries).filter(([key, hex]) => {
      if (digestKeys[key].weak) return false;
      const size = this.#askedDigests.size;
      return this.#askedDigests.add(`${key}:${hex}`).size > size;
    });
  }

  #newPackages(packages: readonly PackageVersion[]): PackageVersion[] {
    return packages.filter((name) => {
      const size = this.#askedPurls.size;
      return this.#askedPurls.add(purlOf(name)).size > size;
    });
  }
}

/** The purl of a package version without qualifiers: nearly always what reviews of it call it, to the letter. */
function purlOf({ package: purl, version }: PackageVersion): string {
  return version === '' ? purl : `${purl}@${encodeComponent(version)}`;
}

function nameOf(purl: string): PackageVersion {
  const parts = parsePurl(purl);
  return { package: packagePurl(parts), version: parts.version ?? '' };
}
