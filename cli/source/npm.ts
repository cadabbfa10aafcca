// npm packages: found in npm's content-addressed cache by the lockfile's own integrity value, fetched by `npm pack`.
//
// npm takes the first segment off every path of a package's tar, whatever it is called, and so do we. Scripts of packages
// are never run.

import { existsSync } from 'node:fs';
import { mkdtemp } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { TrustError } from '../../core/errors.ts';
import { tryInGroups } from './in-groups.ts';
import type { FetchContext, Fetched, PathPattern, SourceProvider, WantedSource } from './provider.ts';
import { lastWords, runClient } from './run-client.ts';

// Old packages have upper-case names. None begins with a dot or hyphen, which could be taken for an option.
const namePattern = /^(?:@[A-Za-z0-9~_][\w.~-]*\/)?[A-Za-z0-9~_][\w.~-]*$/;
const versionPattern = /^\d+\.\d+\.\d+(?:-[0-9A-Za-z.-]+)?(?:\+[0-9A-Za-z.-]+)?$/;
const batchSize = 50;

/** The file name that `npm pack` gives: `scope-name-version.tgz`. */
function packedName({ name, version }: WantedSource): string {
  return `${name.replace(/^@/, '').replace('/', '-')}-${version}.tgz`;
}

/** Where npm's cache keeps a content of these digests: the hex in three parts. */
function cachePatterns({ digests }: WantedSource): PathPattern[] {
  return (['sha512', 'sha384', 'sha256'] as const).flatMap((algorithm) => {
    const hex = digests[algorithm];
    if (hex === undefined) return [];
    const path = ['content-v2', algorithm, hex.slice(0, 2), hex.slice(2, 4), hex.slice(4)];
    return [['_cacache', ...path], path];
  });
}

async function fetchBatch(batch: readonly WantedSource[], context: FetchContext): Promise<Fetched[]> {
  // `@a/b` and `a-b` are packed under one name, so each attempt has a folder of its own and a name occurs once in it.
  const paths = new Map<WantedSource, string>();
  const problems = await tryInGroups(batch, async (group) => {
    const folder = await mkdtemp(join(context.temporaryFolder, 'npm-'));
    const specs = group.map(({ name, version }) => `${name}@${version}`);
    const result = await runClient({
      command: 'npm',
      args: ['pack', '--ignore-scripts', '--silent', '--pack-destination', folder, '--', ...specs],
      cwd: context.projectFolder,
      timeoutMs: context.timeoutMs,
    });
    if (result.status !== 0) {
      const help = 'Look at npm with `npm pack` of that package; private registries need your .npmrc.';
      return new TrustError(
        'source-unavailable',
        `npm could not fetch ${specs[0] ?? ''}: ${lastWords(result)}`,
        { help },
      );
    }
    for (const wanted of group) paths.set(wanted, join(folder, packedName(wanted)));
    return undefined;
  });
  return batch.map((wanted) => {
    const path = paths.get(wanted);
    if (path !== undefined && existsSync(path)) return { wanted, paths: [path] };
    const missing = new TrustError('source-unavailable', `npm packed no ${packedName(wanted)}`);
    return { wanted, problem: problems.get(wanted) ?? missing };
  });
}

/** Batches in which no two packages are packed under one file name. */
function batches(all: readonly WantedSource[]): readonly (readonly WantedSource[])[] {
  const open: Map<string, WantedSource>[] = [];
  for (const wanted of all) {
    const name = packedName(wanted);
    const batch = open.find((candidate) => candidate.size < batchSize && !candidate.has(name));
    if (batch !== undefined) batch.set(name, wanted);
    else open.push(new Map([[name, wanted]]));
  }
  return open.map((batch) => [...batch.values()]);
}

export const npmSources: SourceProvider = {
  ecosystem: 'npm',
  crevIgnore: [],

  wanted(purl, digests) {
    const name = purl.namespace === undefined ? purl.name : `${purl.namespace}/${purl.name}`;
    if (purl.version === undefined || !versionPattern.test(purl.version) || !namePattern.test(name)) {
      return undefined;
    }
    return { purl, name, version: purl.version, digests };
  },

  async cacheFolders() {
    const set = process.env['npm_config_cache'];
    if (set !== undefined && set !== '') return [set];
    const asked = await runClient({
      command: 'npm',
      args: ['config', 'get', 'cache'],
      cwd: homedir(),
      timeoutMs: 20_000,
    }).catch(() => undefined);
    const folder = asked?.status === 0 ? asked.stdout.trim() : '';
    return [folder === '' ? join(homedir(), '.npm') : folder];
  },

  archivePatterns(wanted) {
    return [
      ...cachePatterns(wanted),
      [packedName(wanted)],
      [`${wanted.name.split('/').at(-1) ?? ''}-${wanted.version}.tgz`],
    ];
  },

  treePatterns({ name, version }) {
    const path = name.split('/');
    return [['node_modules', ...path], [...path.slice(0, -1), `${path.at(-1) ?? ''}-${version}`], path];
  },

  layout: () => ({ kind: 'strip-one' }),

  async fetch(wanted, context) {
    const fetched: Fetched[] = [];
    for (const batch of batches(wanted)) fetched.push(...(await fetchBatch(batch, context)));
    return fetched;
  },
};
