// npm lockfiles of version 1: `dependencies` nested as the folders are, `requires` for the edges.
//
// A version may be an address (git, file, tarball) or an alias (`npm:name@version`). `bundled` packages come inside the
// archive of the package above them. The project's own direct dependencies are not marked, so it has no edges.

import { excerpt } from '../bytes.ts';
import type { Closure } from '../closure/input.ts';
import { ClosureBuilder, type Entry } from './closure-builder.ts';
import { entryPurl, splitName } from './entry-purl.ts';
import { InstallTree } from './install-tree.ts';
import { JsonObject } from './json-value.ts';
import { checkLength, invalid } from './limits.ts';
import { isGit, npmEntry, npmLocal } from './npm-entry.ts';

interface Found {
  readonly path: string;
  readonly json: JsonObject;
  readonly position: number;
}

/** Reads the nested `dependencies` of a version 1 file. @throws {TrustError} lockfile-invalid, lockfile-too-large. */
export function parseNpmLockV1(json: JsonObject, format: string): Closure {
  const builder = new ClosureBuilder();
  const name = json.text('name');
  if (name !== undefined && name !== '') {
    builder.add(npmLocal({ name, version: json.text('version'), line: json.line, path: '', groups: [] }));
  }
  const tree = new InstallTree();
  const found: Found[] = [];
  collect(json, '', undefined, (path, entry, child) => {
    const position = builder.add(entry);
    tree.add(path, position);
    found.push({ path, json: child, position });
  });
  for (const { path, json: child, position } of found) {
    const requires = child.members.get('requires');
    if (!(requires instanceof JsonObject)) continue;
    for (const required of requires.members.keys()) {
      const to = tree.resolve(path, required);
      if (to !== undefined) builder.addDependency(position, to);
    }
  }
  return builder.build(format);
}

/** Walks the nesting, which the JSON reader has bounded; `holder` is the package above whose archive is not bundled. */
function collect(
  json: JsonObject,
  path: string,
  holder: string | undefined,
  add: (path: string, entry: Entry, json: JsonObject) => void,
): void {
  for (const [name, child] of json.object('dependencies')?.members ?? []) {
    if (!(child instanceof JsonObject)) {
      throw invalid(json.line, `the dependency "${excerpt(name)}" must be an object`);
    }
    const childPath = checkLength(`${path}${path === '' ? '' : '/'}node_modules/${name}`, 'path', child.line);
    const bundledIn = child.flag('bundled') ? holder : undefined;
    const entry = entryOf(name, child, childPath, bundledIn);
    add(childPath, entry, child);
    collect(child, childPath, bundledIn ?? entry.purl, add);
  }
}

function entryOf(key: string, json: JsonObject, path: string, bundledIn: string | undefined): Entry {
  const stated = textOrAbsent(json, 'version');
  const { line } = json;
  const groups = ['dev', 'optional'].filter((group) => json.flag(group));
  const integrity = textOrAbsent(json, 'integrity');
  const alias = stated === undefined ? null : /^npm:(@?[^@]+)@(.+)$/.exec(stated);
  const common = { line, path, groups, bundledIn, integrity };
  if (alias !== null) {
    const resolved = textOrAbsent(json, 'resolved');
    return npmEntry({ ...common, name: alias[1] ?? key, version: alias[2], resolved });
  }
  if (stated === undefined || !/^[a-z+]+:/.test(stated)) {
    const resolved = gitAddress(json) ?? textOrAbsent(json, 'resolved');
    return npmEntry({ ...common, name: key, version: stated, resolved });
  }
  // The version is an address, and the package's own version is not in the file.
  const entry = npmEntry({ ...common, name: key, version: undefined, resolved: stated });
  if (isGit(stated)) return entry;
  if (entry.local === true) return entry;
  const purl = entryPurl({ type: 'npm', ...splitName(key), qualifiers: { download_url: stated } }, line);
  return { ...entry, purl };
}

/** Old shrinkwraps keep a plain version, and the git address beside it. */
function gitAddress(json: JsonObject): string | undefined {
  return ['resolved', 'from']
    .map((key) => textOrAbsent(json, key))
    .find((address) => address !== undefined && isGit(address));
}

/** npm 5 and 6 wrote `false` for what they did not know. */
function textOrAbsent(json: JsonObject, key: string): string | undefined {
  return json.members.get(key) === false ? undefined : json.text(key);
}
