// A view: the web of trust as these roots see it, with these parameters, at one state of the ledger.
//
// It is a snapshot: what the roots can reach is copied when the view is made, and later growth does not change it. With
// scoped edges the trust set depends on the package: crev's algorithm is run on the edges whose scope matches. Packages
// for which the same scopes match share one set, so a set is computed once per distinct combination, when first asked for.
// Without a purl only edges without a scope count.

import { makeRoot, type Identity, type Root } from '../identity.ts';
import { trustedLevelOf } from './edges.ts';
import { extractReach } from './extract-reach.ts';
import type { Reach, SupposedEdge } from './reach.ts';
import { purlParts } from './scope.ts';
import type { StatementPlace } from './statements.ts';
import type { TrustStore } from './store.ts';
import { describeTrail, nameOf, trailOf } from './trail.ts';
import { computeTrustSet, type WorkBudget } from './trust-set.ts';
import { untrusted, type TrustSet } from './trust-result.ts';
import { checkParameters, limitError, type TrustLimits } from './limits.ts';
import { membersToOwners } from './organisations.ts';
import { usedStatements } from './used-statements.ts';
import type { BannedEntry, TrustEntry, TrustParameters, TrustStep, TrustView } from './types.ts';

/** A set and the part of the graph that its numbers refer to. */
export interface ComputedSet {
  readonly reach: Reach;
  readonly set: TrustSet;
}

export class View implements TrustView {
  readonly roots: readonly Root[];
  readonly parameters: TrustParameters;
  readonly store: TrustStore;
  readonly #reach: Reach;
  readonly #lastIndex: number;
  readonly #combinationLimit: number;
  readonly #budget: WorkBudget;
  readonly #sets = new Map<string, TrustSet>();
  readonly #byPurl = new Map<string, TrustSet>();
  #organisations: ReadonlyMap<number, readonly Identity[]> | undefined;

  /**
   * @param supposed edges that the ledger does not have, for "what if".
   * @throws TrustError policy-invalid for impossible parameters, trust-limit-exceeded.
   */
  constructor(
    store: TrustStore,
    roots: readonly Root[],
    parameters: TrustParameters,
    limits: TrustLimits = {},
    supposed: readonly SupposedEdge[] = [],
  ) {
    checkParameters(parameters);
    this.store = store;
    this.roots = [...new Set(roots)];
    this.parameters = { ...parameters };
    this.#lastIndex = store.lastIndex;
    this.#reach = extractReach(store, this.roots, this.parameters, supposed);
    const scopeLimit = limits.scopes ?? 4096;
    if (this.#reach.scopes.length > scopeLimit) throw limitError('distinct scopes', scopeLimit);
    const nodes = this.#reach.names.length + 1;
    this.#combinationLimit = limits.combinations ?? Math.max(16, Math.min(1024, Math.floor(2 ** 24 / nodes)));
    this.#budget = { left: limits.work ?? Math.max(20_000_000, 64 * this.#reach.to.length) };
  }

  get scoped(): boolean {
    return this.#reach.scopes.length > 0;
  }

  lookup(author: Identity, packagePurl: string | undefined): TrustEntry | undefined {
    return this.entry(makeRoot(author), packagePurl);
  }

  isBanned(author: Identity, packagePurl: string | undefined): boolean {
    return this.standing(makeRoot(author), packagePurl) === 'banned';
  }

  /** The path that gives the author their level: its weakest edge is as strong as any path's. */
  path(author: Identity, packagePurl: string | undefined): readonly TrustStep[] {
    const { reach, set } = this.computed(packagePurl);
    const node = reach.find(makeRoot(author));
    if (node === undefined || set.level[node] === untrusted) return [];
    const trail = trailOf(set.pending, set.levelEntry[node] ?? 0);
    const steps = describeTrail(this.store, reach, this.parameters, trail);
    return steps.map(({ from, to, level, index }) => ({ from, to, level, index }));
  }

  /** As `lookup`, for reviewer sets too. */
  entry(id: Root, packagePurl: string | undefined): TrustEntry | undefined {
    const { reach, set } = this.computed(packagePurl);
    const node = reach.find(id);
    return node === undefined ? undefined : entryOf(reach, set, node);
  }

  /** Whether somebody is in the trust set, banned from it, or neither. */
  standing(id: Root, packagePurl: string | undefined): 'trusted' | 'banned' | 'unreached' {
    const { reach, set } = this.computed(packagePurl);
    const node = reach.find(id);
    if (node === undefined) return 'unreached';
    if (set.level[node] !== untrusted) return 'trusted';
    return set.bans.has(node) ? 'banned' : 'unreached';
  }

  /** Whether edges of a scope, by its number, count for a package. */
  counts(scope: number, packagePurl: string | undefined): boolean {
    if (scope === 0) return true;
    return packagePurl !== undefined && this.store.scopes.matches(scope, purlParts(packagePurl));
  }

  /** Everybody in the trust set, the most trusted first, then the nearest, then by raw id. */
  entries(packagePurl?: string): TrustEntry[] {
    const { reach, set } = this.computed(packagePurl);
    const members: number[] = [];
    set.level.forEach((level, node) => {
      if (level !== untrusted) members.push(node);
    });
    members.sort(
      (a, b) =>
        (set.level[b] ?? 0) - (set.level[a] ?? 0) ||
        (set.distance[a] ?? 0) - (set.distance[b] ?? 0) ||
        (reach.rank[a] ?? 0) - (reach.rank[b] ?? 0),
    );
    return members.flatMap((node) => entryOf(reach, set, node) ?? []);
  }

  /** Everybody who is banned, by raw id. crev's order of visits decides who is named when several distrust them. */
  banned(packagePurl?: string): BannedEntry[] {
    const { reach, set } = this.computed(packagePurl);
    return [...set.bans]
      .sort(([a], [b]) => (reach.rank[a] ?? 0) - (reach.rank[b] ?? 0))
      .map(([node, ban]) => ({
        id: nameOf(reach, node),
        by: nameOf(reach, ban.by),
        index: this.#indexOf(reach.statement[ban.edge] ?? -1),
        root: node < reach.rootCount,
      }));
  }

  /**
   * The trust statements, reviewer sets and retractions that somebody needs to compute the same sets: everything in force
   * by whoever was visited in any pass of the sets asked for so far, and what they withdrew. In ledger order.
   */
  usedStatements(): StatementPlace[] {
    if (this.#sets.size === 0) this.computed(undefined);
    return usedStatements(this.store, this.#reach, [...this.#sets.values()], this.#lastIndex);
  }

  /**
   * The organisations whose reviewer sets name the author, among the sets within reach that nobody trusted distrusts.
   * For counting independent reviewers; strangers' sets do not count, or anybody could make two people look like one.
   */
  organisationsOf(author: Identity): readonly Identity[] {
    const { reach, set } = this.computed(undefined);
    this.#organisations ??= membersToOwners(reach, set);
    return this.#organisations.get(reach.find(makeRoot(author)) ?? -1) ?? [];
  }

  /** The set for a package, computed when it was not yet; throws purl-invalid and trust-limit-exceeded. */
  computed(packagePurl: string | undefined): ComputedSet {
    const reach = this.#reach;
    const key = reach.scopes.length === 0 ? '' : (packagePurl ?? '');
    let set = this.#byPurl.get(key);
    if (set === undefined) {
      const parts = key === '' ? undefined : purlParts(key);
      const { scopes } = this.store;
      const matching = reach.scopes.filter((scope) => scopes.matches(scope, parts));
      set = this.#setFor(matching);
      if (this.#byPurl.size >= 100_000) this.#byPurl.clear();
      this.#byPurl.set(key, set);
    }
    return { reach, set };
  }

  #setFor(matching: readonly number[]): TrustSet {
    const combination = matching.join();
    let set = this.#sets.get(combination);
    if (set === undefined) {
      if (this.#sets.size >= this.#combinationLimit) {
        throw limitError('combinations of scopes', this.#combinationLimit);
      }
      const counting = new Set(matching);
      set = computeTrustSet(this.#reach, this.parameters, (scope) => counting.has(scope), this.#budget);
      this.#sets.set(combination, set);
    }
    return set;
  }

  #indexOf(statement: number): number | undefined {
    return statement === -1 ? undefined : this.store.statements.index.get(statement);
  }
}

function entryOf(reach: Reach, set: TrustSet, node: number): TrustEntry | undefined {
  const level = set.level[node] ?? untrusted;
  if (level === untrusted) return undefined;
  return {
    id: nameOf(reach, node),
    level: trustedLevelOf(level),
    distance: set.distance[node] ?? 0,
  };
}
