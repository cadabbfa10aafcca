// Which logs a witness signs for: verifier keys on the command line, or the `log` lines of a policy file (C2SP tlog-policy).

import { TrustError, isTrustError } from '../../core/errors.ts';
import { parseVerifierKey, type VerifierKey } from '../../core/log/note-key.ts';
import { parseWitnessPolicy } from '../../core/log/witness-policy.ts';
import { escapeTerminal } from '../output/escape-terminal.ts';
import { readTextBounded } from '../read-bounded.ts';

const maxPolicyBytes = 1024 * 1024;

/** Trusted keys by origin. Throws usage when there is none or one is no log's key, config-invalid for a broken policy. */
export async function readTrustedLogs(
  vkeys: readonly string[],
  policyFile: string | undefined,
): Promise<ReadonlyMap<string, readonly VerifierKey[]>> {
  const keys = [...vkeys.map(readLogKey), ...(policyFile === undefined ? [] : await readPolicy(policyFile))];
  if (keys.length === 0) {
    throw new TrustError('usage', 'A witness needs at least one log: --log VKEY, or --log-policy FILE', {
      help: 'A ledger names its verifier key under /.well-known/trust-ledger. Get it by a way that you trust.',
    });
  }
  const logs = new Map<string, VerifierKey[]>();
  for (const key of keys) {
    const known = logs.get(key.name) ?? [];
    if (!known.some(({ id }) => id === key.id)) known.push(key);
    logs.set(key.name, known);
  }
  return logs;
}

function readLogKey(text: string): VerifierKey {
  let key: VerifierKey;
  try {
    key = parseVerifierKey(text);
  } catch (cause) {
    const why = isTrustError(cause) ? cause.message : 'it can not be read';
    throw new TrustError('usage', `--log ${escapeTerminal(text.slice(0, 80))}: ${why}`, { cause });
  }
  if (key.type === 'cosignature')
    throw new TrustError('usage', `--log ${key.name}: this is the key of a witness`);
  return key;
}

async function readPolicy(path: string): Promise<VerifierKey[]> {
  const text = await readTextBounded(path, maxPolicyBytes);
  try {
    return parseWitnessPolicy(text).logs.map(({ key }) => key);
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new TrustError('config-invalid', `${escapeTerminal(path)}: ${why}`, { cause });
  }
}
