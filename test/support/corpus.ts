// Real signed proofs, real lockfiles and other implementations' vectors live outside the project. TRUST_CORPUS names the
// folder. Tests that need it are skipped without it, and say so loudly, once a file.

import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'vitest';

const root = process.env['TRUST_CORPUS'];
export const hasCorpus = root !== undefined && existsSync(join(root, 'corpus'));

/** Path of a file or folder of the corpus, for example `vectors/crev/digest.json`. */
export function corpusPath(...parts: string[]): string {
  if (root === undefined) throw new Error('TRUST_CORPUS is not set');
  return join(root, ...parts);
}

/** Text of a file of the corpus. */
export function corpusText(...parts: string[]): string {
  return readFileSync(corpusPath(...parts), 'utf8');
}

/** `describe` for tests on the corpus: skipped, with a warning that nobody overlooks, when it is absent. */
export function describeWithCorpus(name: string, body: () => void): void {
  if (hasCorpus) {
    describe(name, body);
    return;
  }
  process.stderr.write(`\n!!! NOT TESTED, TRUST_CORPUS is not set: ${name}\n`);
  // The body reads the corpus, so it is not entered; the report still counts what was skipped.
  describe.skipIf(!hasCorpus)(name, () => {
    it('runs when TRUST_CORPUS names the corpus', () => corpusPath());
  });
}
