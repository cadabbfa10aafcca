// One run of a mirror: from what the folder holds to a checkpoint that was checked, entry by entry.
//
//   1. the folder's own checkpoints and the new one are of one history, or it is a fork
//   2. bundles and documents are fetched, judged, compared with the tree of the new checkpoint, and written
//   3. at the very end the new checkpoint becomes the folder's
//
// The first thing that does not hold ends the run; what was committed before it stays, under the note that it was judged by.

import { readdir, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import { compareBytes, fromUtf8 } from '../../core/bytes.ts';
import { TrustError } from '../../core/errors.ts';
import { parseDocumentLine, splitLines } from '../../core/log/document-lines.ts';
import { VerifiedTree } from '../../core/log/tile-reader.ts';
import { hashAt, tileWidth } from '../../core/log/tile.ts';
import { makeFolderSource } from '../ledger/folder-source.ts';
import { CertificateBook } from './certificate-book.ts';
import { judgeBundles, type JudgedBundle } from './judge-bundles.ts';
import { checkHistory, openFolder, ownCheckpoint, type MirrorRun } from './mirror-folder.ts';
import { MirrorIndex } from './mirror-index.ts';
import { indexFolder, type MirrorState } from './mirror-state.ts';
import { lockMirror } from './mirror-lock.ts';
import { MirrorWriter, outgrownFiles } from './mirror-writer.ts';
import { textPrefix } from './posting.ts';
import { timeMessage } from './verify-bundle.ts';

/** A commit comes after so many entries, unless the run says otherwise, or after so many milliseconds. */
const defaultCommitEntries = 16_384;
const commitMs = 5_000;

export interface MirrorOutcome {
  /** `behind`: the ledger showed a smaller checkpoint than the mirror has. */
  readonly status: 'current' | 'grown' | 'behind';
  readonly size: number;
  readonly added: number;
  /** Time of the last entry. */
  readonly lastRecordedAt: Date | undefined;
}

/**
 * Follows a ledger up to a checkpoint. Throws evidence-invalid or proof-invalid with the entry that does not hold,
 * ForkError, config-invalid and usage for a folder that can't be used, and what the source throws.
 */
export async function runMirror(run: MirrorRun): Promise<MirrorOutcome> {
  const { folder, checkpoint, source, clock } = run;
  const state = await openFolder(run);
  const unlock = await lockMirror(folder);
  let index: MirrorIndex | undefined;
  try {
    const behind = await checkHistory(run, state);
    const start = state.tree.size;
    if (behind) return outcomeOf('behind', state, 0);
    index = MirrorIndex.open(join(folder, indexFolder), state.index, start);
    await removeOrphans(folder, state);
    const previous = await ownCheckpoint(run);
    const writer = new MirrorWriter(folder, { ...state, place: source.place }, index);
    await follow(run, writer, index);
    writer.writeEdge();
    await writer.commit(checkpoint.note, clock());
    await writer.publish('.well-known/trust-ledger', JSON.stringify(await source.discovery()));
    await writer.publish('checkpoint', checkpoint.note);
    for (const path of outgrownFiles(previous?.size ?? 0, checkpoint.size)) {
      await unlink(join(folder, path)).catch(() => undefined);
    }
    return outcomeOf(
      checkpoint.size === previous?.size ? 'current' : 'grown',
      writer.state,
      writer.size - start,
    );
  } finally {
    index?.close();
    await unlock();
  }
}

async function follow(run: MirrorRun, writer: MirrorWriter, index: MirrorIndex): Promise<void> {
  const { checkpoint, source, pool, clock, signal, progress } = run;
  const tree = new VerifiedTree(checkpoint, source);
  const local = makeFolderSource(run.folder);
  const book = new CertificateBook({
    pool,
    known: (author) => index.find(textPrefix('certificate', author)).at(-1),
    document: async (at) => {
      await writer.settle();
      const width = (at % tileWidth) + 1;
      const lines = splitLines(await local.documentBytes({ index: Math.floor(at / tileWidth), width }));
      return parseDocumentLine(fromUtf8(lines.at(-1) ?? new Uint8Array())).document;
    },
  });
  progress(writer.size, checkpoint.size);
  const judged = judgeBundles({
    ...{ pool, book, size: checkpoint.size, from: writer.size },
    source: {
      ...source,
      // The tile is asked for together with the bundle that it is compared with.
      bundle: (bundle) => {
        tree.nodes({ level: 0, ...bundle }).catch(() => undefined);
        return source.bundle(bundle);
      },
    },
    missing: (error) => {
      throw error;
    },
  });
  let committed = clock().getTime();
  for await (const bundle of judged) {
    signal.throwIfAborted();
    await checkBundle(bundle, tree, writer);
    await writer.take(bundle);
    progress(writer.size, checkpoint.size);
    const now = clock();
    if (
      writer.uncommitted >= (run.commitEntries ?? defaultCommitEntries) ||
      now.getTime() - committed >= commitMs
    ) {
      // A partial bundle is committed at the end only, with its checkpoint.
      if (bundle.bundle.width === tileWidth) await writer.commit(checkpoint.note, now);
      committed = now.getTime();
    }
  }
}

/** Throws unless everything in a bundle holds and is what the tree has there. */
async function checkBundle(
  { bundle, first, outcome }: JudgedBundle,
  tree: VerifiedTree,
  writer: MirrorWriter,
): Promise<void> {
  const nodes = await tree.nodes({ level: 0, ...bundle });
  for (let position = 0; position < bundle.width; position++) {
    if (compareBytes(hashAt(outcome.hashes, position), nodes.node(0, position)) === 0) continue;
    throw entryDoesNotHold(
      'proof-invalid',
      first + position,
      'its leaf record is not the one in the tree of the checkpoint',
    );
  }
  const [finding] = outcome.findings;
  if (finding !== undefined) throw entryDoesNotHold('evidence-invalid', finding.index, finding.message);
  if (outcome.times !== undefined && writer.size === first && outcome.times.first < (writer.lastTime ?? 0)) {
    throw entryDoesNotHold('evidence-invalid', first, timeMessage);
  }
}

/** The error for an entry that was refused. */
export function entryDoesNotHold(
  code: 'proof-invalid' | 'evidence-invalid',
  index: number,
  why: string,
): TrustError {
  return new TrustError(code, `Entry ${index} of the ledger does not hold: ${why}`, {
    help:
      'Nothing from this entry on was accepted. trust-check log fsck lists everything that is wrong with the ledger; ' +
      'keep its checkpoint, which its log has signed.',
  });
}

/** Files of an index that no state names: left by a run that was killed. */
async function removeOrphans(folder: string, state: MirrorState): Promise<void> {
  const own = join(folder, indexFolder);
  for (const name of await readdir(own)) {
    if (/\.(?:index|new)$/.test(name) && !state.index.includes(name)) await unlink(join(own, name));
  }
}

function outcomeOf(status: MirrorOutcome['status'], state: MirrorState, added: number): MirrorOutcome {
  const { tree, lastTime } = state;
  return {
    status,
    size: tree.size,
    added,
    lastRecordedAt: lastTime === undefined ? undefined : new Date(lastTime),
  };
}
