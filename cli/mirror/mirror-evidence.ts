// Evidence for a closure, from a mirror: exactly what the service finds in its database (db/evidence.ts), by the same steps.

import type { LedgerStatement } from '../../core/closure/evidence.ts';
import type { Closure } from '../../core/closure/input.ts';
import { purlPartsCache } from '../../core/closure/purl-parts.ts';
import { digestEntries, digestKeys, type DigestSet } from '../../core/digest/digest-set.ts';
import { packagePurl, parsePurl } from '../../core/digest/purl.ts';
import { TrustError } from '../../core/errors.ts';
import type { PackageReview, SourceStatement } from '../../core/statement/statement.ts';
import { reviewsByKey, versionKey } from './entry-postings.ts';
import type { MirrorLedger } from './mirror-ledger.ts';
import type { MirrorStatement } from './mirror-store.ts';
import { textPrefix } from './posting.ts';

const maxStatements = 200_000;
/** Steps from statement to statement: through a source, then down a chain of differences (core follows 64 links). */
const maxSteps = 64;
/** Inputs that share one question, as in the service: a question ends its own chains. */
const sliceSize = 2500;

export interface FoundEvidence {
  /** In ledger order. */
  readonly reviews: readonly LedgerStatement<PackageReview>[];
  /** In ledger order. */
  readonly sources: readonly LedgerStatement<SourceStatement>[];
}

interface PackageVersion {
  readonly package: string;
  readonly version: string;
}

/** The statements that may matter for a closure. Throws request-too-large for over 200 000 of them, ledger-corrupt. */
export async function gatherMirrorEvidence(ledger: MirrorLedger, closure: Closure): Promise<FoundEvidence> {
  const partsOf = purlPartsCache();
  const foreign = closure.inputs.filter(({ local }) => local !== true);
  const found = new Map<number, MirrorStatement>();
  for (let start = 0; start < foreign.length; start += sliceSize) {
    const digests: DigestSet[] = [];
    const packages: PackageVersion[] = [];
    for (const { purl, artefacts } of foreign.slice(start, start + sliceSize)) {
      const { package: name, version = '' } = partsOf(purl);
      packages.push({ package: name, version });
      for (const artefact of artefacts) {
        digests.push(artefact.digests);
        for (const equivalent of artefact.equivalents ?? []) digests.push(equivalent.digests);
      }
    }
    const search = new Search(ledger);
    await search.ask(digests, packages);
    for (let step = 0; step < maxSteps && search.hasMoreToAsk; step++) await search.askFurther();
    for (const [index, statement] of search.found) found.set(index, statement);
  }
  const reviews: LedgerStatement<PackageReview>[] = [];
  const sources: LedgerStatement<SourceStatement>[] = [];
  for (const { id, index, author, statement } of [...found.values()].sort((a, b) => a.index - b.index)) {
    if (statement.kind === 'package review') reviews.push({ id, index, author, statement });
    else if (statement.kind === 'source') sources.push({ id, index, author, statement });
  }
  return { reviews, sources };
}

class Search {
  readonly found = new Map<number, MirrorStatement>();
  readonly #ledger: MirrorLedger;
  readonly #askedDigests = new Set<string>();
  readonly #askedVersions = new Set<string>();
  /** Source statements are believed about inputs, not about what other source statements lead to. */
  #isFirst = true;
  #nextDigests: DigestSet[] = [];
  #nextPackages: PackageVersion[] = [];

  constructor(ledger: MirrorLedger) {
    this.#ledger = ledger;
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
    const { store } = this.#ledger;
    const byDigest = new Set<number>();
    const byName = new Set<number>();
    for (const [key, hex] of sets.flatMap(digestEntries)) {
      const text = `digest:${key}:${hex}`;
      if (digestKeys[key].weak || !isNew(this.#askedDigests, text)) continue;
      for (const index of store.find(textPrefix('subject', text))) byDigest.add(index);
    }
    for (const { package: name, version } of packages) {
      const text = versionKey(name, version);
      if (!isNew(this.#askedVersions, text)) continue;
      for (const index of store.find(textPrefix('version', text))) byName.add(index);
      for (const author of await this.#loudAuthors(name)) {
        for (const index of store.find(textPrefix('reviewsBy', reviewsByKey(name, author))))
          byName.add(index);
      }
    }
    const roles = this.#isFirst ? ['package review', 'source'] : ['package review'];
    this.#isFirst = false;
    const indices = [...byDigest, ...[...byName].filter((index) => !byDigest.has(index))];
    for (const index of indices.sort((a, b) => a - b)) {
      if (this.found.has(index)) continue;
      const statement = await store.statement(index);
      const isByDigest = byDigest.has(index);
      const { kind } = statement.statement;
      if (
        !(isByDigest ? roles : ['package review']).includes(kind) &&
        !(byName.has(index) && kind === 'package review')
      )
        continue;
      if (await this.#ledger.isInForce(statement)) this.#take(statement, isByDigest);
    }
  }

  #take(found: MirrorStatement, isByDigest: boolean): void {
    const { index, statement } = found;
    this.found.set(index, found);
    if (this.found.size > maxStatements) {
      throw new TrustError(
        'request-too-large',
        `More than ${maxStatements} statements are about these inputs`,
        {
          help: 'Check fewer inputs at a time.',
        },
      );
    }
    if (statement.kind === 'source') this.#nextDigests.push(statement.package.digests);
    else if (statement.kind === 'package review') {
      const base = statement['package-diff-base'];
      if (base !== undefined) this.#nextDigests.push(base.digests);
      // Its author's newer word on that version may name other bytes.
      if (isByDigest) this.#nextPackages.push(nameOf(statement.package.purl));
    }
  }

  /** Authors who report something about a package in any version: the whole of what they say about it counts. */
  async #loudAuthors(name: string) {
    const authors = new Set<MirrorStatement['author']>();
    for (const index of this.#ledger.store.find(textPrefix('reports', name))) {
      authors.add((await this.#ledger.store.leaf(index)).author);
    }
    return authors;
  }
}

function isNew(seen: Set<string>, text: string): boolean {
  const { size } = seen;
  return seen.add(text).size > size;
}

function nameOf(purl: string): PackageVersion {
  const parts = parsePurl(purl);
  return { package: packagePurl(parts), version: parts.version ?? '' };
}
