// Options that every command takes, before or after its name.

import { z } from 'zod';
import { logOptions } from './config/log-options.ts';
import { mirrorOption } from './config/mirror-option.ts';
import { outputFormats, type OptionSpec } from './command-spec.ts';
import { colorModes } from './output/paint.ts';
import type { Verbosity } from './output/terminal.ts';

export const globalOptions: readonly OptionSpec[] = [
  { flags: '--server <url>', description: 'address of the ledger (TRUST_CHECK_SERVER)' },
  mirrorOption,
  ...logOptions,
  {
    flags: '--format <format>',
    description: 'how results are written (TRUST_CHECK_FORMAT)',
    choices: outputFormats,
  },
  { flags: '--json', description: 'short for --format json' },
  { flags: '--color <when>', description: 'colours: also NO_COLOR and FORCE_COLOR', choices: colorModes },
  {
    flags: '--timeout <seconds>',
    description: 'how long the server may be silent (TRUST_CHECK_TIMEOUT; 60)',
  },
  { flags: '-q, --quiet', description: 'only results and errors' },
  { flags: '-v, --verbose', description: 'also what is in order' },
  { flags: '--debug', description: 'also each request, and where an error came from' },
];

const schema = z.object({
  server: z.string().optional(),
  format: z.enum(outputFormats).optional(),
  json: z.boolean().optional(),
  color: z.enum(colorModes).default('auto'),
  timeout: z.coerce
    .number('--timeout takes a number of seconds.')
    .positive('--timeout takes a number of seconds above 0.')
    .max(86_400, '--timeout is at most a day.')
    .optional(),
  quiet: z.boolean().optional(),
  verbose: z.boolean().optional(),
  debug: z.boolean().optional(),
});
export type GlobalOptions = z.output<typeof schema>;

/** Checks the values of the global options; throws ZodError. */
export function readGlobalOptions(values: unknown): GlobalOptions {
  return schema.parse(values);
}

/** The loudest of the flags that were given. */
export function verbosityOf(options: GlobalOptions): Verbosity {
  if (options.debug === true) return 'debug';
  if (options.verbose === true) return 'verbose';
  return options.quiet === true ? 'quiet' : 'normal';
}
