// npm: package-lock.json and npm-shrinkwrap.json, versions 1 to 3 (npm's documentation, "package-lock.json").
//
// Versions 2 and 3 list `packages` by install path; version 2 repeats them as version 1's nested `dependencies`, which is
// not read. Refused: unknown versions, and files of version 2 and 3 without `packages`.

import { excerpt } from '../bytes.ts';
import type { Closure } from '../closure/input.ts';
import { TrustError } from '../errors.ts';
import { ClosureBuilder } from './closure-builder.ts';
import { jsonObject, requireJsonObject, type Format } from './format.ts';
import { InstallTree, splitInstallPath } from './install-tree.ts';
import { isList, JsonObject } from './json-value.ts';
import { checkLength, invalid, limits, tooLarge } from './limits.ts';
import { isGit, npmEntry, npmLocal, npmPurl } from './npm-entry.ts';
import { parseNpmLockV1 } from './npm-lock-v1.ts';

export const npmLock: Format = {
  id: 'npm',
  label: 'npm package-lock.json or npm-shrinkwrap.json',
  names: ['npm-shrinkwrap.json', 'package-lock.json'],

  recognise(document) {
    const json = jsonObject(document);
    // bun.lock has a lockfileVersion as well, beside its workspaces.
    return json?.members.has('lockfileVersion') === true && !json.members.has('workspaces');
  },

  parse(document) {
    const json = requireJsonObject(document);
    const version = json.members.get('lockfileVersion');
    if (version === 2 || version === 3) return parsePackages(json, version);
    // npm 4 and older wrote shrinkwraps without a version.
    if (version === 1) return parseNpmLockV1(json, 'package-lock v1');
    if (version === undefined && json.members.get('dependencies') instanceof JsonObject) {
      return parseNpmLockV1(json, 'npm-shrinkwrap without version');
    }
    if (version === undefined) {
      throw invalid(json.line, 'neither a lockfileVersion nor dependencies', {
        help: 'This is no npm lockfile. Let npm install write one.',
      });
    }
    throw new TrustError(
      'lockfile-version-unknown',
      `lockfileVersion ${excerpt(JSON.stringify(version instanceof JsonObject ? {} : version))} is not known; 1, 2 and 3 are`,
      { help: 'Use a newer trust-check, or npm install --lockfile-version 3.' },
    );
  },
};

/** One entry of `packages`. */
interface Located {
  readonly path: string;
  readonly json: JsonObject;
  readonly names: readonly string[];
}

function parsePackages(json: JsonObject, version: number): Closure {
  const packages = json.object('packages');
  if (packages === undefined) throw invalid(json.line, `lockfileVersion ${version} without packages`);
  if (packages.members.size > limits.entries) throw tooLarge('entries', limits.entries);
  const located = [...packages.members].map(([path, value]): Located => {
    if (!(value instanceof JsonObject)) {
      throw invalid(packages.line, `the entry "${excerpt(path)}" must be an object`);
    }
    checkLength(path, 'path', value.line);
    return { path, json: value, names: splitInstallPath(path).names };
  });
  const { builder, positions } = addPackages(packages, located, json.text('name'));
  addEdges(builder, located, positions);
  const scripts = located.filter((item) => item.json.flag('hasInstallScript')).length;
  if (scripts > 0) {
    builder.remark(
      `Entries that run a script when they are installed: ${scripts} of ${located.length}. Read those first.`,
    );
  }
  return builder.build(`package-lock v${version}`);
}

/** Adds every entry; links point at the entry that they lead to, so they come after all others. */
function addPackages(packages: JsonObject, located: readonly Located[], projectName: string | undefined) {
  const builder = new ClosureBuilder();
  const positions = new Map<string, number>();
  for (const item of located) {
    if (!item.json.flag('link')) {
      positions.set(item.path, builder.add(entryOf(item, packages, projectName ?? 'unnamed')));
    }
  }
  for (const { path, json, names } of located) {
    if (!json.flag('link')) continue;
    const resolved = json.text('resolved');
    const target = resolved === undefined ? undefined : positions.get(resolved.replace(/^\.\//, ''));
    const name = names.at(-1) ?? lastPart(path);
    if (target === undefined) {
      const outside = npmLocal({ name, version: undefined, line: json.line, path, groups: groupsOf(json) });
      positions.set(path, builder.add(outside));
    } else {
      builder.addPlace(target, { line: json.line, path });
      positions.set(path, target);
    }
  }
  return { builder, positions };
}

function entryOf({ path, json, names }: Located, packages: JsonObject, projectName: string) {
  const { line } = json;
  const version = json.text('version');
  const groups = groupsOf(json);
  const installed = names.at(-1);
  if (installed === undefined) {
    const name = json.text('name') ?? (path === '' ? projectName : lastPart(path));
    return npmLocal({ name, version, line, path, groups });
  }
  // `node_modules/a/lib/b` is a folder inside an installed package, which a link of that package leads to.
  const folder = installed.replace(/^(?:@[^/]+\/)?[^/]*/, '');
  const name = json.text('name') ?? (folder === '' ? installed : lastPart(installed));
  const bundledIn =
    folder === '' ? bundlerOf(path, packages, json) : purlAt(path.slice(0, -folder.length), packages);
  // npm once wrote `"resolved": false`.
  const resolved = json.members.get('resolved') === false ? undefined : json.text('resolved');
  return npmEntry({
    name,
    version,
    resolved,
    integrity: json.text('integrity'),
    line,
    path,
    groups,
    bundledIn,
  });
}

/**
 * Purl of the package in whose archive a bundled one comes. `inBundle` is also set for what the project itself bundles
 * when it is published: that comes from the registry like everything else, with an integrity of its own.
 */
function bundlerOf(path: string, packages: JsonObject, json: JsonObject): string | undefined {
  if (!json.flag('inBundle')) return undefined;
  const holders = holdersOf(path);
  const bundler = holders.find((holder) => {
    const above = packages.members.get(holder);
    const bundles = above instanceof JsonObject ? (above.members.get('bundleDependencies') ?? false) : false;
    return isList(bundles) ? bundles.length > 0 : bundles !== false;
  });
  if (bundler !== undefined) return purlAt(bundler, packages);
  const pinned = json.text('integrity') !== undefined || isGit(json.text('resolved') ?? '');
  const [holder] = holders.slice(-1);
  return pinned || holder === undefined ? undefined : purlAt(holder, packages);
}

/** Paths of the installed packages whose node_modules a path goes through, the outermost first. */
function holdersOf(path: string): string[] {
  const { base, names } = splitInstallPath(path);
  const holders: string[] = [];
  let at = base;
  for (const name of names.slice(0, -1)) {
    at = `${at}${at === '' ? '' : '/'}node_modules/${name}`;
    holders.push(at);
  }
  return holders;
}

function purlAt(path: string, packages: JsonObject): string | undefined {
  const json = packages.members.get(path);
  const installed = splitInstallPath(path).names.at(-1);
  if (!(json instanceof JsonObject) || installed === undefined) return undefined;
  return npmPurl({ name: json.text('name') ?? installed, version: json.text('version'), line: json.line });
}

function addEdges(
  builder: ClosureBuilder,
  located: readonly Located[],
  positions: ReadonlyMap<string, number>,
): void {
  const tree = new InstallTree();
  for (const [path, position] of positions) tree.add(path, position);
  for (const { path, json, names } of located) {
    const from = positions.get(path);
    if (from === undefined || json.flag('link')) continue;
    // Development dependencies are installed for the project and its workspaces only.
    const kinds = ['dependencies', 'optionalDependencies', 'peerDependencies'];
    if (names.length === 0) kinds.push('devDependencies');
    for (const kind of kinds) {
      for (const name of json.object(kind)?.members.keys() ?? []) {
        const to = tree.resolve(path, name);
        if (to !== undefined) builder.addDependency(from, to);
      }
    }
  }
}

function groupsOf(json: JsonObject): string[] {
  return ['dev', 'optional', 'devOptional', 'peer', 'extraneous'].filter((group) => json.flag(group));
}

function lastPart(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}
