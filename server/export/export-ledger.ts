// Writing the ledger as static files: the same paths and bytes that the service serves, for any web server to serve.
//
// The checkpoint is written last, so whatever is there always serves the checkpoint that is there; after a crash, running
// again goes on from it. A target whose checkpoint ours does not continue is a fork, and is left as it is.

import { utf8 } from '../../core/bytes.ts';
import { TrustError } from '../../core/errors.ts';
import { parseCheckpoint } from '../../core/log/checkpoint.ts';
import { parseNote } from '../../core/log/note.ts';
import { VerifiedTree } from '../../core/log/tile-reader.ts';
import { bundlePath, documentsPath, tilePath, tileWidth } from '../../core/log/tile.ts';
import { readPublished } from '../../db/checkpoints.ts';
import type { Queryable } from '../../db/database.ts';
import { readTile } from '../../db/tiles.ts';
import { discoveryText } from '../log/discovery-text.ts';
import { checkpointFile, discoveryFile } from '../log/file-forms.ts';
import type { LedgerLog } from '../log/ledger-log.ts';
import type { ExportTarget } from './export-target.ts';
import { checkpointPath, readPrevious, requireContinuation } from './previous-export.ts';
import { writeChanged, writeFiles } from './write-files.ts';

const discoveryPath = '.well-known/trust-ledger';
/** Most partial files that a run removes. */
const maxRemoved = 1000;
/** Full tiles before the edge whose partial files are looked for, should an earlier run not have come to it. */
const lookBack = 4;

export interface Exported {
  /** Entries that the target holds now. */
  readonly size: number;
  /** Files that were written. */
  readonly written: number;
  /** Partial files that were removed. */
  readonly removed: number;
}

export interface ExportOptions {
  /** Told after every bundle: entries done, and to do. */
  readonly progress?: (done: number, total: number) => void;
  readonly signal?: AbortSignal;
}

/**
 * Brings a target up to the published checkpoint. Throws not-found while nothing is published, ledger-fork when the target
 * holds another history or a longer one, ledger-corrupt when the database contradicts itself, and what the target throws.
 */
export async function exportLedger(
  db: Queryable,
  log: Pick<LedgerLog, 'discovery' | 'prover'>,
  target: ExportTarget,
  options: ExportOptions = {},
): Promise<Exported> {
  const published = await readPublished(db);
  if (published === undefined) {
    throw new TrustError('not-found', 'The ledger has not published a checkpoint yet', {
      help: 'It does so when the service starts.',
    });
  }
  const discovery = log.discovery();
  const checkpoint = parseCheckpoint(parseNote(published.note).text);
  const previous = await readPrevious(target, discovery);
  if (previous !== undefined) await requireContinuation(target, previous, checkpoint, log.prover);
  const from = previous?.size ?? 0;
  const tree = new VerifiedTree(checkpoint, { tile: (tile) => requireTile(db, tile) });
  let written = await writeFiles({ db, target, tree, ...options }, from);
  written += await writeChanged(target, discoveryPath, utf8(discoveryText(discovery)), discoveryFile);
  // Another process may have exported a later one meanwhile.
  const meanwhile = await readPrevious(target, discovery);
  if (meanwhile === undefined || meanwhile.size <= checkpoint.size) {
    written += await writeChanged(target, checkpointPath, utf8(published.note), checkpointFile);
  }
  return { size: checkpoint.size, written, removed: await removePartial(target, from, checkpoint.size) };
}

async function requireTile(db: Queryable, tile: Parameters<typeof tilePath>[0]): Promise<Uint8Array> {
  const hashes = await readTile(db, tile.level, tile.index, tile.width);
  if (hashes !== undefined) return hashes;
  throw new TrustError('ledger-corrupt', `The ledger lacks its tile ${tilePath(tile)}`);
}

/**
 * Removes the narrower forms of what has become full: readers with an older checkpoint find the full one, as tlog-tiles has
 * it. Partial files exist only where an earlier export ended. They are looked for when something has become full, and when
 * nothing has grown, which is rare: then it makes up for a run that was cut off.
 */
async function removePartial(target: ExportTarget, from: number, to: number): Promise<number> {
  let removed = 0;
  for (let level = 0, span = tileWidth; span <= to; level++, span *= tileWidth) {
    const [edge, full] = [Math.floor(from / span), Math.floor(to / span)];
    if (edge === full && from < to) continue;
    const last = Math.min(edge, full - 1);
    for (let index = Math.max(0, last - lookBack); index <= last; index++) {
      const bundle = { index, width: tileWidth };
      const paths = [
        tilePath({ level, ...bundle }),
        ...(level === 0 ? [bundlePath(bundle), documentsPath(bundle)] : []),
      ];
      for (const path of paths) {
        if (removed < maxRemoved) removed += await target.clear(`${path}.p`, maxRemoved - removed);
      }
    }
  }
  return removed;
}
