// Crates: found as .crate files in cargo's registry cache, fetched by `cargo fetch` of a project made for the purpose.
//
// The project depends on every crate by `=version` under names of its own, so that two versions of one crate can stand side
// by side, without default features; every crate of a lockfile being named, nothing else is resolved. The lockfile is laid
// beside it, without its checksums: with it cargo also gives yanked crates, and a changed checksum is for us to find, not a
// reason for cargo to stop. The manifest lies in a temporary folder while cargo runs in the project's, whose
// `.cargo/config.toml` (mirrors, registries) then holds.

import { readFile, mkdtemp, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { crevRegistryIgnore } from '../../core/digest/crev-digest.ts';
import { TrustError } from '../../core/errors.ts';
import { findInFolder } from './find-in-folder.ts';
import { tryInGroups } from './in-groups.ts';
import type { FetchContext, Fetched, PathPattern, SourceProvider, WantedSource } from './provider.ts';
import { lastWords, runClient } from './run-client.ts';

const namePattern = /^[A-Za-z0-9_][A-Za-z0-9_-]{0,63}$/;
const versionPattern = /^\d+\.\d+\.\d+(?:-[0-9A-Za-z.-]+)?(?:\+[0-9A-Za-z.-]+)?$/;

function cargoHome(): string {
  const set = process.env['CARGO_HOME'];
  return set === undefined || set === '' ? join(homedir(), '.cargo') : set;
}

function archivePatterns({ name, version }: WantedSource): readonly PathPattern[] {
  const file = `${name}-${version}.crate`;
  return [['registry', 'cache', '*', file], ['cache', '*', file], ['*', file], [file]];
}

/** A manifest that depends on exactly these crates. Names and versions have passed their patterns. */
function manifest(crates: readonly WantedSource[]): string {
  const dependencies = crates.map(
    ({ name, version }, i) =>
      // Build metadata is no part of a requirement: cargo ignores it there and warns.
      `c${i} = { package = "${name}", version = "=${version.replace(/\+.*$/, '')}", default-features = false }`,
  );
  return [
    '[package]',
    'name = "trust-check-sources"',
    'version = "0.0.0"',
    'edition = "2021"',
    'publish = false',
    '[lib]',
    'path = "lib.rs"',
    '[workspace]',
    '[dependencies]',
    ...dependencies,
    '',
  ].join('\n');
}

/** The lockfile's text without checksums, of the current form and of the first, which kept them in a table at its end. */
export function withoutChecksums(lockfile: string): string {
  return lockfile
    .split(/\r?\n/)
    .filter((line) => !/^checksum\s*=/.test(line) && !/^"checksum /.test(line))
    .join('\n');
}

async function fetchGroup(
  group: readonly WantedSource[],
  lock: string | undefined,
  context: FetchContext,
): Promise<TrustError | undefined> {
  const folder = await mkdtemp(join(context.temporaryFolder, 'cargo-'));
  await writeFile(join(folder, 'Cargo.toml'), manifest(group));
  await writeFile(join(folder, 'lib.rs'), '');
  if (lock !== undefined) await writeFile(join(folder, 'Cargo.lock'), lock);
  const result = await runClient({
    command: 'cargo',
    args: ['fetch', '--quiet', '--manifest-path', join(folder, 'Cargo.toml')],
    cwd: context.projectFolder,
    timeoutMs: context.timeoutMs,
  });
  if (result.status === 0) return undefined;
  const { name = '', version = '' } = group[0] ?? {};
  return new TrustError(
    'source-unavailable',
    `cargo could not fetch ${name} ${version}: ${lastWords(result)}`,
    {
      help: 'Try `cargo fetch` in the project; private registries need your cargo configuration.',
    },
  );
}

export const cargoSources: SourceProvider = {
  ecosystem: 'cargo',
  crevIgnore: crevRegistryIgnore,

  wanted(purl, digests) {
    const { name, version, qualifiers } = purl;
    if (version === undefined || !versionPattern.test(version) || !namePattern.test(name)) return undefined;
    // A crate from a git repository or a file is not in any registry.
    if (qualifiers['vcs_url'] !== undefined || qualifiers['download_url'] !== undefined) return undefined;
    return { purl, name, version, digests };
  },

  cacheFolders: () => Promise.resolve([cargoHome()]),
  archivePatterns,

  treePatterns({ name, version }) {
    const folder = `${name}-${version}`;
    return [['registry', 'src', '*', folder], ['*', folder], [folder]];
  },

  layout: ({ name, version }) => ({ kind: 'one-folder', folder: `${name}-${version}` }),

  async fetch(all, context) {
    const lockfile = context.lockfile === undefined ? undefined : await readFile(context.lockfile, 'utf8');
    const lock = lockfile === undefined ? undefined : withoutChecksums(lockfile);
    const problems = await tryInGroups(all, (group) => fetchGroup(group, lock, context));
    const fetched: Fetched[] = [];
    for (const wanted of all) {
      // One cache folder for each registry: the digest decides between them.
      const paths = await findInFolder(cargoHome(), archivePatterns(wanted));
      const missing = new TrustError(
        'source-unavailable',
        `cargo left no ${wanted.name}-${wanted.version}.crate`,
        { help: 'Where cargo takes crates from a vendored folder there are no archives to check.' },
      );
      const problem = problems.get(wanted) ?? missing;
      fetched.push(paths.length === 0 ? { wanted, problem } : { wanted, paths });
    }
    return fetched;
  },
};
