// Answers that are none, or wrong: what goes on while a ledger is silent, holds back what its checkpoint vouches for, or
// hands out what does not belong to it.
//
// Messages are written here and not taken from the transport, whose words may name addresses and folders of this machine.

import { isTrustError, type ErrorCode, type TrustError } from '../../core/errors.ts';
import type { Found } from './conditions.ts';

/** How long a smaller log, or withheld data, is taken for a replica that lags, in milliseconds. */
export const patienceMs = 5 * 60 * 1000;

/** Longest note that an event carries, in UTF-16 units. */
const maxNote = 256 * 1024;

const silences: readonly ErrorCode[] = [
  'network',
  'server-answer',
  'not-found',
  'unavailable',
  'rate-limited',
  'internal',
];

/** Whether an error says that there was no usable answer, rather than a wrong one. */
export function isSilence(error: unknown): error is TrustError {
  return isTrustError(error) && silences.includes(error.code);
}

/** A checkpoint that does not hold. `note` is what was handed out. */
export function foundInvalid({ code, message }: TrustError, note: string): Found {
  return {
    severity: 'alarm',
    message: `The checkpoint does not hold: ${message}`,
    key: code,
    fields: () => ({ kind: 'checkpoint-invalid', code, note: note.slice(0, maxNote) }),
  };
}

/** Tiles or bundles that do not lead to the checkpoint's root. */
function foundWrongTree({ code, message }: TrustError, size: number): Found {
  return {
    severity: 'alarm',
    message: `What is handed out is not the tree of ${size} entries that was signed: ${message}`,
    key: code,
    fields: () => ({ kind: 'tree-invalid', code, size }),
  };
}

/** Something that the checkpoint vouches for is not handed out; an alarm once it has been so for long. */
function foundWithheld({ code }: TrustError, size: number, isLong: boolean): Found {
  return {
    severity: isLong ? 'alarm' : 'warning',
    message: `Not everything that the checkpoint of ${size} entries vouches for is handed out (${code}).`,
    key: 'withheld',
    fields: (since) => ({ kind: 'withheld', code, size, since }),
  };
}

/** No usable answer at all. */
export function foundUnreachable({ code }: TrustError): Found {
  return {
    severity: 'warning',
    message: `The ledger gives no usable answer (${code}).`,
    key: 'unreachable',
    fields: (since) => ({ kind: 'unreachable', code, since }),
  };
}

/**
 * What it means that reading the tree failed; undefined for an error that says nothing of what was handed out. `began` is
 * since when something is withheld.
 */
export function foundFailure(
  error: unknown,
  size: number,
  now: Date,
  began: Date | undefined,
): Found | undefined {
  if (isTrustError(error, 'proof-invalid')) return foundWrongTree(error, size);
  if (!isSilence(error) || error.code === 'network') return undefined;
  return foundWithheld(error, size, began !== undefined && now.getTime() - began.getTime() >= patienceMs);
}
