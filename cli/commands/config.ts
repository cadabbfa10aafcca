// trust-check config show: what applies here, and where it comes from.

import { z } from 'zod';
import type { CommandSpec } from '../command-spec.ts';
import { policyOptions } from '../config/policy-options.ts';
import { resolveSettings } from '../config/settings.ts';
import { exitCodes } from '../exit-codes.ts';
import { escapeTerminal } from '../output/escape-terminal.ts';
import { jsonText } from '../output/json-text.ts';

const schema = z.object({ origin: z.boolean().default(false) });

const show: CommandSpec = {
  name: 'show',
  arguments: [],
  summary: 'print every setting that applies in this folder',
  description:
    'Prints the ledger and the policy as a check here would use them. Flags come before TRUST_CHECK_* variables, those ' +
    'before the nearest trust-check.yaml upwards (up to the root of the repository), and that before your own file, ' +
    '~/.config/trust-check/trust-check.yaml.',
  examples: [['trust-check config show --origin', 'also say where each setting comes from']],
  options: [{ flags: '--origin', description: 'say where each setting comes from' }, ...policyOptions],
  async run(context, _args, options) {
    const { origin } = schema.parse(options);
    const { all } = await resolveSettings(context, options);
    const { terminal } = context;
    if (context.format === 'json') {
      const settings = [...all].map(([name, setting]) => ({ name, ...setting }));
      terminal.print(jsonText({ schema: 1, settings }));
      return exitCodes.met;
    }
    const rows = [...all].map(([name, setting]) => {
      const value = typeof setting.value === 'string' ? setting.value : JSON.stringify(setting.value);
      return { text: `${name}: ${escapeTerminal(value)}`, origin: escapeTerminal(setting.origin) };
    });
    const width = Math.min(60, Math.max(...rows.map(({ text }) => text.length)));
    for (const row of rows) {
      terminal.print(origin ? `${row.text.padEnd(width)}  ${terminal.paint('dim', row.origin)}` : row.text);
    }
    return exitCodes.met;
  },
};

export const configCommand: CommandSpec = {
  name: 'config',
  arguments: [],
  summary: 'what applies here: config show',
  description: 'The settings that apply in this folder.',
  examples: [['trust-check config show --origin', 'every setting and where it comes from']],
  options: [],
  children: [show],
  run: () => Promise.resolve(exitCodes.usage),
};
