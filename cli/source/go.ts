// Go modules: found as zips in the module cache, fetched by `go mod download`, which reports on each module by itself.
//
// go.sum's h1 hash is of the zip's content, so here the tree's own kind of digest is what is checked first. Upper-case
// letters are written `!` and the small letter in the cache (golang.org/x/mod/module, EscapePath).

import { homedir } from 'node:os';
import { join } from 'node:path';
import { TrustError } from '../../core/errors.ts';
import type { FetchContext, Fetched, PathPattern, SourceProvider, WantedSource } from './provider.ts';
import { lastWords, runClient } from './run-client.ts';

const pathPattern = /^[A-Za-z0-9_~][\w.~-]*(?:\/[A-Za-z0-9_~][\w.~-]*)*$/;
const versionPattern = /^v\d+\.\d+\.\d+(?:-[0-9A-Za-z.-]+)?(?:\+incompatible)?$/;
const batchSize = 100;

/** The module cache's spelling of a path or version. */
export function escapeModule(text: string): string {
  return text.replaceAll(/[A-Z]/g, (letter) => `!${letter.toLowerCase()}`);
}

function archivePatterns({ name, version }: WantedSource): readonly PathPattern[] {
  const path = [...escapeModule(name).split('/'), '@v', `${escapeModule(version)}.zip`];
  return [['cache', 'download', ...path], path, [`${name.split('/').at(-1) ?? ''}@${version}.zip`]];
}

/** The objects of a stream of JSON values, as `go mod download -json` prints them one behind the other. */
function* jsonObjects(text: string): Generator<Readonly<Record<string, unknown>>> {
  // Each object begins and ends with a brace at the beginning of a line; inner ones are indented.
  for (const [block] of text.matchAll(/^\{$[\s\S]*?^\}$/gm)) {
    yield JSON.parse(block) as Readonly<Record<string, unknown>>;
  }
}

async function fetchBatch(batch: readonly WantedSource[], context: FetchContext): Promise<Fetched[]> {
  const result = await runClient({
    command: 'go',
    args: ['mod', 'download', '-json', ...batch.map(({ name, version }) => `${name}@${version}`)],
    // Outside of any module: the project's go.mod must not choose other versions or another toolchain.
    cwd: context.temporaryFolder,
    env: { GOWORK: 'off' },
    timeoutMs: context.timeoutMs,
  });
  const answers = new Map(
    Array.from(jsonObjects(result.stdout), (answer) => [
      `${String(answer['Path'])}@${String(answer['Version'])}`,
      answer,
    ]),
  );
  return batch.map((wanted): Fetched => {
    const answer = answers.get(`${wanted.name}@${wanted.version}`);
    const path = answer?.['Zip'];
    if (typeof path === 'string') return { wanted, paths: [path] };
    const said = typeof answer?.['Error'] === 'string' ? answer['Error'] : lastWords(result);
    const problem = new TrustError(
      'source-unavailable',
      `go could not fetch ${wanted.name} ${wanted.version}: ${said}`,
      {
        help: 'Try `go mod download` of it; private modules need your GOPROXY and GOPRIVATE.',
      },
    );
    return { wanted, problem };
  });
}

export const goSources: SourceProvider = {
  ecosystem: 'golang',
  crevIgnore: [],

  wanted(purl, digests) {
    const name = purl.namespace === undefined ? purl.name : `${purl.namespace}/${purl.name}`;
    if (purl.version === undefined || !versionPattern.test(purl.version) || !pathPattern.test(name)) {
      return undefined;
    }
    return { purl, name, version: purl.version, digests };
  },

  cacheFolders() {
    const set = process.env['GOMODCACHE'];
    if (set !== undefined && set !== '') return Promise.resolve([set]);
    const [first = ''] = (process.env['GOPATH'] ?? '').split(process.platform === 'win32' ? ';' : ':');
    return Promise.resolve([join(first === '' ? join(homedir(), 'go') : first, 'pkg', 'mod')]);
  },

  archivePatterns,

  treePatterns({ name, version }) {
    return [escapeModule(`${name}@${version}`).split('/')];
  },

  layout: ({ name, version }) => ({ kind: 'one-folder', folder: `${name}@${version}` }),

  async fetch(wanted, context) {
    const fetched: Fetched[] = [];
    for (let start = 0; start < wanted.length; start += batchSize) {
      fetched.push(...(await fetchBatch(wanted.slice(start, start + batchSize), context)));
    }
    return fetched;
  },
};
