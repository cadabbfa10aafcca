// Files of a folder that its checkpoint does not need: narrower forms of tiles and bundles, which begin the wider ones, and
// whatever else lies there.

import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { isTrustError } from '../../core/errors.ts';
import {
  bundlePath,
  documentsPath,
  parseTilePath,
  tilePath,
  tileWidth,
  tileWidthAt,
  type BundleId,
  type TileId,
} from '../../core/log/tile.ts';
import { fileLimits, readLedgerFile } from '../ledger/folder-source.ts';
import type { FindingList } from './finding.ts';

type Named = NonNullable<ReturnType<typeof parseTilePath>>;

/** Checks them. `isMirror`: files beyond the checkpoint are of a run that has not ended. */
export async function checkOtherFiles(
  folder: string,
  size: number,
  isMirror: boolean,
  findings: FindingList,
): Promise<void> {
  for (const top of ['tile', 'documents']) {
    let names: string[];
    try {
      const entries = await readdir(join(folder, top), { recursive: true, withFileTypes: true });
      names = entries
        .filter((entry) => !entry.isDirectory())
        .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1));
    } catch (error) {
      if (error instanceof Error && 'code' in error && error.code === 'ENOENT') continue;
      throw error;
    }
    for (const name of names.sort())
      await checkFile(folder, name.replaceAll('\\', '/'), size, isMirror, findings);
  }
}

async function checkFile(
  folder: string,
  path: string,
  size: number,
  isMirror: boolean,
  findings: FindingList,
): Promise<void> {
  const named = parseTilePath(path);
  if (named === undefined) {
    if (isMirror && path.endsWith('.new')) return;
    findings.add(path, undefined, 'evidence-invalid', 'This is no file of a ledger.');
    return;
  }
  const { level, id } = levelOf(named);
  const width = tileWidthAt(level, id.index, size);
  if (id.width === width) return;
  const span = tileWidth ** level;
  const first = id.index * tileWidth * span;
  const entries = { first, last: first + id.width * span - 1 };
  if (id.width > width) {
    if (!isMirror)
      findings.add(
        path,
        entries,
        'evidence-invalid',
        'The checkpoint does not cover this file, and nothing vouches for it.',
      );
    return;
  }
  const limit = named.kind === 'tile' ? fileLimits.tile : fileLimits[named.kind];
  try {
    const [narrow, wide] = await Promise.all([
      readLedgerFile(folder, path, limit),
      readLedgerFile(folder, pathOf(named, width), limit),
    ]);
    if (narrow.length < wide.length && Buffer.compare(narrow, wide.subarray(0, narrow.length)) === 0) return;
    findings.add(
      path,
      entries,
      'proof-invalid',
      'This older form is not the beginning of the file that followed it.',
    );
  } catch (error) {
    // A missing file is told by whoever needs it.
    if (!isTrustError(error, 'not-found')) throw error;
  }
}

function levelOf(named: Named): { readonly level: number; readonly id: TileId | BundleId } {
  return named.kind === 'tile' ? { level: named.tile.level, id: named.tile } : { level: 0, id: named.bundle };
}

function pathOf(named: Named, width: number): string {
  if (named.kind === 'tile') return tilePath({ ...named.tile, width });
  return named.kind === 'bundle'
    ? bundlePath({ ...named.bundle, width })
    : documentsPath({ ...named.bundle, width });
}
