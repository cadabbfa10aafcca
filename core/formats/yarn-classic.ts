// yarn.lock of yarn 1: `integrity` of the .tgz, and before yarn 1.10 only the sha1 behind `#` in `resolved`.
//
// Header patterns name what was asked for; an alias asks for `npm:name@range`. Git dependencies are pinned by their commit.
// The format does not say which dependencies are for development, and lists neither the project nor its links.

import type { Closure } from '../closure/input.ts';
import { ClosureBuilder } from './closure-builder.ts';
import { commitStanding, type Standing } from './commit-standing.ts';
import { hostedCommit } from './hosted-archive.ts';
import { checkLength, invalid } from './limits.ts';
import { isGit, npmPurl } from './npm-entry.ts';
import { integrityStanding } from './npm-integrity.ts';
import { withoutCredentials } from './without-credentials.ts';
import { readYarnEntries, type YarnEntry } from './yarn-classic-reader.ts';
import { splitDescriptor } from './yarn-descriptor.ts';

const advice = 'Remove the entry and run yarn install, which writes a sha512.';
const gitAdvice = 'Run yarn upgrade with its name, which writes the commit.';

/** The closure of a yarn 1 lockfile. @throws {TrustError} lockfile-invalid, lockfile-too-large. */
export function parseYarnClassic(text: string): Closure {
  const builder = new ClosureBuilder();
  const entries = readYarnEntries(text);
  const positions = entries.map((entry) => addEntry(builder, entry));
  const byPattern = new Map<string, readonly number[]>();
  entries.forEach(({ patterns, line }, index) => {
    for (const pattern of patterns) {
      if (byPattern.has(pattern)) throw invalid(line, `the pattern "${pattern.slice(0, 80)}" occurs twice`);
      byPattern.set(pattern, positions[index] ?? []);
    }
  });
  entries.forEach(({ tables }, index) => {
    for (const key of ['dependencies', 'optionalDependencies']) {
      for (const [name, range] of tables.get(key) ?? []) {
        for (const to of byPattern.get(`${name}@${range}`) ?? []) {
          for (const from of positions[index] ?? []) builder.addDependency(from, to);
        }
      }
    }
  });
  return builder.build('yarn.lock v1');
}

/** One input for each name under which an entry is known: usually one. */
function addEntry(builder: ClosureBuilder, entry: YarnEntry): number[] {
  const { line, patterns, fields } = entry;
  const version = fields.get('version');
  if (version === undefined) throw invalid(line, 'an entry without version');
  const ranges = patterns.map((pattern) => splitDescriptor(pattern, line));
  const { qualifiers, ...standing } = sourceOf(
    entry,
    ranges.map(({ range }) => range),
  );
  const path = checkLength(patterns.join(', ').slice(0, 1024), 'path', line);
  return [...new Set(ranges.map(({ name }) => name))].map((name) =>
    builder.add({
      purl: npmPurl({ name, version, line }, qualifiers),
      place: { line, path },
      ...standing,
    }),
  );
}

type Source = Standing & { readonly qualifiers?: Readonly<Record<string, string>> };

function sourceOf({ line, fields }: YarnEntry, ranges: readonly string[]): Source {
  const resolved = fields.get('resolved');
  const integrity = fields.get('integrity');
  if (resolved === undefined) {
    const folder =
      ranges.every((range) => /^(?:file:|link:|\.{0,2}\/)/.test(range)) && integrity === undefined;
    return folder ? { artefacts: [], local: true } : integrityStanding(integrity, line, advice);
  }
  const hash = resolved.indexOf('#');
  const address = withoutCredentials(hash === -1 ? resolved : resolved.slice(0, hash));
  const fragment = hash === -1 ? undefined : resolved.slice(hash + 1);
  if (isGit(resolved) || /\.git$/.test(address)) {
    const url = address.startsWith('git') ? address : `git+${address}`;
    return {
      qualifiers: { vcs_url: fragment === undefined ? url : `${url}@${fragment}` },
      ...commitStanding(fragment, gitAdvice),
    };
  }
  const hosted = hostedCommit(resolved);
  if (hosted !== undefined && integrity === undefined) {
    return {
      qualifiers: { vcs_url: `git+${hosted.url}@${hosted.commit}` },
      ...commitStanding(hosted.commit, gitAdvice),
    };
  }
  const sha1 = /^[0-9a-fA-F]{40}$/.test(fragment ?? '') ? fragment?.toLowerCase() : undefined;
  const registry = ranges.every((range) => !/^(?:https?:|file:|\.{0,2}\/)/.test(range));
  return {
    ...(registry ? {} : { qualifiers: { download_url: address } }),
    ...integrityStanding(integrity, line, advice, sha1),
  };
}
