// What to look evidence up by: the digests and packages of a closure, each once.
//
// Whoever gathers evidence (queries of the database, a client with a mirror) asks for the reviews and source statements
// that share one of these digests, and for the reviews of these packages in any version. Weak digests are left out, for
// they decide nothing, and so are the project's own inputs. More than the bound is refused, not cut: a verdict on half of
// the evidence would be a lie.

import { TrustError } from '../errors.ts';
import type { DigestKey } from '../digest/digest-set.ts';
import type { Closure } from './input.ts';
import { purlParts } from './purl-parts.ts';
import { strongEntries } from './usable-digests.ts';

/** Most digests, and most packages, that one closure is looked up by. */
export const maxEvidenceKeys = 500_000;

export interface EvidenceKeys {
  /** Strong digests of all artefacts, what the closure states and what is known to be equivalent. */
  readonly digests: readonly { readonly key: DigestKey; readonly hex: string }[];
  /** Package purls, without version. */
  readonly packages: readonly string[];
}

/** The keys to look evidence for a closure up by, in the order of the closure; throws request-too-large. */
export function evidenceKeys(closure: Pick<Closure, 'inputs'>): EvidenceKeys {
  const digests = new Map<string, { key: DigestKey; hex: string }>();
  const packages = new Set<string>();
  for (const input of closure.inputs) {
    if (input.local === true) continue;
    packages.add(purlParts(input.purl).package);
    for (const artefact of input.artefacts) {
      const sets = [
        artefact.digests,
        ...(artefact.equivalents ?? []).map((equivalent) => equivalent.digests),
      ];
      for (const set of sets) {
        for (const [key, hex] of strongEntries(set)) digests.set(`${key}:${hex}`, { key, hex });
      }
    }
    if (digests.size > maxEvidenceKeys) {
      throw new TrustError('request-too-large', `The closure names more than ${maxEvidenceKeys} digests.`, {
        help: 'Check it in parts.',
      });
    }
  }
  return { digests: [...digests.values()], packages: [...packages] };
}
