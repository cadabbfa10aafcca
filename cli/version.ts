// The version of this program, from the package that it was installed with.

import { readFileSync } from 'node:fs';
import { z } from 'zod';

/** The package's version, for example `0.1.0`. */
export const version: string = readVersion();

function readVersion(): string {
  // Two places: beside the sources (cli/version.ts) and beside the build (dist/cli/version.js).
  for (const place of ['../package.json', '../../package.json']) {
    try {
      const text = readFileSync(new URL(place, import.meta.url), 'utf8');
      const manifest = z
        .object({ name: z.literal('trust-ledger'), version: z.string() })
        .safeParse(JSON.parse(text));
      if (manifest.success) return manifest.data.version;
    } catch {
      // Not there: the other place has it.
    }
  }
  return 'unknown';
}
