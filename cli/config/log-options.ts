// The options that say how the ledger's log is checked, and reading what they name.
//
//   --log-policy FILE   TRUST_CHECK_LOG_POLICY   log-policy:    a C2SP tlog-policy: keys of the log, witnesses, quorum
//   --log-key VKEY      TRUST_CHECK_LOG_KEY      log-key:       keys of the log alone
//   --no-log-check      TRUST_CHECK_LOG_CHECK=0                 not at all; not in the file, which others may have written
//
// A policy goes before keys, wherever they are set. Without either, keys are trusted on first use.

import { z } from 'zod';
import { isTrustError, TrustError } from '../../core/errors.ts';
import { parseVerifierKey } from '../../core/log/note-key.ts';
import { parseWitnessPolicy, policyOfLogs, type WitnessPolicy } from '../../core/log/witness-policy.ts';
import type { OptionSpec } from '../command-spec.ts';
import type { Io } from '../io.ts';
import { escapeTerminal } from '../output/escape-terminal.ts';
import { readTextBounded } from '../read-bounded.ts';
import type { Layer, Setting } from './layers.ts';
import { readSwitch } from './policy-options.ts';

export const logOptions: readonly OptionSpec[] = [
  {
    flags: '--log-policy <file>',
    description: 'keys, witnesses and quorum of the log, as a tlog-policy (TRUST_CHECK_LOG_POLICY)',
  },
  {
    flags: '--log-key <vkey>',
    description: 'verifier key of the log; repeatable (TRUST_CHECK_LOG_KEY). Else: pinned on first use',
    repeat: true,
  },
  { flags: '--no-log-check', description: 'do not check the log of the ledger (TRUST_CHECK_LOG_CHECK=0)' },
];

const schema = z.object({
  logPolicy: z.string().optional(),
  logKey: z.array(z.string()).optional(),
  logCheck: z.boolean().default(true),
});
const maxPolicyBytes = 1024 * 1024;

/** How the log is checked. */
export interface LogSettings {
  readonly check: boolean;
  /** Path of a tlog-policy. */
  readonly policyFile: string | undefined;
  /** Verifier keys; not looked at when there is a policy. */
  readonly keys: readonly string[];
}

/** Paths of the settings, as layers and `config show` name them. */
export const logSettingPaths = ['log-policy', 'log-key', 'log-check'] as const;

/** The layers that flags and environment make. Throws usage. */
export function logLayers(options: Readonly<Record<string, unknown>>, env: Io['env']): Layer[] {
  const { logPolicy, logKey, logCheck } = schema.parse(options);
  const flags = layer([
    ['log-policy', logPolicy, '--log-policy'],
    ['log-key', logKey, '--log-key'],
    ['log-check', logCheck ? undefined : false, '--no-log-check'],
  ]);
  const file = nonEmpty(env['TRUST_CHECK_LOG_POLICY']);
  const keys = nonEmpty(env['TRUST_CHECK_LOG_KEY'])?.split(/\s+/).filter(Boolean);
  const checked = nonEmpty(env['TRUST_CHECK_LOG_CHECK']);
  const check = checked === undefined ? undefined : readSwitch('TRUST_CHECK_LOG_CHECK', checked);
  return [
    flags,
    layer([
      ['log-policy', file, 'TRUST_CHECK_LOG_POLICY'],
      ['log-key', keys, 'TRUST_CHECK_LOG_KEY'],
      ['log-check', check, 'TRUST_CHECK_LOG_CHECK'],
    ]),
  ];
}

/** What merged settings say of the log. */
export function logSettings(settings: ReadonlyMap<string, Setting>): LogSettings {
  const file = settings.get('log-policy')?.value;
  const keys = settings.get('log-key')?.value;
  return {
    check: settings.get('log-check')?.value !== false,
    policyFile: typeof file === 'string' ? file : undefined,
    keys: Array.isArray(keys) ? keys.map(String) : [],
  };
}

/** The configured policy; undefined when keys are to be trusted on first use. Throws config-invalid and usage. */
export async function configuredPolicy(
  { policyFile, keys }: LogSettings,
  resolvePath: (path: string) => string,
): Promise<WitnessPolicy | undefined> {
  try {
    if (policyFile !== undefined) {
      const policy = parseWitnessPolicy(await readTextBounded(resolvePath(policyFile), maxPolicyBytes));
      if (policy.logs.length > 0) return policy;
      throw new TrustError('config-invalid', `The log policy ${escapeTerminal(policyFile)} names no log.`, {
        help: 'It takes a line: log <verifier key>.',
      });
    }
    if (keys.length === 0) return undefined;
    const parsed = keys.map(parseVerifierKey);
    if (parsed.every(({ type }) => type !== 'cosignature')) return policyOfLogs(parsed);
    throw new TrustError('config-invalid', 'A log key of the settings is one of a witness.', {
      help: 'Name witnesses in a file with --log-policy.',
    });
  } catch (error) {
    if (!isTrustError(error, 'note-invalid')) throw error;
    const where = policyFile === undefined ? '' : `${escapeTerminal(policyFile)}: `;
    throw new TrustError('config-invalid', `${where}${error.message}`, {
      ...(error.help !== undefined && { help: error.help }),
      cause: error,
    });
  }
}

function layer(rows: readonly (readonly [path: string, value: unknown, origin: string])[]): Layer {
  const given = rows.filter(([, value]) => value !== undefined);
  const origins = new Map(given.map(([path, , origin]) => [path, origin]));
  return {
    values: new Map(given.map(([path, value]) => [path, value])),
    origin: (path) => origins.get(path) ?? '',
  };
}

function nonEmpty(value: string | undefined): string | undefined {
  return value === undefined || value.trim() === '' ? undefined : value.trim();
}
