// Holding the head against the fence: what was signed has to be its beginning.

import { compareBytes } from '../../core/bytes.ts';
import { TrustError } from '../../core/errors.ts';
import type { Checkpoint } from '../../core/log/checkpoint.ts';
import type { TreeHead } from '../../core/log/grow.ts';
import type { Queryable } from '../../db/database.ts';
import { rolledBack } from './fence.ts';
import { storedRoot } from './verify-growth.ts';

/**
 * Throws ledger-rolled-back unless the tree that was signed is the beginning of the head's, and config-invalid when it is of
 * another log.
 * @param verified a head that is known to be the stored one, when there is: saves reading tiles
 */
export async function checkFence(
  db: Queryable,
  file: string,
  signed: Checkpoint,
  head: Checkpoint,
  verified?: TreeHead,
): Promise<void> {
  if (signed.origin !== head.origin) {
    throw new TrustError(
      'config-invalid',
      `The fence ${file} is one of the log ${signed.origin}, not of ${head.origin}`,
      {
        help: 'Give each log a folder of its own (DATA_DIR), or name another file with LOG_FENCE_FILE.',
      },
    );
  }
  if (head.size < signed.size) throw rolledBack(file, signed, head.size);
  if (await isBeginning(db, signed, verified)) return;
  throw rolledBack(file, signed, head.size, 'with other entries');
}

/** Whether the stored tiles begin with this tree. */
export async function isBeginning(
  db: Queryable,
  { size, root }: TreeHead,
  verified: TreeHead | undefined,
): Promise<boolean> {
  const own = verified?.size === size ? verified.root : await storedRoot(db, size);
  return compareBytes(own, root) === 0;
}
