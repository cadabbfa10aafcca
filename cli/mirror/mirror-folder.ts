// The folder of a mirror before a run: what it holds, whose it is, and whether the ledger's new checkpoint continues it.
//
// Every checkpoint that the folder was ever judged by has to be of one history with the new one; otherwise the log has forked,
// and both signed notes prove it.

import { mkdir, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { compareBytes, fromBase64 } from '../../core/bytes.ts';
import { isTrustError, TrustError } from '../../core/errors.ts';
import type { RawLedgerSource } from '../../core/log/ledger-source.ts';
import { openCheckpoint, type SignedCheckpoint } from '../../core/log/open-checkpoint.ts';
import { VerifiedTree } from '../../core/log/tile-reader.ts';
import { policyKeys, type WitnessPolicy } from '../../core/log/witness-policy.ts';
import { makeFolderSource } from '../ledger/folder-source.ts';
import { forkEvidence, ForkError } from '../ledger/fork-error.ts';
import { escapeTerminal } from '../output/escape-terminal.ts';
import { DurableFiles } from './durable-file.ts';
import {
  formatState,
  indexFolder,
  newState,
  readMirrorState,
  stateFolder,
  type MirrorState,
} from './mirror-state.ts';
import { isOneHistory, prefixRoot } from './one-history.ts';
import type { VerifyPool } from './verify-pool.ts';

export interface MirrorRun {
  readonly folder: string;
  readonly source: RawLedgerSource;
  /** The checkpoint to follow the ledger to: its signatures were checked. */
  readonly checkpoint: SignedCheckpoint;
  /** Whose keys the checkpoints in the folder are signed with. */
  readonly policy: WitnessPolicy;
  readonly pool: VerifyPool;
  readonly clock: () => Date;
  readonly signal: AbortSignal;
  /** Entries between commits; 16 384 when left out. */
  readonly commitEntries?: number;
  /** Entries that are judged, of how many in all; the first call is before anything is. */
  readonly progress: (done: number, total: number) => void;
}

/** The folder's state, with a folder to keep it in. */
export async function openFolder({ folder, source, checkpoint, clock }: MirrorRun): Promise<MirrorState> {
  const known = readMirrorState(folder);
  if (known === undefined) {
    const names = await readdir(folder).catch(() => []);
    if (names.some((name) => name !== stateFolder)) {
      throw new TrustError('usage', `${escapeTerminal(folder)} is not empty, and is no mirror.`, {
        help: 'Name a folder that is empty or not there yet.',
      });
    }
  } else if (known.origin !== checkpoint.origin) {
    throw new TrustError(
      'usage',
      `${escapeTerminal(folder)} mirrors ${escapeTerminal(known.origin)}, and this is ${escapeTerminal(checkpoint.origin)}.`,
      { help: 'Mirror each ledger into a folder of its own.' },
    );
  }
  await mkdir(join(folder, indexFolder), { recursive: true });
  if (known !== undefined) return known;
  // From its first file on the folder says what it is: whoever is killed right after can go on.
  const state = newState(source.place, checkpoint.origin, checkpoint.note, clock());
  const { path, text } = formatState(folder, state);
  const files = new DurableFiles();
  await files.write(path, text);
  await files.syncFolders();
  return state;
}

/** The checkpoint that the folder holds; undefined when it has none yet. */
export async function ownCheckpoint({ folder, policy }: MirrorRun): Promise<SignedCheckpoint | undefined> {
  const { logs, witnesses } = policyKeys(policy);
  try {
    return await openCheckpoint(await makeFolderSource(folder).checkpoint(), logs, witnesses);
  } catch (error) {
    if (isTrustError(error, 'not-found')) return undefined;
    throw error;
  }
}

/** Throws ForkError unless the new checkpoint continues what is in the folder; true when it is behind that. */
export async function checkHistory(run: MirrorRun, state: MirrorState): Promise<boolean> {
  const { checkpoint, policy, source, folder, clock } = run;
  const { logs, witnesses } = policyKeys(policy);
  const fork = async (known: SignedCheckpoint): Promise<ForkError> => {
    const at = clock();
    const file = join(folder, stateFolder, `evidence-${known.size}-${checkpoint.size}-${at.getTime()}.txt`);
    await new DurableFiles().write(file, forkEvidence(known, checkpoint, at));
    return new ForkError(known, checkpoint, file);
  };
  const own = await ownCheckpoint(run);
  if (own !== undefined && checkpoint.size < own.size) {
    if (!(await isOneHistory(checkpoint, own, makeFolderSource(folder)))) throw await fork(own);
    return true;
  }
  const working = state.tree.size === 0 ? undefined : await openCheckpoint(state.note, logs, witnesses);
  for (const known of [own, working]) {
    if (known === undefined || known.note === checkpoint.note) continue;
    // What was begun under a larger checkpoint is continued when the ledger shows that one again.
    if (checkpoint.size < known.size) return true;
    if (!(await isOneHistory(known, checkpoint, source))) throw await fork(known);
  }
  if (state.tree.size === 0) return false;
  const root = await prefixRoot(new VerifiedTree(checkpoint, source), state.tree.size);
  if (compareBytes(root, fromBase64(state.tree.root)) === 0) return false;
  throw new TrustError('ledger-corrupt', `The state of the mirror in ${escapeTerminal(folder)} is damaged.`, {
    help: 'Its entries and its checkpoint contradict each other. Check it with trust-check log fsck, or mirror into an empty folder.',
  });
}
