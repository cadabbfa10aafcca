// What a mirror knows of itself, beside the ledger's own files: `.mirror/state.json`.
//
// It is the commit point: entries below its size are judged, on disk, and in the index. The ledger's own `checkpoint` file
// is written after it, when all entries of that checkpoint are there.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { TrustError } from '../../core/errors.ts';
import { escapeTerminal } from '../output/escape-terminal.ts';
import { emptyTree } from './growing-tree.ts';

/** Folder of a mirror's own files, and its index. */
export const stateFolder = '.mirror';
export const indexFolder = join(stateFolder, 'index');
const stateFile = join(stateFolder, 'state.json');
const maxBytes = 1024 * 1024;

const size = z.number().int().min(0);
const stateSchema = z.strictObject({
  schema: z.literal(1),
  /** The address or folder that it follows. */
  place: z.string(),
  origin: z.string(),
  tree: z.strictObject({
    size,
    root: z.string(),
    edge: z.array(z.strictObject({ level: z.number(), index: size, hashes: z.string() })),
  }),
  /** The signed note under which those entries were judged. */
  note: z.string(),
  /** Time of the last entry, milliseconds since 1970. */
  lastTime: z.number().int().optional(),
  /** Files of the index. */
  index: z.array(z.string().regex(/^\d+-\d+\.index$/)),
  /** When the ledger was last asked for a checkpoint, ISO 8601. */
  checkedAt: z.string(),
});
export type MirrorState = z.output<typeof stateSchema>;

/** The state of a new mirror. */
export function newState(place: string, origin: string, note: string, checkedAt: Date): MirrorState {
  const tree = { ...emptyTree, edge: [] };
  return { schema: 1, place, origin, tree, note, index: [], checkedAt: checkedAt.toISOString() };
}

/** Path and text of the state's file. */
export function formatState(folder: string, state: MirrorState): { path: string; text: string } {
  return { path: join(folder, stateFile), text: `${JSON.stringify(state)}\n` };
}

/** The state of a mirror; undefined when the folder holds none. Throws config-invalid. */
export function readMirrorState(folder: string): MirrorState | undefined {
  const path = join(folder, stateFile);
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (cause) {
    if (cause instanceof Error && 'code' in cause && (cause.code === 'ENOENT' || cause.code === 'ENOTDIR'))
      return undefined;
    throw damaged(path, cause);
  }
  try {
    if (text.length > maxBytes) throw new RangeError('too long');
    return stateSchema.parse(JSON.parse(text));
  } catch (cause) {
    throw damaged(path, cause);
  }
}

function damaged(path: string, cause: unknown): TrustError {
  return new TrustError('config-invalid', `The mirror's state can't be read: ${escapeTerminal(path)}`, {
    help: 'Mirror into an empty folder, or restore the file from a copy.',
    cause,
  });
}
