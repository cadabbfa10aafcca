// Looks up everything that a text may be, and says where the one exact hit is, if there is one and nothing else.

import type { Identity } from '../../core/identity.ts';
import { findEntry } from '../../db/standing.ts';
import type { Queryable } from '../../db/database.ts';
import {
  findAddress,
  findDigest,
  findKeyId,
  findKnown,
  findPackages,
  findUrl,
  type DigestHit,
  type FoundPackage,
} from '../../db/search.ts';
import { findReceipts } from '../../db/entries.ts';
import { versionPurl } from '../packages/weigh.ts';
import { identityPath, packagePath, statementPath } from '../site/view-text.ts';
import type { SearchQuery } from './read-query.ts';

/** Most hits of each group. One more is asked for, to say that there are more. */
export const maxHits = 30;

export interface Found {
  readonly packages: readonly FoundPackage[];
  readonly digests: readonly DigestHit[];
  readonly identities: readonly Identity[];
  readonly statement: string | undefined;
  readonly entry: number | undefined;
}

/** What the ledger holds of everything that the query may be. */
export async function find(db: Queryable, query: SearchQuery): Promise<Found> {
  const { digests, identities, keyId, statement, index, address, url, name } = query;
  const some = maxHits + 1;
  const [packages, hits, known, byKey, byAddress, byUrl, receipts, entry] = await Promise.all([
    name === undefined ? [] : findPackages(db, name.beginning, name.within, some),
    Promise.all(digests.map((hex) => findDigest(db, hex, some))),
    identities.length === 0 ? [] : findKnown(db, identities),
    keyId === undefined ? [] : findKeyId(db, keyId, some),
    address === undefined ? [] : findAddress(db, address, some),
    url === undefined ? [] : findUrl(db, url, some),
    statement === undefined ? undefined : findReceipts(db, [statement]),
    index === undefined ? undefined : findEntry(db, index),
  ]);
  const receipt = statement === undefined ? undefined : receipts?.get(statement);
  return {
    packages,
    digests: hits.flat(),
    identities: [...new Set([...known, ...byKey, ...byAddress, ...byUrl])],
    statement: receipt?.kind === 'certificate' ? undefined : receipt?.id,
    entry: entry === undefined ? undefined : index,
  };
}

/** Where to go at once: the purl that was typed, or the only hit. Undefined when there is a choice, or nothing. */
export function onlyHit(query: SearchQuery, found: Found): string | undefined {
  if (query.purl !== undefined) return packagePath(query.purl);
  const digestPurls = new Set(found.digests.map((hit) => versionPurl(hit.package, hit.version)));
  const places = [
    ...found.identities.map(identityPath),
    ...[...digestPurls].map(packagePath),
    ...(found.statement === undefined ? [] : [statementPath(found.statement)]),
    ...(found.entry === undefined ? [] : [`/entries/${found.entry}`]),
    ...found.packages.map((one) => packagePath(one.package)),
  ];
  const [place] = places;
  if (places.length !== 1 || place === undefined) return undefined;
  // The beginning of a name is no exact hit.
  const [only] = found.packages;
  if (only === undefined) return place;
  return lastPart(only.package) === query.name?.beginning ? place : undefined;
}

function lastPart(purl: string): string {
  return purl.slice(purl.lastIndexOf('/') + 1).toLowerCase();
}
