// What the reviews of a package come to for whoever looks: a verdict for each group of bytes of each version.
//
// Made by the same core, from the same evidence and under the default policy, as the answer of the API to a check, so that page
// and command line say the same. A version has the verdict of its bytes where there is one; where reviews are of several
// bytes: flagged when any are flagged, mismatch when trusted people reviewed bytes that contradict each other, else the best.

import { setImmediate } from 'node:timers/promises';
import { describeVerdict } from '../../core/closure/explain-verdict.ts';
import { currentReviews } from '../../core/closure/current-reviews.ts';
import type { LedgerStatement } from '../../core/closure/evidence.ts';
import { policySchema, type VerdictWord } from '../../core/closure/policy.ts';
import { resolve } from '../../core/closure/resolve.ts';
import type { InputVerdict } from '../../core/closure/verdict.ts';
import { encodeComponent } from '../../core/digest/purl-text.ts';
import { isTrustError } from '../../core/errors.ts';
import type { Identity, Root } from '../../core/identity.ts';
import type { PackageReview, SourceStatement } from '../../core/statement/statement.ts';
import type { View } from '../../core/trust/view.ts';
import type { ReviewedBytes } from '../../db/site-reviews.ts';
import { gatherEvidence } from '../checks/gather-evidence.ts';
import type { Service } from '../service.ts';
import { contradictions, groupBytes, type ByteGroup, type Contradiction } from './byte-groups.ts';

/** Most statements that one page weighs. */
const maxEvidence = 4000;

/** The bytes of a version with what they come to. */
export interface WeighedBytes extends ByteGroup {
  readonly verdict: InputVerdict;
  /** The verdict in words, line by line. */
  readonly lines: readonly string[];
}

export interface WeighedVersion {
  readonly version: string;
  readonly word: VerdictWord;
  readonly bytes: readonly WeighedBytes[];
  /** Reviewers of these bytes, and those of them whom the viewer trusts. */
  readonly reviewers: ReadonlySet<Identity>;
  readonly trusted: ReadonlySet<Identity>;
  readonly contradictions: readonly Contradiction[];
}

export interface Weighed {
  readonly view: View;
  readonly versions: ReadonlyMap<string, WeighedVersion>;
  /** The reviews that stand and are not superseded. */
  readonly current: readonly LedgerStatement<PackageReview>[];
  readonly sources: readonly LedgerStatement<SourceStatement>[];
}

export interface Asker {
  readonly roots: readonly Root[];
  readonly now: Date;
  readonly nameOf: (author: Identity) => string;
  /** A version to weigh also when no review of it stands: issues of other versions may reach it. */
  readonly version?: string | undefined;
}

/** The purl of a version of a package; the package itself for an empty version. */
export function versionPurl(name: string, version: string): string {
  if (version === '') return name;
  const [bare = '', query] = name.split('?', 2);
  return `${bare}@${encodeComponent(version)}${query === undefined ? '' : `?${query}`}`;
}

/**
 * Weighs the versions of a package that these reviews are of. Undefined when more is said about them than a page can weigh,
 * or when the web of trust is too large for these roots.
 */
export async function weigh(
  { db, graph }: Pick<Service, 'db' | 'graph'>,
  name: string,
  reviewed: readonly ReviewedBytes[],
  { roots, now, nameOf, version }: Asker,
): Promise<Weighed | undefined> {
  const policy = policySchema.parse({ roots: [...roots] });
  await graph.follow();
  try {
    const view = graph.view(policy.roots, policy['trust-costs']);
    const isTrusted = (author: Identity): boolean => view.lookup(author, name) !== undefined;
    const groups = groupVersions(reviewed, isTrusted);
    if (version !== undefined && !groups.some((one) => one.version === version)) {
      groups.push({ version, group: { digests: {}, authors: new Set(), trusted: new Set() } });
    }
    const closure = {
      format: 'site',
      inputs: groups.map(({ version, group: { digests } }) => ({
        purl: versionPurl(name, version),
        artefacts: Object.keys(digests).length === 0 ? [] : [{ digests }],
        ...{ places: [], groups: [], dependencies: [] },
      })),
      remarks: [],
    };
    const { reviews, sources } = await gatherEvidence(db, closure, graph.size, maxEvidence);
    // The largest packages take milliseconds here; let others go first.
    await setImmediate();
    const organisationsOf = view.organisationsOf.bind(view);
    const report = resolve(closure, policy, { reviews, sources, trust: view, organisationsOf }, now);
    const byInput = new Map(report.verdicts.map((verdict) => [verdict.input, verdict]));
    const versions = new Map<string, WeighedBytes[]>();
    groups.forEach(({ version, group }, input) => {
      const verdict = byInput.get(input);
      if (verdict === undefined) return;
      const bytes = { ...group, verdict, lines: describeVerdict(verdict, nameOf) };
      const others = versions.get(version);
      if (others === undefined) versions.set(version, [bytes]);
      else others.push(bytes);
    });
    return {
      ...{ view, sources },
      versions: new Map([...versions].map(([version, bytes]) => [version, weighVersion(version, bytes)])),
      current: currentReviews(reviews),
    };
  } catch (error) {
    if (isTrustError(error, 'request-too-large') || isTrustError(error, 'trust-limit-exceeded'))
      return undefined;
    throw error;
  }
}

function groupVersions(
  reviewed: readonly ReviewedBytes[],
  isTrusted: (author: Identity) => boolean,
): { readonly version: string; readonly group: ByteGroup }[] {
  const byVersion = new Map<string, ReviewedBytes[]>();
  for (const one of reviewed) {
    const others = byVersion.get(one.version);
    if (others === undefined) byVersion.set(one.version, [one]);
    else others.push(one);
  }
  return [...byVersion].flatMap(([version, claims]) =>
    groupBytes(claims, isTrusted).map((group) => ({ version, group })),
  );
}

/** Of the verdicts on several bytes of one version, the one that the version has, if none of them is flagged. */
const preference = [
  'reviewed',
  'exempt',
  'local',
  'insufficient',
  'unreviewed',
  'unverifiable',
  'mismatch',
] as const;

function weighVersion(version: string, bytes: readonly WeighedBytes[]): WeighedVersion {
  const words = bytes.map(({ verdict }) => verdict.result.verdict);
  const against = contradictions(bytes);
  const isTornApart = against.some(({ groups }) => groups.every(({ trusted }) => trusted.size > 0));
  const best = preference.find((word) => words.includes(word)) ?? 'unreviewed';
  const reviewers = new Set(bytes.flatMap((group) => [...group.authors]));
  // Bytes that nobody names cannot be verified, and the page of a version is not about any bytes then.
  const word = reviewers.size === 0 && best === 'unverifiable' ? 'unreviewed' : best;
  return {
    ...{ version, bytes, reviewers, contradictions: against },
    word: words.includes('flagged') ? 'flagged' : isTornApart ? 'mismatch' : word,
    trusted: new Set(bytes.flatMap((group) => [...group.trusted])),
  };
}
