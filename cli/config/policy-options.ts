// The flags and environment variables that change the policy, in one table: name of the flag, of the variable, and the
// setting that both write.

import { z } from 'zod';
import { levels, ratings } from '../../core/statement/levels.ts';
import type { OptionSpec } from '../command-spec.ts';
import { TrustError } from '../../core/errors.ts';
import type { Io } from '../io.ts';
import { escapeTerminal } from '../output/escape-terminal.ts';
import type { Layer } from './layers.ts';

interface PolicyOption {
  readonly flag: string;
  readonly value: string;
  readonly variable: string;
  readonly path: string;
  readonly description: string;
  readonly choices?: readonly string[];
}

const numeric = (flag: string, variable: string, path: string, description: string): PolicyOption => ({
  flag,
  value: 'n',
  variable,
  path,
  description,
});
const word = (
  flag: string,
  variable: string,
  path: string,
  description: string,
  choices: readonly string[],
): PolicyOption => ({ flag, value: 'level', variable, path, description, choices });

const table: readonly PolicyOption[] = [
  word('trust', 'TRUST', 'require.trust', 'least trust in a reviewer', levels),
  word('thoroughness', 'THOROUGHNESS', 'require.thoroughness', 'least thoroughness of a review', levels),
  word('understanding', 'UNDERSTANDING', 'require.understanding', 'least understanding of a review', levels),
  word('rating', 'RATING', 'require.rating', 'least rating of a review', ratings),
  numeric('redundancy', 'REDUNDANCY', 'require.redundancy', 'how many independent reviewers'),
  numeric('depth', 'DEPTH', 'trust-costs.max', 'how far the web of trust reaches (20)'),
  numeric('high-cost', 'HIGH_COST', 'trust-costs.high', 'distance of an edge of high trust (0)'),
  numeric('medium-cost', 'MEDIUM_COST', 'trust-costs.medium', 'of medium trust (1)'),
  numeric('low-cost', 'LOW_COST', 'trust-costs.low', 'of low trust (5)'),
  numeric('none-cost', 'NONE_COST', 'trust-costs.none', 'of no trust (21)'),
  numeric('distrust-cost', 'DISTRUST_COST', 'trust-costs.distrust', 'of distrust (21)'),
];

/** For check, explain and config show. */
export const policyOptions: readonly OptionSpec[] = [
  {
    flags: '--root <id>',
    description: 'an identity or reviewer set to trust, instead of those of the policy; repeatable',
    repeat: true,
  },
  { flags: '--add-root <id>', description: 'the same, beside those of the policy; repeatable', repeat: true },
  ...table.map(({ flag, value, description, choices }) => ({
    flags: `--${flag} <${value}>`,
    description,
    ...(choices !== undefined && { choices }),
  })),
  { flags: '--strict', description: 'an input without a usable digest breaks the policy (default)' },
  { flags: '--no-strict', description: 'such an input is only reported' },
  { flags: '--crev-compatible', description: "crev's own rules; other flags still apply on top" },
  { flags: '--config <file>', description: 'this policy file and no other (TRUST_CHECK_CONFIG)' },
];

const text = z.string().optional();
const many = z.array(z.string()).optional();
const flagsSchema = z.object({
  root: many,
  addRoot: many,
  strict: z.boolean().optional(),
  crevCompatible: z.boolean().optional(),
  config: text,
  server: text,
});

export interface PolicyFlags {
  readonly layer: Layer;
  readonly addRoots: readonly string[];
  readonly crevCompatible: boolean | undefined;
  readonly config: string | undefined;
}

/** The layer that the flags make. */
export function flagsLayer(options: Readonly<Record<string, unknown>>): PolicyFlags {
  const flags = flagsSchema.parse(options);
  const values = new Map<string, unknown>();
  const origins = new Map<string, string>();
  const put = (path: string, value: unknown, origin: string): void => {
    values.set(path, value);
    origins.set(path, origin);
  };
  if (flags.server !== undefined) put('server', flags.server, '--server');
  if (flags.root !== undefined) put('roots', flags.root, '--root');
  if (flags.strict !== undefined) {
    put('rules.unverifiable', flags.strict ? 'fail' : 'report', flags.strict ? '--strict' : '--no-strict');
  }
  for (const option of table) {
    const value = options[camel(option.flag)];
    if (typeof value === 'string')
      put(option.path, convert(option, value, `--${option.flag}`), `--${option.flag}`);
  }
  return {
    layer: { values, origin: (path) => origins.get(path) ?? '' },
    addRoots: flags.addRoot ?? [],
    crevCompatible: flags.crevCompatible,
    config: flags.config,
  };
}

/** The layer that the environment makes: TRUST_CHECK_SERVER, _ROOTS (separated by commas or spaces), _STRICT, … */
export function environmentLayer(env: Io['env']): Layer {
  const values = new Map<string, unknown>();
  const origins = new Map<string, string>();
  const put = (path: string, variable: string, read: (value: string) => unknown): void => {
    const name = `TRUST_CHECK_${variable}`;
    const value = env[name];
    if (value === undefined || value === '') return;
    values.set(path, read(value));
    origins.set(path, name);
  };
  put('server', 'SERVER', (value) => value);
  put('roots', 'ROOTS', (value) => value.split(/[\s,]+/).filter((part) => part !== ''));
  put('rules.unverifiable', 'STRICT', (value) =>
    readSwitch('TRUST_CHECK_STRICT', value) ? 'fail' : 'report',
  );
  for (const option of table) {
    put(option.path, option.variable, (value) => convert(option, value, `TRUST_CHECK_${option.variable}`));
  }
  return { values, origin: (path) => origins.get(path) ?? '' };
}

/** A switch in the environment; throws usage for a word that is neither. */
export function readSwitch(name: string, value: string): boolean {
  if (/^(?:1|true|yes|on)$/i.test(value)) return true;
  if (/^(?:0|false|no|off)$/i.test(value)) return false;
  throw new TrustError('usage', `${name} is ${escapeTerminal(value)}, and takes 1 or 0.`);
}

function convert(option: PolicyOption, value: string, origin: string): unknown {
  if (option.choices !== undefined) {
    if (option.choices.includes(value)) return value;
    throw new TrustError(
      'usage',
      `${origin} is ${escapeTerminal(value)}, and takes ${option.choices.join(', ')}.`,
    );
  }
  if (/^\d{1,7}$/.test(value)) return Number(value);
  throw new TrustError('usage', `${origin} is ${escapeTerminal(value)}, and takes a whole number.`);
}

function camel(name: string): string {
  return name.replace(/-([a-z])/g, (_, letter: string) => letter.toUpperCase());
}
