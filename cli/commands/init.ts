// trust-check init: writes a commented trust-check.yaml to start from.

import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { TrustError } from '../../core/errors.ts';
import { policySchema } from '../../core/closure/policy.ts';
import { formatPolicyFile } from '../../core/closure/policy-template.ts';
import type { CommandSpec } from '../command-spec.ts';
import { policyFileName } from '../config/policy-files.ts';
import { jsonText } from '../output/json-text.ts';
import { parseServerUrl } from '../http/server-url.ts';
import { exitCodes } from '../exit-codes.ts';

const schema = z.object({ root: z.array(z.string()).default([]) });

export const initCommand: CommandSpec = {
  name: 'init',
  arguments: [],
  summary: `write a commented ${policyFileName} in this folder`,
  description:
    `Writes ${policyFileName} with every setting explained and at its default, but for --server and --root. ` +
    'It never overwrites one that is there.',
  examples: [
    ['trust-check init', 'then name your roots in the file'],
    ['trust-check init --server http://localhost:8080 --root openpgp:5EA3…', 'with both filled in'],
  ],
  options: [{ flags: '--root <id>', description: 'an identity to trust; repeatable', repeat: true }],
  async run({ io, terminal, format, server }, _args, options) {
    const { root } = schema.parse(options);
    const path = join(io.cwd, policyFileName);
    const text = formatPolicyFile({
      policy: policySchema.parse({ roots: root }),
      server: server === undefined ? undefined : parseServerUrl(server).href.replace(/\/+$/, ''),
      preset: undefined,
    });
    try {
      await writeFile(path, text, { flag: 'wx' });
    } catch (cause) {
      const exists = cause instanceof Error && 'code' in cause && cause.code === 'EEXIST';
      throw new TrustError(
        'usage',
        exists
          ? `${policyFileName} exists already, and is left as it is.`
          : `Cannot write ${policyFileName} here.`,
        { ...(exists && { help: 'trust-check config show says what it sets.' }), cause },
      );
    }
    if (format === 'json') terminal.print(jsonText({ schema: 1, written: policyFileName }));
    else terminal.print(`Wrote ${policyFileName}. Next: name whom you trust under \`roots:\`.`);
    return exitCodes.met;
  },
};
