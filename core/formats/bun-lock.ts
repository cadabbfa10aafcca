// bun.lock, versions 0 and 1 (bun's documentation, "Lockfile"; its `bun.lock.zig`): JSON with trailing commas.
//
// `packages` maps install paths (`a/b` is b inside of a) to a list whose shape depends on the source: the id first, then
// by what they are, the object of dependencies and the integrity of the .tgz. Git ids carry an abbreviated commit.

import { excerpt } from '../bytes.ts';
import { TrustError } from '../errors.ts';
import { ClosureBuilder } from './closure-builder.ts';
import { bunInput } from './bun-package.ts';
import type { Format } from './format.ts';
import { groupNames } from './group-names.ts';
import { InstallTree } from './install-tree.ts';
import { parseJsonWithTrailingCommas } from './json-lines.ts';
import { isList, JsonObject } from './json-value.ts';
import { checkLength, invalid, limits, tooLarge } from './limits.ts';
import { npmPurl } from './npm-entry.ts';
import { reachableGroups, type GroupRoot } from './reachable-groups.ts';

const lists = [
  ['dependencies', undefined],
  ['peerDependencies', undefined],
  ['devDependencies', 'dev'],
  ['optionalDependencies', 'optional'],
] as const;

/** A workspace or a package, with where it is installed. */
interface Node {
  readonly path: string;
  /** What it depends on. */
  readonly json: JsonObject | undefined;
  readonly workspace: boolean;
  readonly add: (builder: ClosureBuilder, groups: readonly string[]) => number;
}

export const bunLock: Format = {
  id: 'bun',
  label: 'bun.lock',
  names: ['bun.lock'],

  recognise({ text }) {
    return /^\s*\{\s*"lockfileVersion"[^{}]*"workspaces": *\{/.test(text.slice(0, 4096));
  },

  parse({ text }) {
    const lock = parseJsonWithTrailingCommas(text);
    if (!(lock instanceof JsonObject)) throw invalid(1, 'expected an object: this is no bun.lock');
    const version = lock.members.get('lockfileVersion');
    if (version === undefined) throw invalid(lock.line, 'without lockfileVersion: this is no bun.lock');
    if (version !== 0 && version !== 1) {
      throw new TrustError(
        'lockfile-version-unknown',
        `lockfileVersion ${excerpt(JSON.stringify(version))} is not known; 0 and 1 are`,
        {
          help: 'Use a newer trust-check.',
        },
      );
    }
    const builder = new ClosureBuilder();
    connect(builder, [...workspacesOf(lock), ...packagesOf(lock)]);
    const patches = lock.object('patchedDependencies')?.members.size ?? 0;
    if (patches > 0)
      builder.remark(`Packages that bun patches with files of the project: ${patches}. Read those too.`);
    if (lock.members.has('overrides'))
      builder.remark('What is resolved was changed by the project: overrides.');
    return builder.build(`bun.lock v${version}`);
  },
};

function workspacesOf(lock: JsonObject): Node[] {
  const workspaces = lock.object('workspaces');
  return [...(workspaces?.members ?? [])].map(([folder, json]): Node => {
    if (!(json instanceof JsonObject))
      throw invalid(workspaces?.line, `the workspace "${excerpt(folder)}" must be an object`);
    const name = json.text('name') ?? (folder.replace(/^.*\//s, '') || 'unnamed');
    return {
      path: folder === '' ? '' : `node_modules/${name}`,
      json,
      workspace: true,
      add: (builder) =>
        builder.add({
          purl: npmPurl({ name, version: json.text('version'), line: json.line }),
          artefacts: [],
          local: true,
          place: { line: json.line, ...(folder !== '' && { path: checkLength(folder, 'path', json.line) }) },
        }),
    };
  });
}

function packagesOf(lock: JsonObject): Node[] {
  const packages = lock.object('packages');
  const lines = lineOfKeys(packages);
  return [...(packages?.members ?? [])].flatMap(([key, value]): Node[] => {
    const line = lines(key);
    if (value === null || !isList(value))
      throw invalid(packages?.line, `the package "${excerpt(key)}" must be a list`);
    const [id] = value;
    if (typeof id !== 'string') throw invalid(line, `the package "${excerpt(key)}" has no id`);
    // Workspaces are listed by themselves, with their own dependencies.
    if (/^(?:@[^/@]+\/)?[^/@]+@workspace:/.test(id)) return [];
    const names = key.match(/@[^/]+\/[^/]+|[^/]+/g) ?? [];
    const json = value.find((item) => item instanceof JsonObject);
    const integrity = value.find(
      (item): item is string => typeof item === 'string' && /^sha[0-9]+-/.test(item),
    );
    const parent =
      names.length > 1 && json?.flag('bundled') === true ? names.slice(0, -1).join('/') : undefined;
    return [
      {
        path: names.map((name) => `node_modules/${name}`).join('/'),
        json,
        workspace: false,
        add: (builder, groups) =>
          builder.add({
            place: { ...(line !== undefined && { line }), path: checkLength(key, 'path', line) },
            groups: groupNames(groups),
            ...bunInput({ id, integrity, line, parent }),
          }),
      },
    ];
  });
}

/** Lists know no line of their own; the object inside of each does. */
function lineOfKeys(packages: JsonObject | undefined): (key: string) => number | undefined {
  return (key) => {
    const value = packages?.members.get(key) ?? null;
    return isList(value) ? value.find((item) => item instanceof JsonObject)?.line : undefined;
  };
}

/** Adds all nodes and the edges between them, each resolved as node does from where the package is installed. */
function connect(builder: ClosureBuilder, nodes: readonly Node[]): void {
  const tree = new InstallTree();
  nodes.forEach(({ path }, index) => {
    tree.add(path, index);
  });
  let count = 0;
  const targets = ({ path, json }: Node, list: string): number[] =>
    [...(json?.object(list)?.members.keys() ?? [])].flatMap((name) => {
      if (++count > limits.edges * 2) throw tooLarge('dependencies', limits.edges);
      return tree.resolve(path, name) ?? [];
    });
  const roots: GroupRoot[] = nodes
    .filter(({ workspace }) => workspace)
    .flatMap((node) => lists.map(([list, group]) => ({ group, targets: targets(node, list) })));
  const edges = nodes.map((node) =>
    lists
      .filter(([list]) => node.workspace || list !== 'devDependencies')
      .flatMap(([list]) => targets(node, list)),
  );
  const graph = edges.map((list, index) => (nodes[index]?.workspace === true ? [] : list));
  const groups = reachableGroups(graph, roots);
  const positions = nodes.map((node, index) => node.add(builder, groups[index] ?? []));
  edges.forEach((list, from) => {
    for (const to of list) builder.addDependency(positions[from] ?? 0, positions[to] ?? 0);
  });
}
