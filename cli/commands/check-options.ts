// The options of every command that checks lockfiles.

import { z } from 'zod';
import type { OptionSpec } from '../command-spec.ts';
import type { RunOptions } from '../check/run-checks.ts';
import { policyOptions } from '../config/policy-options.ts';

export const checkingOptions: readonly OptionSpec[] = [
  ...policyOptions,
  {
    flags: '--sources <dir>',
    description: 'compute more digests from archives and unpacked sources in this folder; repeatable',
    repeat: true,
  },
  { flags: '--local-sources', description: "the same from the package managers' caches on this machine" },
  { flags: '--fetch', description: "the same from sources that the ecosystem's own client fetches" },
  { flags: '--stdin-name <name>', description: 'what the lockfile on standard input is called' },
  { flags: '--no-cache', description: 'fetch every statement anew' },
];

const schema = z.object({
  sources: z.array(z.string()).default([]),
  localSources: z.boolean().default(false),
  fetch: z.boolean().default(false),
  stdinName: z.string().max(255).optional(),
  cache: z.boolean().default(true),
});

/** Reads the values of these options. */
export function readCheckingOptions(options: unknown): RunOptions {
  const { sources, localSources, fetch, stdinName, cache } = schema.parse(options);
  return { stdinName, cache, sources: { folders: sources, local: localSources, fetch } };
}
