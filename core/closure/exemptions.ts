// Exemptions: verdicts that the policy replaces, each with a reason and an end date.
//
// An exemption names a purl pattern, exact bytes, or both (then both must fit). It covers the verdicts that it lists and,
// for `unverifiable`, the reasons that it lists. It holds through the whole UTC day `until`; after that it does not apply,
// and the input says so. Bytes fit only when every artefact of the input is of them: an exemption for one wheel must not
// let the other wheels in. What the closure states and the asker computed decides, never a source statement.

import { compareDigests, digestEntries } from '../digest/digest-set.ts';
import type { ArtefactDigests } from './artefact-digests.ts';
import { compilePatterns } from './pattern-list.ts';
import type { Exemption, Policy } from './policy.ts';
import type { Verdict } from './verdict.ts';
import { strongEntries } from './usable-digests.ts';

export interface ExemptionBook {
  /** The exemption that replaces a verdict, or else those that would, had they not expired. */
  find(
    purl: string,
    artefacts: readonly ArtefactDigests[],
    verdict: Verdict,
  ): { readonly applies: Exemption | undefined; readonly expired: readonly Exemption[] };
  /** Exemptions that `find` has not given for any input, in the order of the policy. */
  unused(): readonly Exemption[];
}

/** The exemptions of a policy as they hold at a time; the first that fits is used. Throws policy-invalid for a bad pattern. */
export function openExemptions({ exemptions }: Policy, at: Date): ExemptionBook {
  if (exemptions.length === 0) {
    return { find: () => ({ applies: undefined, expired: [] }), unused: () => [] };
  }
  const today = at.toISOString().slice(0, 10);
  const patterns = compilePatterns(exemptions.map((exemption) => exemption.purl));
  const byHex = indexBytes(exemptions);
  const used = new Set<Exemption>();
  return {
    find: (purl, artefacts, verdict) => {
      const positions = new Set(patterns.matching(purl));
      for (const [, hex] of artefacts[0]?.strong ?? []) {
        for (const position of byHex.get(hex) ?? []) positions.add(position);
      }
      const candidates = [...positions]
        .sort((a, b) => a - b)
        .flatMap((position) => exemptions[position] ?? [])
        .filter((exemption) => covers(exemption, verdict) && fits(exemption, artefacts));
      const applies = candidates.find((exemption) => exemption.until >= today);
      const found = applies === undefined ? candidates : [applies];
      for (const exemption of found) used.add(exemption);
      return { applies, expired: applies === undefined ? candidates : [] };
    },
    unused: () => exemptions.filter((exemption) => !used.has(exemption)),
  };
}

/** What an exemption is for, in a few words. */
export function exemptionSubject(exemption: Exemption): string {
  if (exemption.purl !== undefined) return exemption.purl;
  return digestEntries(exemption.digests ?? {})
    .map(([key, hex]) => `${key}:${hex.slice(0, 16)}…`)
    .join(', ');
}

function covers(exemption: Exemption, verdict: Verdict): boolean {
  if (!exemption.covers.some((word) => word === verdict.verdict)) return false;
  return verdict.verdict !== 'unverifiable' || (exemption.reasons?.includes(verdict.reason) ?? true);
}

/** Whether its bytes fit; that its pattern does is known. */
function fits({ digests }: Exemption, artefacts: readonly ArtefactDigests[]): boolean {
  if (digests === undefined) return true;
  return (
    artefacts.length > 0 &&
    artefacts.every((artefact) => compareDigests(digests, artefact.own).relation === 'same')
  );
}

/** Positions of the exemptions that name bytes alone, by those bytes. */
function indexBytes(exemptions: readonly Exemption[]): ReadonlyMap<string, readonly number[]> {
  const byHex = new Map<string, number[]>();
  for (const [position, { purl, digests }] of exemptions.entries()) {
    if (purl !== undefined) continue;
    for (const [, hex] of strongEntries(digests ?? {})) {
      const positions = byHex.get(hex);
      if (positions === undefined) byHex.set(hex, [position]);
      else positions.push(position);
    }
  }
  return byHex;
}
