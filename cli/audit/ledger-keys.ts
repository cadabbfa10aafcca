// Whose signatures the monitor asks for: the policy that the person configured, or the keys that are pinned for this place
// since its first use (cli/ledger/pinned-keys.ts), which may be followed by newer ones that they have named.

import { TrustError } from '../../core/errors.ts';
import type { LedgerSource } from '../../core/log/ledger-source.ts';
import { formatVerifierKey } from '../../core/log/note-key.ts';
import { openCheckpoint, type SignedCheckpoint } from '../../core/log/open-checkpoint.ts';
import { policyKeys, policyOfLogs, type WitnessPolicy } from '../../core/log/witness-policy.ts';
import type { Io } from '../io.ts';
import { PinnedKeys, type Pins } from '../ledger/pinned-keys.ts';
import { escapeTerminal } from '../output/escape-terminal.ts';

export interface OpenedCheckpoint {
  readonly checkpoint: SignedCheckpoint;
  readonly policy: WitnessPolicy;
}

/**
 * Opens a checkpoint that a source has handed out. The quorum of witnesses is not asked for yet, so that a fork without
 * cosignatures is still one. Throws note-invalid, signature-missing and signature-invalid, and on first use what the
 * source throws.
 */
export type OpenServed = (source: LedgerSource, note: string) => Promise<OpenedCheckpoint>;

/** Opens under a configured policy, or under pinned keys where there is none; `tell` hears of keys that are pinned. */
export function servedOpener(
  io: Io,
  policy: WitnessPolicy | undefined,
  tell: (line: string) => void,
): OpenServed {
  return async (source, note) => {
    if (policy !== undefined) {
      const { logs, witnesses } = policyKeys(policy);
      return { checkpoint: await openCheckpoint(note, logs, witnesses), policy };
    }
    const pinned = new PinnedKeys(io, source.place);
    const pins = (await pinned.read()) ?? (await pinFirst(pinned, source, note, tell));
    const checkpoint = await openCheckpoint(note, pins.keys);
    const added = await pinned.extend(source, checkpoint, pins);
    if (added.length > 0) tell(`The log names new keys, which are pinned too: ${shown(added)}`);
    return { checkpoint, policy: policyOfLogs([...pins.keys, ...added]) };
  };
}

async function pinFirst(
  pinned: PinnedKeys,
  source: LedgerSource,
  note: string,
  tell: (line: string) => void,
): Promise<Pins> {
  const isFirst = await pinned.pinFirst(source, note);
  const pins = await pinned.read();
  if (pins === undefined) throw new TrustError('internal', 'What was pinned is gone');
  if (isFirst)
    tell(`First use of ${escapeTerminal(source.place)}: its log key is pinned: ${shown(pins.keys)}`);
  return pins;
}

function shown(keys: Pins['keys']): string {
  return keys.map((key) => escapeTerminal(formatVerifierKey(key))).join(' and ');
}
