// What is known about the bytes of one artefact: what the closure states, what the asker's client computed from the bytes
// themselves, and what trusted `source` statements say are further digests of the same source.
//
// A digest set that contradicts what is known on a strong key is never joined to it, whoever says so; the contradiction
// becomes a remark. Equivalences that came with the input under the name of a source statement are not believed: they are
// derived again here, from the statements in evidence and the asker's own trust.

import { compareDigests, digestEntries, type DigestKey, type DigestSet } from '../digest/digest-set.ts';
import { atLeast, trustLevels } from '../statement/levels.ts';
import type { SourceStatement, StatementId } from '../statement/statement.ts';
import type { Evidence, LedgerStatement } from './evidence.ts';
import type { Artefact } from './input.ts';
import type { Policy } from './policy.ts';
import type { Standings } from './standings.ts';
import { strongEntries, usableDigests } from './usable-digests.ts';

/** Most source statements that are joined to one artefact. */
const maxJoins = 16;

export interface ArtefactDigests {
  readonly name: string | undefined;
  /** From the closure's file. */
  readonly stated: DigestSet;
  /** And what the asker's client computed from bytes that it checked. */
  readonly own: DigestSet;
  /** And what trusted source statements add. */
  readonly all: DigestSet;
  /** The digests of `all` that may decide. */
  readonly strong: readonly (readonly [DigestKey, string])[];
  /** Whether `all` has a strong digest that the closure does not state. */
  readonly learned: boolean;
  /** What may contradict a review: `all`, but for an SBOM's own declarations, which are of whatever its maker hashed. */
  readonly firm: DigestSet;
  /** Which source statement brought a digest that `own` has not. */
  readonly broughtBy: ReadonlyMap<DigestKey, StatementId>;
  readonly remarks: readonly string[];
}

/** Source statements by the strong digests that they name, in ledger order. */
export type SourceIndex = ReadonlyMap<string, readonly LedgerStatement<SourceStatement>[]>;

/** Indexes source statements for `artefactDigests`. */
export function indexSources(sources: Evidence['sources']): SourceIndex {
  const index = new Map<string, LedgerStatement<SourceStatement>[]>();
  for (const source of [...sources].sort((a, b) => a.index - b.index)) {
    for (const [, hex] of strongEntries(source.statement.package.digests)) {
      const same = index.get(hex);
      if (same === undefined) index.set(hex, [source]);
      else same.push(source);
    }
  }
  return index;
}

/** Joins all that is known about the bytes of an artefact under a policy. */
export function artefactDigests(
  artefact: Artefact,
  policy: Policy,
  packagePurl: string,
  sources: SourceIndex,
  standings: Standings,
): ArtefactDigests {
  const stated = usableDigests(artefact.digests, policy.rules);
  if (artefact.equivalents === undefined && sources.size === 0 && artefact.declared !== true) {
    const strong = strongEntries(stated);
    return { name: artefact.name, stated, own: stated, all: stated, firm: stated, strong, ...nothingLearned };
  }
  const remarks: string[] = [];
  let own = stated;
  for (const { digests, origin } of artefact.equivalents ?? []) {
    if (origin.kind !== 'computed') continue;
    const computed = usableDigests(digests, policy.rules);
    const comparison = compareDigests(own, computed);
    if (comparison.relation === 'different' && artefact.declared === true) own = { ...own, ...computed };
    else if (comparison.relation === 'different') {
      remarks.push(`The computed ${comparison.on.join(', ')} contradicts the closure; it was left out.`);
    } else own = { ...computed, ...own };
  }
  const trusted = (source: LedgerStatement<SourceStatement>): boolean => {
    const standing = standings.of(source.author, packagePurl);
    return standing !== undefined && atLeast(trustLevels, standing.level, policy.require.trust);
  };
  const broughtBy = new Map<DigestKey, StatementId>();
  const all = sources.size === 0 ? own : joinSources(own, policy, sources, trusted, broughtBy, remarks);
  const firm = artefact.declared === true ? without(all, stated) : all;
  const strong = strongEntries(all);
  const learned = strong.length > strongEntries(stated).length;
  return { name: artefact.name, stated, own, all, firm, strong, learned, broughtBy, remarks };
}

const nothingLearned = { learned: false, broughtBy: new Map<DigestKey, StatementId>(), remarks: [] };

/** The set without the values of another set. */
function without(set: DigestSet, other: DigestSet): DigestSet {
  return Object.fromEntries(digestEntries(set).filter(([key, hex]) => other[key] !== hex));
}

function joinSources(
  own: DigestSet,
  policy: Policy,
  sources: SourceIndex,
  trusted: (source: LedgerStatement<SourceStatement>) => boolean,
  broughtBy: Map<DigestKey, StatementId>,
  remarks: string[],
): DigestSet {
  let all = own;
  const seen = new Set<StatementId>();
  const queue = strongEntries(own).map(([, hex]) => hex);
  for (let hex = queue.shift(); hex !== undefined && seen.size < maxJoins; hex = queue.shift()) {
    for (const source of sources.get(hex) ?? []) {
      if (seen.has(source.id) || seen.size >= maxJoins || !trusted(source)) continue;
      const digests = usableDigests(source.statement.package.digests, policy.rules);
      const comparison = compareDigests(all, digests);
      if (comparison.relation === 'incomparable') continue;
      seen.add(source.id);
      if (comparison.relation === 'different') {
        remarks.push(
          `A source statement by ${source.author} (ledger index ${source.index}) contradicts what is known of these bytes ` +
            `on ${comparison.on.join(', ')}; it was left out.`,
        );
        continue;
      }
      for (const [key, value] of digestEntries(digests)) {
        if (all[key] !== undefined) continue;
        all = { ...all, [key]: value };
        broughtBy.set(key, source.id);
        queue.push(value);
      }
    }
  }
  return all;
}
