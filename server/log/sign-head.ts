// From the head of the log to a signed checkpoint: the only place where the log's keys are used.
//
// In this order, each step able to stop it: the published checkpoint is one of ours; it and the fence are beginnings of the
// head; the entries since then hash to the head; the fence is raised; the signatures are made. The head is committed before, so
// whatever happens afterwards, signing again signs the same root.

import { TrustError } from '../../core/errors.ts';
import { formatCheckpoint, type Checkpoint } from '../../core/log/checkpoint.ts';
import type { TreeHead } from '../../core/log/grow.ts';
import { emptyRoot } from '../../core/log/merkle-hash.ts';
import { formatNote } from '../../core/log/note.ts';
import { signNote } from '../../core/log/note-signature.ts';
import { openCheckpoint } from '../../core/log/open-checkpoint.ts';
import type { PublishedCheckpoint } from '../../db/checkpoints.ts';
import type { Queryable } from '../../db/database.ts';
import { readHead } from '../../db/log-head.ts';
import { checkFence, isBeginning } from './check-fence.ts';
import { rolledBack, type Fence } from './fence.ts';
import type { LogKeys } from './log-keys.ts';
import { verifyEdge, verifyGrowth } from './verify-growth.ts';

export interface SignedHead {
  readonly size: number;
  readonly root: Uint8Array;
  /** The note with the log's own signatures. */
  readonly note: string;
}

export interface HeadSigner {
  /**
   * Checks and signs the head. Throws ledger-rolled-back, ledger-corrupt, config-invalid: then nothing must be signed or
   * taken until somebody has looked.
   * @param db where to read: a transaction, so that the head stays what it is
   */
  sign(db: Queryable, published: PublishedCheckpoint | undefined): Promise<SignedHead>;
}

const noTree: TreeHead = { size: 0, root: emptyRoot };

/** The signer of a log. It remembers which head it has checked last, so that no entry is hashed twice. */
export function createHeadSigner(origin: string, keys: LogKeys, fence: Fence): HeadSigner {
  let verified: TreeHead | undefined;
  let known: string | undefined;
  return {
    async sign(db, published) {
      const { size, root } = await readHead(db);
      const head: Checkpoint = { origin, size, root };
      if (published !== undefined && published.note !== known) {
        await checkOurs(published, origin, keys);
        if (published.size > size) throw rolledBack('published', { ...published, origin }, size);
        if (!(await isBeginning(db, published, verified))) {
          throw new TrustError(
            'ledger-corrupt',
            `The checkpoint of ${published.size} entries that was published is not one of the stored tree of ${size}`,
            { help: 'Stop, keep everything, and run: npm run ledger -- fsck' },
          );
        }
      }
      const signed = fence.read();
      if (signed !== undefined) await checkFence(db, fence.file, signed, head, verified);
      const from = [verified, published, noTree].find((tree) => tree !== undefined && tree.size <= size);
      if (verified === undefined) await verifyEdge(db, head);
      await verifyGrowth(db, from ?? noTree, head);
      await fence.raise(head);
      verified = head;
      known = published?.note;
      const text = formatCheckpoint(head);
      const signatures = await Promise.all(keys.signers.map((key) => signNote(key, text, 0)));
      return { size, root, note: formatNote({ text, signatures }) };
    },
  };
}

/** Another process may have begun with a key of its own: two logs must not share one origin. */
async function checkOurs(published: PublishedCheckpoint, origin: string, keys: LogKeys): Promise<void> {
  const ours = [...keys.signers.map(({ key }) => key), ...keys.retired];
  try {
    const { size, root } = await openCheckpoint(published.note, ours);
    if (formatCheckpoint({ origin, size, root }) === formatCheckpoint({ ...published, origin })) return;
    throw new TrustError('note-invalid', 'The note is of another size or root than its row says');
  } catch (cause) {
    throw new TrustError(
      'config-invalid',
      'What this log has published is not signed by the keys given here',
      {
        help: 'Give this service the key file of the one that runs already (LOG_KEY_FILE).',
        cause,
      },
    );
  }
}
