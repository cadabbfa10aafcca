// deno.lock, versions 1 to 5 (deno_lockfile's `transforms.rs`).
//
// npm packages have the integrity of their .tgz, modules under an address the sha256 of their bytes, jsr packages the
// sha256 of the registry's manifest of a version: kept as jsrManifest, which no review of source names.

import { excerpt } from '../bytes.ts';
import type { Closure } from '../closure/input.ts';
import { checkDigest, type DigestSet } from '../digest/digest-set.ts';
import { isTrustError, TrustError } from '../errors.ts';
import { ClosureBuilder } from './closure-builder.ts';
import { DenoGraph, type DenoKind } from './deno-graph.ts';
import { entryPurl, splitName } from './entry-purl.ts';
import { jsonObject, requireJsonObject, type Format } from './format.ts';
import { JsonObject } from './json-value.ts';
import { checkLength, invalid } from './limits.ts';
import { npmPurl } from './npm-entry.ts';
import { integrityStanding } from './npm-integrity.ts';
import { withoutCredentials } from './without-credentials.ts';

const advice = 'Delete the entry and run deno install.';

export const denoLock: Format = {
  id: 'deno',
  label: 'deno.lock',
  names: ['deno.lock'],

  recognise(document) {
    const members = jsonObject(document)?.members;
    if (members === undefined) return false;
    const version = members.get('version');
    if (typeof version !== 'string') return isFirstVersion(members);
    const kinds = ['remote', 'npm', 'jsr', 'specifiers', 'packages', 'redirects'];
    return /^[0-9]+$/.test(version) && kinds.some((key) => members.get(key) instanceof JsonObject);
  },

  parse(document) {
    const json = requireJsonObject(document);
    if (isFirstVersion(json.members)) return parseFirst(json, document.text);
    const version = json.text('version');
    if (version === undefined) throw invalid(json.line, 'without a version: this is no deno.lock');
    if (!/^[2-5]$/.test(version)) {
      throw new TrustError(
        'lockfile-version-unknown',
        `version ${excerpt(version)} is not known; 1 to 5 are`,
        {
          help: 'Use a newer trust-check.',
        },
      );
    }
    return parseLock(json, version, document.text);
  },
};

/** Version 1 is a map of addresses to hashes and nothing else. */
function isFirstVersion(members: JsonObject['members']): boolean {
  return (
    members.size > 0 &&
    [...members].every(([key, value]) => /^https?:\/\//.test(key) && typeof value === 'string')
  );
}

function parseFirst(json: JsonObject, text: string): Closure {
  const builder = new ClosureBuilder();
  addRemote(builder, json, text);
  return builder.build('deno.lock v1');
}

function parseLock(json: JsonObject, version: string, text: string): Closure {
  const builder = new ClosureBuilder();
  // Version 2 has npm alone, 3 everything below packages, 4 and 5 at the top.
  const holder = version === '3' ? json.object('packages') : json;
  const npm = version === '2' ? json.object('npm')?.object('packages') : holder?.object('npm');
  const specifiers =
    version === '2' ? json.object('npm')?.object('specifiers') : holder?.object('specifiers');
  const graph = new DenoGraph(specifiers);
  addPackages(builder, graph, 'npm', npm);
  addPackages(builder, graph, 'jsr', holder?.object('jsr'));
  addProject(builder, graph, json.object('workspace'));
  graph.connect(builder);
  const remote = json.object('remote');
  if (remote !== undefined) addRemote(builder, remote, text);
  return builder.build(`deno.lock v${version}`);
}

function addPackages(
  builder: ClosureBuilder,
  graph: DenoGraph,
  kind: DenoKind,
  packages: JsonObject | undefined,
): void {
  for (const [id, item] of packages?.members ?? []) {
    if (!(item instanceof JsonObject))
      throw invalid(packages?.line, `the package "${excerpt(id)}" must be an object`);
    const { line } = item;
    const at = id.indexOf('@', 1);
    if (at === -1) throw invalid(line, `not a package with a version: ${excerpt(id)}`);
    const name = id.slice(0, at);
    // Peers stand behind the version: `a@1.0.0_b@2.0.0__c@3`.
    const version = id.slice(at + 1).replace(/_.*$/s, '');
    const place = { line, path: checkLength(`${kind}:${id}`, 'path', line) };
    const entry = kind === 'npm' ? npmInput(name, version, item) : jsrInput(name, version, item);
    graph.add(kind, id, item, builder.add({ ...entry, place }));
  }
}

function npmInput(name: string, version: string, item: JsonObject) {
  const tarball = item.text('tarball');
  const qualifiers = tarball === undefined ? {} : { download_url: withoutCredentials(tarball) };
  return {
    purl: npmPurl({ name, version, line: item.line }, qualifiers),
    ...integrityStanding(item.text('integrity'), item.line, advice),
  };
}

function jsrInput(name: string, version: string, item: JsonObject) {
  const integrity = item.text('integrity');
  const digests: DigestSet =
    integrity === undefined ? {} : { jsrManifest: readHash('jsrManifest', integrity, item.line) };
  return {
    // jsr has no type of its own.
    purl: entryPurl(
      { type: 'generic', ...splitName(name), version, qualifiers: { repository_url: 'https://jsr.io' } },
      item.line,
    ),
    artefacts: integrity === undefined ? [] : [{ digests }],
    unverifiable: {
      reason: integrity === undefined ? ('unpinned' as const) : ('other-kind' as const),
      note:
        integrity === undefined
          ? `It has no integrity. ${advice}`
          : 'Its integrity is of the list of files that the registry keeps for the version, not of an archive.',
    },
  };
}

/** The project, when the file says what it asks for. */
function addProject(builder: ClosureBuilder, graph: DenoGraph, workspace: JsonObject | undefined): void {
  if (workspace === undefined) return;
  const parts = [workspace, ...objectsIn(workspace.object('members'))];
  const asked = parts.flatMap((part) => [
    ...part.texts('dependencies'),
    ...(part.object('packageJson')?.texts('dependencies') ?? []),
  ]);
  const { line } = workspace;
  const position = builder.add({
    purl: npmPurl({ name: 'unnamed', version: undefined, line }),
    artefacts: [],
    local: true,
    place: { line },
  });
  graph.addProject(position, asked);
}

function objectsIn(json: JsonObject | undefined): JsonObject[] {
  return [...(json?.members.values() ?? [])].filter((item) => item instanceof JsonObject);
}

/** Modules by address: deno writes each on a line of its own. */
function addRemote(builder: ClosureBuilder, remote: JsonObject, text: string): void {
  const lines = text.split('\n');
  [...remote.members.keys()].forEach((url, index) => {
    const guess = remote.line + index;
    const line = lines[guess]?.includes(JSON.stringify(url)) === true ? guess + 1 : remote.line;
    const address = withoutCredentials(url);
    builder.add({
      purl: entryPurl(
        { type: 'generic', name: moduleName(address), qualifiers: { download_url: address } },
        line,
      ),
      artefacts: [{ digests: { sha256: readHash('sha256', remote.text(url) ?? '', line) } }],
      place: { line, path: checkLength(address, 'path', line) },
    });
  });
}

function moduleName(address: string): string {
  const path = address.replace(/[?#].*$/s, '').replace(/\/$/, '');
  return path.slice(path.lastIndexOf('/') + 1) || 'module';
}

function readHash(key: 'sha256' | 'jsrManifest', hex: string, line: number): string {
  try {
    return checkDigest(key, hex)[1];
  } catch (cause) {
    if (!isTrustError(cause)) throw cause;
    throw invalid(line, `a hash that cannot be read: ${excerpt(hex)}`, { cause });
  }
}
