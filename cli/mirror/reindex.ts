// Making a mirror's index anew from its own files, each entry judged again on the way.

import { compareBytes, fromBase64, fromUtf8 } from '../../core/bytes.ts';
import { TrustError } from '../../core/errors.ts';
import { parseDocumentLine, splitLines } from '../../core/log/document-lines.ts';
import { tileWidth } from '../../core/log/tile.ts';
import { join } from 'node:path';
import { unlink } from 'node:fs/promises';
import { makeFolderSource } from '../ledger/folder-source.ts';
import { escapeTerminal } from '../output/escape-terminal.ts';
import { CertificateBook } from './certificate-book.ts';
import { emptyTree } from './growing-tree.ts';
import { judgeBundles } from './judge-bundles.ts';
import { MirrorIndex } from './mirror-index.ts';
import { lockMirror } from './mirror-lock.ts';
import { indexFolder, readMirrorState, type MirrorState } from './mirror-state.ts';
import { MirrorWriter } from './mirror-writer.ts';
import type { MirrorRun } from './mirror-folder.ts';
import { entryDoesNotHold } from './run-mirror.ts';

/** Entries whose postings are in memory at most. */
const flushEntries = 65_536;

/**
 * Makes the index of a mirror anew; returns its entries. Throws usage when the folder is no mirror, evidence-invalid with
 * the entry that does not hold, ledger-corrupt when the entries are not those of the mirror's checkpoint.
 */
export async function reindexMirror(
  run: Pick<MirrorRun, 'folder' | 'pool' | 'clock' | 'signal' | 'progress'>,
): Promise<MirrorState> {
  const { folder, pool, clock, signal, progress } = run;
  const state = readMirrorState(folder);
  if (state === undefined) throw new TrustError('usage', `There is no mirror in ${escapeTerminal(folder)}.`);
  const unlock = await lockMirror(folder);
  try {
    const { size, root } = state.tree;
    const index = MirrorIndex.open(join(folder, indexFolder), [], 0);
    const source = makeFolderSource(folder);
    // Until the last commit the old index stands; what is written before has other names or the same content.
    const { lastTime, ...rest } = state;
    const writer = new MirrorWriter(
      folder,
      { ...rest, tree: { ...emptyTree, edge: [] }, index: [] },
      index,
      false,
    );
    const book = new CertificateBook({
      pool,
      known: () => undefined,
      document: async (at) => {
        const bundle = { index: Math.floor(at / tileWidth), width: (at % tileWidth) + 1 };
        const lines = splitLines(await source.documentBytes(bundle));
        return parseDocumentLine(fromUtf8(lines.at(-1) ?? new Uint8Array())).document;
      },
    });
    const missing = (error: unknown): never => {
      throw error;
    };
    progress(0, size);
    for await (const judged of judgeBundles({ source, pool, book, from: 0, size, missing })) {
      signal.throwIfAborted();
      const [finding] = judged.outcome.findings;
      if (finding !== undefined) throw entryDoesNotHold('evidence-invalid', finding.index, finding.message);
      await writer.take(judged);
      if (judged.bundle.width === tileWidth) await writer.flushIndex(flushEntries);
      progress(writer.size, size);
    }
    if (compareBytes(writer.root, fromBase64(root)) !== 0 || writer.lastTime !== lastTime) {
      throw new TrustError(
        'ledger-corrupt',
        `The entries in ${escapeTerminal(folder)} are not those of its checkpoint.`,
        {
          help: 'trust-check log fsck says which ones.',
        },
      );
    }
    await writer.commit(state.note, clock());
    for (const name of state.index) {
      if (!writer.state.index.includes(name))
        await unlink(join(folder, indexFolder, name)).catch(() => undefined);
    }
    index.close();
    return writer.state;
  } finally {
    await unlock();
  }
}
