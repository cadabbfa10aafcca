// What this machine knows of a ledger, and moving on from it: the keys, and the last checkpoint that was seen.
//
// Every use gets the newest checkpoint, checks its signatures, and requires that it and the last one seen are two states of
// one history: the smaller has to be the beginning of the larger, by the larger one's own tiles. What is smaller than what
// was seen is accepted, from a copy that lags; it is never stored. A contradiction is a ForkError, with both signed notes.

import { isTrustError, TrustError } from '../../core/errors.ts';
import type { LedgerSource } from '../../core/log/ledger-source.ts';
import { openCheckpoint, type SignedCheckpoint } from '../../core/log/open-checkpoint.ts';
import { checkQuorum, policyKeys, policyOfLogs, type WitnessPolicy } from '../../core/log/witness-policy.ts';
import type { Io } from '../io.ts';
import { escapeTerminal } from '../output/escape-terminal.ts';
import { changedKeys, firstUse, rotated, withheld } from './ledger-words.ts';
import { requireOneHistory } from './one-history.ts';
import { PinnedKeys } from './pinned-keys.ts';
import { SeenCheckpoints, type SeenNote } from './seen-checkpoints.ts';
import { ledgersFolder } from './state-folder.ts';

/** How a checkpoint stands to the last one that was seen before. */
export type Relation = 'first' | 'same' | 'grown' | 'older';

export interface AdvancedCheckpoint extends SignedCheckpoint {
  readonly relation: Relation;
  /** Size of the last one seen before; undefined when this is the first. */
  readonly knownSize: number | undefined;
}

export interface KnownLedger {
  /** The configured policy, or the pinned keys; undefined before the first use. */
  policy(): Promise<WitnessPolicy | undefined>;
  /**
   * Gets the newest checkpoint and moves on to it. Throws ForkError; signature-missing, signature-invalid, note-invalid and
   * cosignatures-missing for a checkpoint that does not hold; proof-invalid for tiles that do not; ledger-rolled-back when
   * a smaller one can't be compared with the last one seen; config-invalid for a state folder that can't be used; and what
   * the source throws.
   */
  advance(source: LedgerSource): Promise<AdvancedCheckpoint>;
  /** The same for a checkpoint that came otherwise, as with a receipt; `source` gives the tiles. Throws like advance. */
  accept(note: string, source: LedgerSource): Promise<AdvancedCheckpoint>;
}

const maxTries = 50;

/**
 * The ledger at a place (an address or a folder). `policy` is what the person configured; without it keys are pinned on
 * first use. `tell` gets what the person should hear once.
 */
export function openKnownLedger(
  io: Io,
  place: string,
  policy: WitnessPolicy | undefined,
  tell: (line: string) => void,
): KnownLedger {
  const pinned = new PinnedKeys(io, place);
  const accept = async (note: string, source: LedgerSource): Promise<AdvancedCheckpoint> => {
    const { checkpoint, applied } =
      policy === undefined
        ? await openPinned(pinned, source, note, tell)
        : { checkpoint: await openUnder(policy, note), applied: policy };
    return moveOn(io, applied, checkpoint, source);
  };
  return {
    async policy() {
      if (policy !== undefined) return policy;
      const pins = await pinned.read();
      return pins && policyOfLogs(pins.keys);
    },
    async advance(source) {
      const note = await source.checkpoint().catch((error: unknown) => {
        throw isTrustError(error, 'not-found') ? withheld(source, error) : error;
      });
      return accept(note, source);
    },
    accept,
  };
}

async function openUnder(policy: WitnessPolicy, note: string): Promise<SignedCheckpoint> {
  const { logs, witnesses } = policyKeys(policy);
  const checkpoint = await openCheckpoint(note, logs, witnesses);
  checkQuorum(policy, checkpoint);
  return checkpoint;
}

async function openPinned(
  pinned: PinnedKeys,
  source: LedgerSource,
  note: string,
  tell: (line: string) => void,
): Promise<{ checkpoint: SignedCheckpoint; applied: WitnessPolicy }> {
  let pins = await pinned.read();
  if (pins === undefined) {
    const isFirst = await pinned.pinFirst(source, note);
    pins = await pinned.read();
    if (pins === undefined) throw new TrustError('internal', 'What was pinned is gone');
    if (isFirst) tell(firstUse(source, pins.keys));
  }
  const { origin, keys } = pins;
  const checkpoint = await openCheckpoint(note, keys).catch((error: unknown) => {
    throw isTrustError(error, 'signature-missing') ? changedKeys(pinned, source, keys, error) : error;
  });
  const added = await pinned.extend(source, checkpoint, pins);
  if (added.length > 0) tell(rotated(origin, added));
  const all = [...keys, ...added];
  return {
    checkpoint: added.length === 0 ? checkpoint : await openCheckpoint(note, all),
    applied: policyOfLogs(all),
  };
}

async function moveOn(
  io: Io,
  policy: WitnessPolicy,
  checkpoint: SignedCheckpoint,
  source: LedgerSource,
): Promise<AdvancedCheckpoint> {
  const { logs } = policyKeys(policy);
  const ofLog = logs.filter(({ name }) => name === checkpoint.origin);
  const signers = new Set(checkpoint.signatures.map(({ key }) => key));
  let first: { relation: Relation; knownSize: number | undefined } | undefined;
  for (let tries = 0; tries < maxTries; tries++) {
    const seen = ofLog.map((key) => ({ key, store: new SeenCheckpoints(ledgersFolder(io), key) }));
    let largest: number | undefined;
    let isStored = true;
    for (const { key, store } of seen) {
      const last = await store.newest();
      const known = last && (await openSeen(last, policy));
      if (known !== undefined) {
        await requireOneHistory(io, store.folder, known, checkpoint, source);
        largest = Math.max(largest ?? 0, known.size);
      }
      if (!signers.has(key) || (known !== undefined && known.size >= checkpoint.size)) continue;
      isStored &&= await store.store(checkpoint.note, last?.generation ?? 0);
    }
    first ??= { relation: relationOf(largest, checkpoint.size), knownSize: largest };
    // Another process has stored one meanwhile: that one has to agree as well.
    if (isStored) return { ...checkpoint, ...first };
  }
  throw new TrustError('config-invalid', `Too many processes use ${ledgersFolder(io)} at once.`);
}

/** What was stored here was signed; a file that says otherwise was damaged, and is no reason to forget it silently. */
async function openSeen(seen: SeenNote, policy: WitnessPolicy): Promise<SignedCheckpoint> {
  const { logs, witnesses } = policyKeys(policy);
  try {
    return await openCheckpoint(seen.note, logs, witnesses);
  } catch (cause) {
    throw new TrustError(
      'config-invalid',
      `The last checkpoint that was seen can't be read: ${escapeTerminal(seen.file)}`,
      {
        help: 'The file was damaged. Move it away to begin anew; until then nothing says that the ledger went on from there.',
        cause,
      },
    );
  }
}

function relationOf(known: number | undefined, size: number): Relation {
  if (known === undefined) return 'first';
  if (known === size) return 'same';
  return known < size ? 'grown' : 'older';
}
