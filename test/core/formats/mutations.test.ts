// Real lockfiles, broken in every way that mutations.ts knows, end in a closure of valid inputs or in a coded error.

import fc from 'fast-check';
import { expect, it } from 'vitest';
import { inputSchema } from '../../../core/closure/input.ts';
import { isTrustError } from '../../../core/errors.ts';
import { corpusText, describeWithCorpus } from '../../support/corpus.ts';
import { readLock } from '../../support/lockfile.ts';
import { mutationsOf } from '../../support/mutations.ts';

/** The beginning of a big file, cut between two entries, so that a run is short and every shape of entry is in it. */
function beginning(text: string, length: number): string {
  return text.length <= length ? text : text.slice(0, text.lastIndexOf('\n\n', length) + 1);
}

describeWithCorpus('a real lockfile, cut or changed anywhere', () => {
  it.each([
    ['poetry', 'poetry.lock', 8000],
    ['uv', 'uv.lock', 8000],
    ['node-postgres', 'yarn.lock', 6000],
    ['babel', 'yarn.lock', 6000],
    ['pnpm', 'pnpm-lock.yaml', 6000],
    ['bazel-examples', 'pnpm-lock.yaml', 6000],
    ['hono', 'bun.lock', 8000],
    ['pipenv', 'Pipfile.lock', 200_000],
    ['gulp-vinyl-zip', 'package-lock.json', 200_000],
    ['cargo-vet', 'Cargo.lock', 8000],
    ['prometheus', 'go.sum', 8000],
  ])(
    '%s/%s ends in inputs or a coded error',
    (folder, name, length) => {
      const text = beginning(corpusText('corpus', 'lockfiles', folder, name), length);
      fc.assert(
        fc.property(mutationsOf(text), fc.constantFrom(name, 'upload'), (content, file) => {
          try {
            for (const input of readLock(file, content).inputs) inputSchema.parse(input);
          } catch (error) {
            if (!isTrustError(error) || !error.code.startsWith('lockfile-')) throw error;
            expect(error.message.startsWith(`${file}: `)).toBe(true);
          }
        }),
        { numRuns: text.length > 50_000 ? 50 : 150 },
      );
    },
    60_000,
  );
});
