// Asking for what is published, as every route of the log does.

import { TrustError } from '../../core/errors.ts';
import { readPublished, type PublishedCheckpoint } from '../../db/checkpoints.ts';
import type { Queryable } from '../../db/database.ts';
import type { LedgerLog } from './ledger-log.ts';

/** The published checkpoint; throws not-found while there is none. */
export function requirePublished(log: LedgerLog): PublishedCheckpoint {
  const published = log.published();
  if (published !== undefined) return published;
  throw new TrustError('not-found', 'The log has not published a checkpoint yet.', {
    help: 'It does so when it starts: try again in a few seconds. If it stays so, see the log of the service.',
  });
}

/**
 * A published checkpoint of at least this size, undefined when there is none yet. What this process knows may be a second
 * old, and another one may have published and told the asker: so the table is asked before the answer is no.
 */
export async function findPublished(
  log: LedgerLog,
  db: Queryable,
  size: number,
): Promise<PublishedCheckpoint | undefined> {
  const known = log.published();
  if (known !== undefined && known.size >= size) return known;
  const newest = await readPublished(db);
  return newest !== undefined && newest.size >= size ? newest : undefined;
}
