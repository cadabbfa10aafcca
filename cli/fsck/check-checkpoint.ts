// The checkpoint of a ledger, byte for byte: its signatures, and lines that nearly are those of keys that are known.

import { toHex } from '../../core/bytes.ts';
import { TrustError, type ErrorCode } from '../../core/errors.ts';
import { parseCheckpoint, type Checkpoint } from '../../core/log/checkpoint.ts';
import type { VerifierKey } from '../../core/log/note-key.ts';
import { parseNote } from '../../core/log/note.ts';
import { openCheckpoint } from '../../core/log/open-checkpoint.ts';
import { checkQuorum, policyKeys, type WitnessPolicy } from '../../core/log/witness-policy.ts';
import type { FindingList } from './finding.ts';

export interface CheckedCheckpoint {
  readonly checkpoint: Checkpoint;
  /** Whether a key of the log has signed it. */
  readonly isSigned: boolean;
  /** Signatures of keys that nothing here names: nobody can check those. */
  readonly unknown: number;
}

/** Checks a note; undefined when not even its text can be read. */
export async function checkCheckpoint(
  note: string,
  policy: WitnessPolicy,
  findings: FindingList,
): Promise<CheckedCheckpoint | undefined> {
  const add = (error: unknown): void => {
    if (!(error instanceof TrustError)) throw error;
    findings.add('checkpoint', undefined, error.code, error.message);
  };
  const { logs, witnesses } = policyKeys(policy);
  let isSigned = false;
  try {
    const opened = await openCheckpoint(note, logs, witnesses);
    isSigned = true;
    checkQuorum(policy, opened);
  } catch (error) {
    add(error);
  }
  let unknown = 0;
  try {
    const { text, signatures } = parseNote(note);
    const known = [...logs, ...witnesses];
    for (const { name, keyId } of signatures) {
      const like = known.find((key) => key.name === name || key.id === keyId);
      if (like === undefined) unknown++;
      else if (isSigned && !known.some((key) => key.name === name && key.id === keyId)) {
        findings.add('checkpoint', undefined, 'signature-invalid' satisfies ErrorCode, nearlyMessage(like));
      }
    }
    return { checkpoint: parseCheckpoint(text), isSigned, unknown };
  } catch (error) {
    if (isSigned) add(error);
    return undefined;
  }
}

function nearlyMessage({ name, id, publicKey }: VerifierKey): string {
  return `A signature line is nearly that of ${name}+${id} (key ${toHex(publicKey).slice(0, 8)}…), with another name or key id.`;
}
