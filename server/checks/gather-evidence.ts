// The statements that may matter for a closure, from the database.
//
// What one input needs does not depend on the others, so a large closure is asked about in slices, side by side: while one
// slice is being read here, the database looks for the next.

import type { LedgerStatement } from '../../core/closure/evidence.ts';
import type { Closure, Input } from '../../core/closure/input.ts';
import { purlPartsCache } from '../../core/closure/purl-parts.ts';
import type { DigestSet } from '../../core/digest/digest-set.ts';
import { TrustError } from '../../core/errors.ts';
import type { Queryable } from '../../db/database.ts';
import {
  findEvidence,
  type EvidenceQuestion,
  type FoundEvidence,
  type PackageVersion,
} from '../../db/evidence.ts';

/** Inputs of one question. */
const sliceSize = 2500;
/** Questions that are asked at the same time. */
const sideBySide = 4;
/** Most statements for a whole closure, unless the caller takes fewer. */
const maxStatements = 200_000;

/**
 * Evidence for a closure, in ledger order, without what came after `size` entries.
 * Throws request-too-large when more is known about its inputs than one check can take.
 */
export async function gatherEvidence(
  db: Queryable,
  closure: Closure,
  size: number,
  limit = maxStatements,
): Promise<FoundEvidence> {
  const slices: Input[][] = [];
  // The project's own code is nobody's business.
  const foreign = closure.inputs.filter(({ local }) => local !== true);
  for (let start = 0; start < foreign.length; start += sliceSize) {
    slices.push(foreign.slice(start, start + sliceSize));
  }
  const found: FoundEvidence[] = [];
  const ask = async (): Promise<void> => {
    for (let slice = slices.shift(); slice !== undefined; slice = slices.shift()) {
      found.push(await findEvidence(db, { ...questionAbout(slice), limit }));
      const statements = found.reduce(
        (sum, { reviews, sources }) => sum + reviews.length + sources.length,
        0,
      );
      if (statements > limit) {
        throw new TrustError('request-too-large', `More than ${limit} statements are about these inputs.`, {
          help: 'Check fewer inputs at a time.',
        });
      }
    }
  };
  await Promise.all(Array.from({ length: sideBySide }, ask));
  return {
    reviews: merged(
      found.map(({ reviews }) => reviews),
      size,
    ),
    sources: merged(
      found.map(({ sources }) => sources),
      size,
    ),
  };
}

/** Each statement once, in ledger order, below an index. */
function merged<Kind>(
  lists: readonly (readonly LedgerStatement<Kind>[])[],
  size: number,
): LedgerStatement<Kind>[] {
  const byIndex = new Map<number, LedgerStatement<Kind>>();
  for (const list of lists) for (const entry of list) if (entry.index < size) byIndex.set(entry.index, entry);
  return [...byIndex.values()].sort((a, b) => a.index - b.index);
}

function questionAbout(inputs: readonly Input[]): EvidenceQuestion {
  const partsOf = purlPartsCache();
  const digests: DigestSet[] = [];
  const packages = new Map<string, PackageVersion>();
  for (const { purl, artefacts } of inputs) {
    const { package: name, version = '', versioned } = partsOf(purl);
    packages.set(versioned, { package: name, version });
    for (const artefact of artefacts) {
      digests.push(artefact.digests);
      for (const equivalent of artefact.equivalents ?? []) digests.push(equivalent.digests);
    }
  }
  return { digests, packages: [...packages.values()] };
}
