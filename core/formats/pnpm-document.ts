// One document of a pnpm lockfile into the closure: its packages, its importers, the edges between them, their groups.

import { excerpt } from '../bytes.ts';
import type { ClosureBuilder } from './closure-builder.ts';
import { entryPurl } from './entry-purl.ts';
import { groupNames } from './group-names.ts';
import { JsonObject } from './json-value.ts';
import { checkLength, invalid, limits, tooLarge } from './limits.ts';
import { npmPurl } from './npm-entry.ts';
import { parsePnpmKey, pnpmCandidates, withoutPeers } from './pnpm-key.ts';
import { pnpmSource, tarballQualifier } from './pnpm-resolution.ts';
import { reachableGroups, type GroupRoot } from './reachable-groups.ts';

/** Lists of an importer, and the group that each is. */
const importerLists = [
  ['dependencies', undefined],
  ['devDependencies', 'dev'],
  ['optionalDependencies', 'optional'],
  ['configDependencies', 'config'],
  ['packageManagerDependencies', 'package-manager'],
] as const;

/** A node of the graph: a package with its peers, or an importer. */
interface Node {
  readonly key: string;
  readonly json: JsonObject;
}

/**
 * Adds a document.
 * @param generation 5, 6 or 9.
 * @throws {TrustError} lockfile-invalid, lockfile-too-large.
 */
export function addPnpmDocument(builder: ClosureBuilder, document: JsonObject, generation: number): void {
  const packages = nodesOf(document, 'packages');
  const snapshots = generation === 9 ? nodesOf(document, 'snapshots') : packages;
  const importers = document.members.has('importers')
    ? nodesOf(document, 'importers')
    : [{ key: '.', json: document }];
  const nodes = [...importers, ...snapshots];
  const indexes = new Map(snapshots.map(({ key }, index) => [key, importers.length + index]));
  const folders = new Map(importers.map(({ key }, index) => [key, index]));
  const find = (importer: string | undefined, name: string, version: string): number | undefined => {
    if (version.startsWith('link:')) return folders.get(joinPath(importer ?? '.', version.slice(5)));
    for (const candidate of pnpmCandidates(name, version)) {
      const index = indexes.get(candidate);
      if (index !== undefined) return index;
    }
    return undefined;
  };
  const roots: GroupRoot[] = importers.flatMap(({ key, json }) =>
    importerLists.map(([list, group]) => ({
      group,
      targets: targetsOf(json, list, (name, version) => find(key, name, version)),
    })),
  );
  const edges = nodes.map(({ key, json }, index) => {
    const lists =
      index < importers.length
        ? importerLists.map(([list]) => list)
        : ['dependencies', 'optionalDependencies'];
    const from = index < importers.length ? key : undefined;
    return lists.flatMap((list) => targetsOf(json, list, (name, version) => find(from, name, version)));
  });
  // A workspace that another one links to is built for itself too: its own lists decide, not the link.
  const graph = edges.map((targets, index) => (index < importers.length ? [] : targets));
  const groups = reachableGroups(graph, roots);
  const places = placeNodes(snapshots, groups.slice(importers.length));
  const byKey = new Map(
    packages.map((node) => [
      node.key,
      addPackage(builder, node, generation, places.get(packageKey(node.key, generation))),
    ]),
  );
  const positions = nodes.map(({ key, json }, index) =>
    index < importers.length ? addImporter(builder, key, json) : byKey.get(packageKey(key, generation)),
  );
  edges.forEach((targets, index) => {
    const from = positions[index];
    for (const target of targets) {
      const to = positions[target];
      if (from !== undefined && to !== undefined) builder.addDependency(from, to);
    }
  });
}

function nodesOf(document: JsonObject, key: string): Node[] {
  const object = document.object(key);
  const nodes = [...(object?.members ?? [])].map(([name, json]): Node => {
    // An importer or a snapshot without anything is written as `{}`, by hand as nothing at all.
    if (json === '' || json === null)
      return { key: name, json: new JsonObject(object?.line ?? 1, new Map()) };
    if (!(json instanceof JsonObject))
      throw invalid(object?.line, `the entry "${excerpt(name)}" must be an object`);
    return { key: checkLength(name, 'path', json.line), json };
  });
  if (nodes.length > limits.entries) throw tooLarge('entries', limits.entries);
  return nodes;
}

/** In version 9 several snapshots, with different peers, are of one package. */
function packageKey(key: string, generation: number): string {
  return generation === 9 ? withoutPeers(key) : key;
}

/** Groups by package: those that all its snapshots have. */
function placeNodes(
  snapshots: readonly Node[],
  groups: readonly (readonly string[])[],
): ReadonlyMap<string, readonly string[]> {
  const byKey = new Map<string, readonly string[]>();
  snapshots.forEach(({ key, json }, index) => {
    const own = [...(groups[index] ?? []), ...(json.text('optional') === 'true' ? ['optional'] : [])];
    const bare = withoutPeers(key);
    const known = byKey.get(bare);
    const shared = known === undefined ? own : known.filter((group) => own.includes(group));
    byKey.set(bare, shared);
    byKey.set(key, shared);
  });
  return byKey;
}

function addPackage(
  builder: ClosureBuilder,
  { key, json }: Node,
  generation: number,
  groups: readonly string[] = [],
): number {
  const { line } = json;
  const resolution = json.object('resolution');
  if (resolution === undefined) throw invalid(line, `"${excerpt(key)}" has no resolution`);
  const source = pnpmSource(resolution);
  const parsed = parsePnpmKey(key, generation);
  const name = json.text('name') ?? parsed.name ?? key;
  const keyed = parsed.version ?? '';
  const registry = /^[0-9]/.test(keyed);
  const version = json.text('version') ?? (registry ? keyed : undefined);
  const outside =
    registry || Object.keys(source.qualifiers).length > 0 ? source.qualifiers : tarballQualifier(resolution);
  const purl =
    source.binary === true
      ? entryPurl(
          {
            type: 'generic',
            name: name.replace(/^.*\//s, ''),
            qualifiers: {},
            version: version ?? keyed.replace(/^[a-z]+:/, ''),
          },
          line,
        )
      : npmPurl({ name, version, line }, outside);
  return builder.add({ purl, place: { line, path: key }, groups: groupNames(groups), ...source.standing });
}

function addImporter(builder: ClosureBuilder, key: string, json: JsonObject): number {
  const name = key.replace(/\/+$/, '').replace(/^.*\//s, '');
  return builder.add({
    purl: npmPurl({ name: /^\.*$/.test(name) ? 'unnamed' : name, version: undefined, line: json.line }),
    artefacts: [],
    local: true,
    place: { line: json.line, path: key },
  });
}

/** Positions that a list of dependencies names: its values are versions, or objects with one. */
function targetsOf(
  json: JsonObject,
  list: string,
  find: (name: string, version: string) => number | undefined,
): number[] {
  const dependencies = json.object(list);
  return [...(dependencies?.members ?? [])].flatMap(([name, value]) => {
    const version = value instanceof JsonObject ? value.text('version') : value;
    if (typeof version !== 'string')
      throw invalid(dependencies?.line, `the version of "${excerpt(name)}" must be a text`);
    return find(name, version) ?? [];
  });
}

/** A path below a folder of the lockfile, both relative to it. Only ever compared with keys, never opened. */
function joinPath(folder: string, path: string): string {
  const parts: string[] = [];
  for (const part of `${folder}/${path}`.split('/')) {
    if (part === '..' && parts.length > 0 && parts.at(-1) !== '..') parts.pop();
    else if (part !== '.' && part !== '') parts.push(part);
  }
  return parts.length === 0 ? '.' : parts.join('/');
}
