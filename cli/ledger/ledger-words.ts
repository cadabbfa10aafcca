// What is told of a ledger's keys and checkpoints, in words.

import { TrustError } from '../../core/errors.ts';
import type { LedgerSource } from '../../core/log/ledger-source.ts';
import { formatVerifierKey, type VerifierKey } from '../../core/log/note-key.ts';
import type { SignedCheckpoint } from '../../core/log/open-checkpoint.ts';
import { escapeTerminal } from '../output/escape-terminal.ts';
import type { PinnedKeys } from './pinned-keys.ts';

/** A smaller checkpoint than the one that was seen, which can't be compared with it. */
export function rolledBack(
  known: SignedCheckpoint,
  checkpoint: SignedCheckpoint,
  file: string | undefined,
  cause: unknown,
): TrustError {
  return new TrustError(
    'ledger-rolled-back',
    `The log ${known.origin} had ${known.size} entries when it was last seen here, and now shows ${checkpoint.size}, without what would prove that they are the first of those.`,
    {
      help:
        'Either this server lags or was set back, or it hides entries. Try again later or ask another copy. ' +
        (file === undefined ? '' : `Both signed notes are kept in ${file}.`),
      cause,
    },
  );
}

/** No checkpoint at all. */
export function withheld(source: LedgerSource, cause: unknown): TrustError {
  return new TrustError('server-answer', `${escapeTerminal(source.place)} hands out no checkpoint.`, {
    help: 'Without a signed checkpoint nothing it answers can be checked against its log. Try again later; --no-log-check leaves that unchecked.',
    cause,
  });
}

/** A checkpoint without a signature by a pinned key. */
export function changedKeys(
  pinned: PinnedKeys,
  source: LedgerSource,
  keys: readonly VerifierKey[],
  cause: TrustError,
): TrustError {
  const known = keys.map(formatVerifierKey).join(', ');
  return new TrustError(
    'signature-missing',
    `The checkpoint of ${escapeTerminal(source.place)} is not signed by a key that is pinned for it: ${escapeTerminal(known)}.`,
    {
      help:
        'Somebody else may be answering for this ledger. If whoever runs it has announced a new key elsewhere, name that ' +
        `key with --log-key, or remove ${pinned.file} to trust on first use again.`,
      cause,
    },
  );
}

/** The one line on first use. */
export function firstUse(source: LedgerSource, keys: readonly VerifierKey[]): string {
  const shown = keys.map((key) => escapeTerminal(formatVerifierKey(key))).join(' and ');
  return `First use of ${escapeTerminal(source.place)}: its log key is pinned from now on: ${shown}`;
}

/** The one line on a rotation that was followed. */
export function rotated(origin: string, keys: readonly VerifierKey[]): string {
  const shown = keys.map((key) => escapeTerminal(formatVerifierKey(key))).join(' and ');
  return `The log ${escapeTerminal(origin)} has a new key, named by the one that was pinned, and it is pinned too: ${shown}`;
}
