// Real lockfiles of the corpus, read as a folder gives them, and the two sums that are checked against independent counts.

import { existsSync } from 'node:fs';
import type { Closure } from '../../core/closure/input.ts';
import { readLockfile } from '../../core/formats/registry.ts';
import { corpusPath, corpusText } from './corpus.ts';

/** The closure of a lockfile in a folder of the corpus, the files beside it at hand. */
export function readCorpus(folder: string, name: string): Closure {
  const at = ['corpus', 'lockfiles', ...folder.split('/')];
  return readLockfile({
    name: `${folder}/${name}`,
    text: corpusText(...at, name),
    sibling: (other) => (existsSync(corpusPath(...at, other)) ? corpusText(...at, other) : undefined),
  });
}

/** How many digests of each kind the inputs carry. */
export function digestCounts({ inputs }: Closure): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const input of inputs) {
    for (const { digests } of input.artefacts) {
      for (const key of Object.keys(digests)) counts[key] = (counts[key] ?? 0) + 1;
    }
  }
  return counts;
}

/** How many edges there are between the inputs. */
export function edgeCount({ inputs }: Closure): number {
  return inputs.reduce((sum, input) => sum + input.dependencies.length, 0);
}
