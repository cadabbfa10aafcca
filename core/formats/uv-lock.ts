// uv.lock, version 1 in all its revisions (uv's `lock/mod.rs` is the only definition).
//
// `source` tells where a package is from: registry, git, url, path, or the project's own as directory, editable and
// virtual. Groups are not written beside packages; they are derived by following the edges of the project's own.

import { excerpt } from '../bytes.ts';
import { TrustError } from '../errors.ts';
import { ClosureBuilder } from './closure-builder.ts';
import { commitStanding, type Standing } from './commit-standing.ts';
import type { Format } from './format.ts';
import type { JsonObject } from './json-value.ts';
import { invalid, limits, tooLarge } from './limits.ts';
import {
  fileNameOf,
  filesStanding,
  indexQualifier,
  pythonFile,
  pythonPurl,
  PythonNames,
  splitHash,
  vcsQualifier,
  type PythonFile,
} from './python-package.ts';
import { withoutCredentials } from './without-credentials.ts';
import { readTomlDocument } from './toml-document.ts';
import { reachableGroups } from './reachable-groups.ts';

const advice = 'Run uv lock against an index that publishes hashes.';

export const uvLock: Format = {
  id: 'uv',
  label: 'uv.lock',
  names: ['uv.lock'],

  recognise({ text }) {
    return /^source = \{ (?:registry|editable|virtual|git|url|path|directory) = /m.test(text);
  },

  parse({ text }) {
    const lock = readTomlDocument(text, 'package');
    const version = lock.members.get('version');
    if (version === undefined) throw invalid(undefined, 'without a version: this is no uv.lock');
    if (version !== 1) {
      throw new TrustError(
        'lockfile-version-unknown',
        `version ${excerpt(JSON.stringify(version))} is not known; 1 is`,
        { help: 'Use a newer trust-check.' },
      );
    }
    const packages = lock.objects('package').map(readPackage);
    const graph = connect(packages);
    const builder = new ClosureBuilder();
    const positions = packages.map((item, index) =>
      builder.add({
        purl: pythonPurl(item.name, item.version, item.line, item.qualifiers),
        place: { line: item.line },
        groups: graph.groups[index] ?? [],
        ...item.standing,
      }),
    );
    graph.edges.forEach((targets, index) => {
      for (const to of targets) builder.addDependency(positions[index] ?? 0, positions[to] ?? 0);
    });
    const wheelsOnly = packages.filter((item) => item.wheelsOnly).length;
    if (wheelsOnly > 0) {
      builder.remark(`Packages with wheels only, so without a source distribution to read: ${wheelsOnly}.`);
    }
    const revision = lock.members.get('revision');
    return builder.build(`uv.lock v1${typeof revision === 'number' ? ` revision ${revision}` : ''}`);
  },
};

interface UvPackage {
  readonly name: string;
  readonly version: string | undefined;
  readonly line: number;
  readonly qualifiers: Readonly<Record<string, string>>;
  readonly standing: Standing;
  readonly wheelsOnly: boolean;
  readonly json: JsonObject;
}

function readPackage(json: JsonObject): UvPackage {
  const name = json.text('name');
  if (name === undefined) throw invalid(json.line, 'a package without name');
  const source = json.object('source');
  if (source === undefined) throw invalid(json.line, `"${excerpt(name)}" has no source`);
  const sdist = json.object('sdist');
  const wheels = json.objects('wheels');
  return {
    name,
    version: json.text('version'),
    line: json.line,
    json,
    wheelsOnly: sdist === undefined && wheels.length > 0,
    ...provenance(source, [...(sdist === undefined ? [] : [sdist]), ...wheels].map(readFile)),
  };
}

function provenance(
  source: JsonObject,
  files: readonly PythonFile[],
): Pick<UvPackage, 'qualifiers' | 'standing'> {
  const [kind = '', address] = [...source.members][0] ?? [];
  const text = typeof address === 'string' ? address : '';
  switch (kind) {
    case 'directory':
    case 'editable':
    case 'virtual':
      return { qualifiers: {}, standing: { artefacts: [], local: true } };
    case 'git': {
      const commit = text.includes('#') ? text.slice(text.indexOf('#') + 1) : undefined;
      const repository = text.replace(/[?#].*$/s, '');
      return {
        qualifiers: vcsQualifier(repository, commit),
        standing: commitStanding(commit, 'Run uv lock, which writes the commit.'),
      };
    }
    case 'url':
      return {
        qualifiers: { download_url: withoutCredentials(text) },
        standing: filesStanding(files, advice),
      };
    case 'path':
      return { qualifiers: {}, standing: filesStanding(files, advice) };
    case 'registry':
      // A registry may be a folder of files, named by its path.
      return {
        qualifiers: /^[a-z]+:\/\//.test(text) ? indexQualifier(text) : {},
        standing: filesStanding(files, advice),
      };
    default:
      throw invalid(source.line, `a source of an unknown kind: "${excerpt(kind)}"`);
  }
}

function readFile(file: JsonObject): PythonFile {
  const address = file.text('url') ?? file.text('path') ?? file.text('filename') ?? '';
  const hash = file.text('hash');
  return pythonFile(fileNameOf(address), hash === undefined ? [] : [splitHash(hash, file.line)], file.line);
}

/** Edges by position, and the groups that lead to each package. */
function connect(packages: readonly UvPackage[]) {
  const names = new PythonNames();
  packages.forEach((item, index) => {
    names.add(item.name, index);
  });
  let count = 0;
  const targets = (dependency: JsonObject): number[] => {
    const version = dependency.text('version');
    const named = [...names.find(dependency.text('name') ?? '')];
    count += named.length;
    if (count > limits.edges) throw tooLarge('dependencies', limits.edges);
    return version === undefined ? named : named.filter((index) => packages[index]?.version === version);
  };
  const plain: number[][] = packages.map(({ json }) => json.objects('dependencies').flatMap(targets));
  const edges = plain.map((list) => [...list]);
  const roots: { readonly group: string | undefined; readonly targets: number[] }[] = [];
  packages.forEach(({ json, standing }, index) => {
    if (standing.local === true) roots.push({ group: undefined, targets: [index] });
    for (const [key, prefix] of [
      ['optional-dependencies', 'extra:'],
      ['dev-dependencies', ''],
    ] as const) {
      const groups = json.object(key);
      for (const name of groups?.members.keys() ?? []) {
        const found = groups?.objects(name).flatMap(targets) ?? [];
        edges[index] = [...(edges[index] ?? []), ...found];
        // Extras of other people's packages are asked for by somebody, so they count as what they hang from.
        if (standing.local === true) roots.push({ group: `${prefix}${name}`, targets: found });
        else plain[index] = [...(plain[index] ?? []), ...found];
      }
    }
  });
  return { edges, groups: reachableGroups(plain, roots) };
}
