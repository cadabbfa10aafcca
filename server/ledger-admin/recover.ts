// recover: the way out after an old backup was restored, when a mirror has what the database has lost.
//
// Everything is checked before anything is kept: the mirror's checkpoint is signed by this log's own key; the tree of the
// database is its beginning; each missing entry is under its root; each document is the one of its leaf, and verifies. The
// entries are appended as they were, in one transaction, which is kept only when the head is the mirror's, root and all.

import { compareBytes, toHex } from '../../core/bytes.ts';
import { TrustError } from '../../core/errors.ts';
import type { TreeHead } from '../../core/log/grow.ts';
import { leafHash } from '../../core/log/merkle-hash.ts';
import type { VerifierKey } from '../../core/log/note-key.ts';
import { openCheckpoint, type SignedCheckpoint } from '../../core/log/open-checkpoint.ts';
import { VerifiedTree } from '../../core/log/tile-reader.ts';
import { bundlesBetween, tileWidth } from '../../core/log/tile.ts';
import { computeRoot, rootNodes } from '../../core/log/tree.ts';
import { hashText } from '../../core/statement/canonical.ts';
import type { Database } from '../../db/database.ts';
import { lockLedger } from '../../db/entries.ts';
import { readHead, setOrigin } from '../../db/log-head.ts';
import { restoreEntries, type RestoredEntry } from '../../db/restore-entries.ts';
import type { Fence } from '../log/fence.ts';
import { openMirrorFolder, type MirrorFolder } from './mirror-folder.ts';

export interface RecoverOptions {
  /** The mirror's folder. */
  readonly folder: string;
  /** Keys of the log, retired ones too. */
  readonly keys: readonly VerifierKey[];
  readonly fence: Pick<Fence, 'file' | 'last'>;
  /** Told how many of the missing entries are back. */
  readonly progress: (done: number, total: number) => void;
}

export interface Recovered {
  readonly origin: string;
  /** Entries before. */
  readonly from: number;
  /** Entries now. */
  readonly to: number;
}

/**
 * Brings the missing entries back, or changes nothing. Throws ledger-fork when database and mirror are not one log,
 * ledger-stale when the mirror has nothing more or less than what was signed, ledger-frozen, proof-invalid and
 * ledger-corrupt for a mirror that is damaged, source-unavailable for one that is incomplete.
 */
export async function recover(db: Database, options: RecoverOptions): Promise<Recovered> {
  const mirror = openMirrorFolder(options.folder);
  const checkpoint = await openCheckpoint(mirror.checkpoint(), options.keys);
  const tree = new VerifiedTree(checkpoint, mirror);
  const { origin, size, root } = checkpoint;
  await checkFence(options.fence, checkpoint, tree);
  return db.transaction(async (transaction) => {
    await transaction.query('set local statement_timeout = 0');
    await transaction.query('set local idle_in_transaction_session_timeout = 0');
    await lockLedger(transaction);
    await setOrigin(transaction, origin);
    const head = await readHead(transaction);
    await checkBeginning(head, checkpoint, tree);
    let now: TreeHead = head;
    for (const bundle of bundlesBetween(head.size, size)) {
      const entries = await readEntries(mirror, tree, bundle.index * tileWidth, bundle.width);
      now = await restoreEntries(
        transaction,
        entries.filter(({ index }) => index >= head.size),
      );
      options.progress(now.size - head.size, size - head.size);
    }
    if (now.size !== size || compareBytes(now.root, root) !== 0) {
      throw new TrustError(
        'ledger-corrupt',
        `With the mirror's entries the ledger has ${now.size} entries and the root ${toHex(now.root)}, and ${size} with ${toHex(root)} were signed`,
        { help: 'Nothing was changed. The database itself may be damaged: run npm run ledger -- fsck.' },
      );
    }
    return { origin, from: head.size, to: size };
  });
}

/** The mirror has to hold all that was signed, or the log could go on no more than before. */
async function checkFence(
  { file, last }: RecoverOptions['fence'],
  checkpoint: SignedCheckpoint,
  tree: VerifiedTree,
): Promise<void> {
  if (last === undefined) return;
  if (last.origin !== checkpoint.origin) {
    throw new TrustError('config-invalid', `The fence ${file} is one of the log ${last.origin}`, {
      help: `The mirror is of ${checkpoint.origin}. Check DATA_DIR and LOG_FENCE_FILE.`,
    });
  }
  if (last.size > checkpoint.size) {
    throw new TrustError(
      'ledger-stale',
      `The mirror ends at ${checkpoint.size} entries, and this log has signed ${last.size} (${file})`,
      { help: 'Nothing was changed. Look for a newer mirror or backup.' },
    );
  }
  if (compareBytes(await rootAt(tree, last.size), last.root) !== 0) {
    throw fork(`The mirror has other entries than the ${last.size} that this log has signed (${file})`);
  }
}

async function checkBeginning(
  head: Awaited<ReturnType<typeof readHead>>,
  checkpoint: SignedCheckpoint,
  tree: VerifiedTree,
): Promise<void> {
  if (head.origin !== checkpoint.origin) {
    throw new TrustError(
      'config-invalid',
      `This ledger is ${head.origin ?? 'without a name'}, and the mirror is of ${checkpoint.origin}`,
    );
  }
  if (head.size >= checkpoint.size) {
    throw new TrustError(
      'ledger-stale',
      `The mirror has ${checkpoint.size} entries, and the database ${head.size}: there is nothing to bring back`,
      { help: 'Nothing was changed. Look for a newer mirror.' },
    );
  }
  if (compareBytes(await rootAt(tree, head.size), head.root) !== 0) {
    throw fork(`The ${head.size} entries of the database are not the first ones of the mirror`);
  }
}

/** Root of the tree's first entries, as its tiles have it. */
async function rootAt(tree: VerifiedTree, size: number): Promise<Uint8Array> {
  return computeRoot(size, await tree.load(rootNodes(size)));
}

async function readEntries(
  mirror: MirrorFolder,
  tree: VerifiedTree,
  start: number,
  width: number,
): Promise<RestoredEntry[]> {
  const bundle = { index: start / tileWidth, width };
  const documents = mirror.documents(bundle);
  const entries: RestoredEntry[] = [];
  for (const [offset, leaf] of mirror.leaves(bundle).entries()) {
    const index = start + offset;
    if (compareBytes(leafHash(leaf), await tree.leafHash(index)) !== 0) {
      throw new TrustError('proof-invalid', `Entry ${index} of the mirror is not the one that was signed`);
    }
    const line = documents[offset];
    if (line?.index !== index || hashText(line.document) !== line.hash) {
      throw new TrustError(
        'proof-invalid',
        `The mirror lacks the document of entry ${index}, or has it damaged`,
      );
    }
    entries.push({ index, leaf, document: line.document });
  }
  return entries;
}

function fork(message: string): TrustError {
  return new TrustError('ledger-fork', message, {
    help: 'Nothing was changed. Keep the database, the fence and the mirror as they are: two histories of one log are evidence. docs/OPERATIONS.md, "A restored backup".',
  });
}
