// A log that says that it takes no more entries: whether its notice is signed by it, and whether it keeps to it.

import { compareBytes } from '../../core/bytes.ts';
import { isTrustError } from '../../core/errors.ts';
import type { Checkpoint } from '../../core/log/checkpoint.ts';
import { openFreezeNotice, type FreezeNotice } from '../../core/log/freeze-notice.ts';
import { formatVerifierKey } from '../../core/log/note-key.ts';
import { policyKeys, type WitnessPolicy } from '../../core/log/witness-policy.ts';
import type { Found } from './conditions.ts';

/** What a notice means beside the checkpoint that is served. */
export async function judgeFrozen(
  notice: string | undefined,
  served: Checkpoint,
  policy: WitnessPolicy,
): Promise<Found | undefined> {
  if (notice === undefined) return undefined;
  let frozen: FreezeNotice;
  try {
    frozen = await openFreezeNotice(notice, policyKeys(policy).logs);
  } catch (error) {
    if (!isTrustError(error)) throw error;
    return invalid(notice, `The notice that the log is frozen does not hold: ${error.message}`, error.code);
  }
  const { origin, size, root, successor } = frozen;
  const isKept =
    origin === served.origin &&
    served.size <= size &&
    (served.size < size || compareBytes(served.root, root) === 0);
  if (!isKept) {
    const message = `The log says that it ends at ${size} entries, and shows ${served.size} that go on otherwise.`;
    return invalid(notice, message, `${size} ${served.size}`);
  }
  return {
    severity: 'warning',
    message: `The log takes no more entries: it ends at ${size}, and ${successor.key.name} goes on${successor.url === undefined ? '' : ` at ${successor.url}`}.`,
    key: `frozen ${size}`,
    fields: () => ({
      kind: 'frozen',
      notice,
      size,
      successor: formatVerifierKey(successor.key),
      ...(successor.url !== undefined && { successorUrl: successor.url }),
    }),
  };
}

function invalid(notice: string, message: string, key: string): Found {
  return { severity: 'alarm', message, key, fields: () => ({ kind: 'frozen-invalid', notice }) };
}
