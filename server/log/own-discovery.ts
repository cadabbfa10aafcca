// What the log says of itself: its origin, its keys and the witnesses that it asks, from its key file and its policy file.

import { readFileSync } from 'node:fs';
import type { Discovery } from '../../core/api/ledger.ts';
import { TrustError } from '../../core/errors.ts';
import { formatWitnessPolicy } from '../../core/log/format-witness-policy.ts';
import { signKeyNotice } from '../../core/log/key-notice.ts';
import { formatVerifierKey, type VerifierKey } from '../../core/log/note-key.ts';
import { parseWitnessPolicy, policyOfLogs, type WitnessPolicy } from '../../core/log/witness-policy.ts';
import type { Queryable } from '../../db/database.ts';
import { readFreeze } from '../../db/log-freeze.ts';
import { readHead } from '../../db/log-head.ts';
import type { LogConfig } from '../config.ts';
import { openLogKeys, type LogKeys } from './log-keys.ts';

/** The witnesses of a policy file, beside our own keys; whatever `log` lines it has are for others. Throws config-invalid. */
export function readOwnPolicy(file: string | undefined, keys: readonly VerifierKey[]): WitnessPolicy {
  if (file === undefined) return policyOfLogs(keys);
  try {
    return { ...parseWitnessPolicy(readFileSync(file, 'utf8')), logs: policyOfLogs(keys).logs };
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new TrustError('config-invalid', `LOG_WITNESS_POLICY: ${file}: ${reason}`, {
      help: 'Name a readable file in the format of C2SP tlog-policy, with lines witness, group and quorum.',
      cause,
    });
  }
}

/** The discovery of a log that is not frozen. */
export async function makeDiscovery(
  origin: string,
  keys: LogKeys,
  policy: WitnessPolicy,
  refreshSeconds: number,
): Promise<Discovery> {
  const signing = keys.signers.map(({ key }) => key);
  return {
    schema: 1,
    origin,
    keys: signing.map(formatVerifierKey),
    ...(keys.retired.length > 0 && { retiredKeys: keys.retired.map(formatVerifierKey) }),
    // Clients that know only an older key follow a rotation by this notice.
    keyNotice: await signKeyNotice(origin, signing, keys.signers),
    policy: formatWitnessPolicy(policy),
    refreshSeconds,
  };
}

/**
 * The discovery of a log that has started before, without starting it. Throws not-found when it never has, config-invalid
 * when its keys or its policy can't be read.
 */
export async function readDiscovery(db: Queryable, config: LogConfig): Promise<Discovery> {
  const { origin } = await readHead(db);
  if (origin === undefined) {
    throw new TrustError('not-found', 'The log of this ledger has not started yet', {
      help: 'Start the service once.',
    });
  }
  const keys = await openLogKeys({ file: config.keyFile, origin, mustExist: true, warn: () => undefined });
  const own = keys.signers.map(({ key }) => key);
  const policy = readOwnPolicy(config.witnessPolicy, own);
  const frozen = await readFreeze(db);
  return {
    ...(await makeDiscovery(origin, keys, policy, config.refreshSeconds)),
    ...(frozen !== undefined && { frozen: frozen.note }),
  };
}
