import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { computeSources } from '../../../cli/source/compute.ts';
import { runClient } from '../../../cli/source/run-client.ts';
import type { Input } from '../../../core/closure/input.ts';
import type { DigestSet } from '../../../core/digest/digest-set.ts';
import { goDirhashOfZip } from '../../../core/digest/go-dirhash-zip.ts';
import { treeDigests } from '../../../core/digest/tree-digests.ts';
import { tgz, zip } from '../../support/archives.ts';
import { startRegistry, type LocalRegistry, type Package } from '../../support/local-registry.ts';
import { dir, file } from '../../support/trees.ts';

// The real clients, against a registry on this machine that only the project's own settings name.

const has = (command: string, argument: string): boolean => {
  try {
    execFileSync(command, [argument], { stdio: 'ignore' });
    return true;
  } catch {
    process.stderr.write(`\n!!! NOT TESTED: fetching through ${command}, which is not installed\n`);
    return false;
  }
};
const hasCargo = has('cargo', '--version');
const hasGo = has('go', 'version');

const crate = (name: string, version: string): Package => ({
  name,
  version,
  archive: tgz(
    {
      path: `${name}-${version}/Cargo.toml`,
      content: `[package]\nname = "${name}"\nversion = "${version}"\nedition = "2021"\n`,
    },
    { path: `${name}-${version}/src/lib.rs`, content: `// ${version}\n` },
  ),
});
const npmPackage = (name: string, version: string): Package => ({
  name,
  version,
  archive: tgz(
    { path: 'package/package.json', content: JSON.stringify({ name, version }) },
    { path: 'package/index.js', content: `// ${name}` },
  ),
});
const hex = (algorithm: string, bytes: Uint8Array): string =>
  createHash(algorithm).update(bytes).digest('hex');
const input = (purl: string, digests: DigestSet): Input => ({
  purl,
  artefacts: [{ digests }],
  places: [],
  groups: [],
  dependencies: [],
});

const crates = [
  crate('alpha-crate', '1.0.0'),
  crate('alpha-crate', '2.0.0'),
  crate('alpha-crate', '2.1.0'),
  crate('beta-crate', '0.3.1'),
  crate('gone-crate', '1.0.0'),
];
const packages = [npmPackage('plain', '1.0.0'), npmPackage('@a/b', '1.0.0'), npmPackage('a-b', '1.0.0')];
const environment = { ...process.env };
let registry: LocalRegistry;
let home: string;
let project: string;

beforeAll(async () => {
  registry = await startRegistry(packages, crates);
  home = mkdtempSync(join(tmpdir(), 'fetch-test-'));
  project = join(home, 'project');
  mkdirSync(join(project, '.cargo'), { recursive: true });
  writeFileSync(join(project, '.npmrc'), `registry=${registry.url}/\nfetch-retries=0\n`);
  writeFileSync(
    join(project, '.cargo', 'config.toml'),
    `[source.crates-io]\nreplace-with = "here"\n[source.here]\nregistry = "sparse+${registry.url}/index/"\n[net]\nretry = 0\n`,
  );
  process.env['CARGO_HOME'] = join(home, 'cargo');
  process.env['npm_config_cache'] = join(home, 'npm');
  process.env['GOMODCACHE'] = join(home, 'gomod');
  process.env['GOPROXY'] = `${pathToFileURL(join(home, 'goproxy')).href},off`;
  process.env['GOSUMDB'] = 'off';
  process.env['GOFLAGS'] = '-modcacherw';
});

afterAll(async () => {
  process.env = environment;
  await registry.close();
  rmSync(home, { recursive: true, force: true });
});

describe.skipIf(!hasCargo)('crates', () => {
  it('are fetched by cargo, two versions of one beside each other, and a bad one alone fails', async () => {
    const inputs = [
      ...crates
        .slice(0, 4)
        .map(({ name, version, archive }) =>
          input(`pkg:cargo/${name}@${version}`, { sha256: hex('sha256', archive) }),
        ),
      input('pkg:cargo/missing-crate@1.0.0', { sha256: 'ab'.repeat(32) }),
    ];
    const seen: string[] = [];
    const result = await computeSources(inputs, {
      projectFolder: project,
      fetch: true,
      onProgress: ({ done, total, purl }) => seen.push(`${done}/${total} ${purl}`),
    });
    expect(result.computed).toEqual({ cache: 0, local: 0, fetched: 4 });
    expect(result.findings).toHaveLength(1);
    expect(result.findings[0]?.input).toBe(4);
    expect(result.findings[0]?.error.code).toBe('source-unavailable');
    expect(result.findings[0]?.error.message).toContain('missing-crate');
    expect(seen).toHaveLength(5);
    expect(seen.at(-1)).toContain('5/5');

    const tree = await treeDigests(
      dir({
        'Cargo.toml': file('[package]\nname = "beta-crate"\nversion = "0.3.1"\nedition = "2021"\n'),
        src: dir({ 'lib.rs': file('// 0.3.1\n') }),
      }),
    );
    const [equivalent] = result.inputs[3]?.artefacts[0]?.equivalents ?? [];
    expect(equivalent?.origin).toEqual({ kind: 'computed' });
    expect(equivalent?.digests).toMatchObject(tree);
  });

  it('that are yanked are fetched when the lockfile names them, though its checksums were changed', async () => {
    const gone = crates[4]!;
    const lockfile = join(project, 'Cargo.lock');
    writeFileSync(join(project, 'lib.rs'), '');
    writeFileSync(
      join(project, 'Cargo.toml'),
      '[package]\nname = "p"\nversion = "0.0.0"\n[lib]\npath = "lib.rs"\n[dependencies]\ngone-crate = "1"\n',
    );
    // Not synchronously: the registry runs in this process.
    const args = ['generate-lockfile', '--quiet'];
    const made = await runClient({ command: 'cargo', args, cwd: project, timeoutMs: 60_000 });
    expect(made).toMatchObject({ status: 0 });
    gone.yanked = true;
    const checksum = hex('sha256', gone.archive);
    const lock = readFileSync(lockfile, 'utf8');
    expect(lock).toContain(checksum);
    writeFileSync(lockfile, lock.replace(checksum, '0'.repeat(64)));
    const right = input('pkg:cargo/gone-crate@1.0.0', { sha256: hex('sha256', gone.archive) });
    const changed = input('pkg:cargo/gone-crate@1.0.0', { sha256: '0'.repeat(64) });
    const result = await computeSources([right, changed], { projectFolder: project, lockfile, fetch: true });
    expect(result.computed.fetched).toBe(1);
    expect(result.findings.map(({ input: position, error }) => [position, error.code])).toEqual([
      [1, 'source-mismatch'],
    ]);
    expect(result.inputs[1]?.artefacts[0]).not.toHaveProperty('equivalents');
  });
});

describe('npm packages', () => {
  it('are fetched by npm, also two that are packed under one name, and a bad one alone fails', async () => {
    const inputs = [
      ...packages.map(({ name, version, archive }) =>
        input(`pkg:npm/${name.replace('@', '%40')}@${version}`, { sha512: hex('sha512', archive) }),
      ),
      input('pkg:npm/missing@1.0.0', { sha512: 'ab'.repeat(64) }),
      input('pkg:npm/plain@1.0.0', { sha512: 'cd'.repeat(64) }),
    ];
    const result = await computeSources(inputs, { projectFolder: project, fetch: true });
    expect(result.computed.fetched).toBe(3);
    expect(result.findings.map(({ input: position, error }) => [position, error.code])).toEqual([
      [3, 'source-unavailable'],
      [4, 'source-mismatch'],
    ]);
    const tree = await treeDigests(
      dir({ 'package.json': file('{"name":"@a/b","version":"1.0.0"}'), 'index.js': file('// @a/b') }),
    );
    expect(result.inputs[1]?.artefacts[0]?.equivalents?.[0]?.digests).toMatchObject(tree);
  });

  it("are found in npm's own cache afterwards, without asking anyone", async () => {
    const [plain] = packages;
    const asked = registry.requests.length;
    const wanted = input('pkg:npm/plain@1.0.0', { sha512: hex('sha512', plain!.archive) });
    const result = await computeSources([wanted], { projectFolder: project, localCaches: true });
    expect(result.computed).toEqual({ cache: 0, local: 1, fetched: 0 });
    expect(registry.requests).toHaveLength(asked);
  });
});

describe.skipIf(!hasGo)('Go modules', () => {
  const module = 'example.com/Upper/mod';
  const prefix = `${module}@v1.2.0`;
  const archive = zip([
    { name: `${prefix}/go.mod`, content: `module ${module}\n` },
    { name: `${prefix}/m.go`, content: 'package mod\n' },
  ]);

  it('are fetched by go, and found in its cache afterwards as zip and as tree', async () => {
    const folder = join(home, 'goproxy', 'example.com', '!upper', 'mod', '@v');
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, 'v1.2.0.info'), '{"Version":"v1.2.0","Time":"2024-01-01T00:00:00Z"}');
    writeFileSync(join(folder, 'v1.2.0.mod'), `module ${module}\n`);
    writeFileSync(join(folder, 'v1.2.0.zip'), archive);
    const dirHash = await goDirhashOfZip(archive);
    const inputs = [
      input(`pkg:golang/${prefix}`, { dirHash }),
      input('pkg:golang/example.com/none/such@v1.0.0', { dirHash }),
      input(`pkg:golang/${prefix}`, { dirHash: '0'.repeat(64) }),
    ];
    const result = await computeSources(inputs, { projectFolder: project, fetch: true });
    expect(result.computed.fetched).toBe(1);
    expect(result.findings.map(({ input: position, error }) => [position, error.code])).toEqual([
      [1, 'source-unavailable'],
      [2, 'source-mismatch'],
    ]);
    const tree = dir({ 'go.mod': file(`module ${module}\n`), 'm.go': file('package mod\n') });
    const expected = await treeDigests(tree, { goModule: prefix });
    expect(result.inputs[0]?.artefacts[0]?.equivalents?.[0]?.digests).toMatchObject(expected);

    const local = await computeSources(inputs.slice(0, 1), { projectFolder: project, localCaches: true });
    expect(local.computed.local).toBe(1);
    rmSync(join(home, 'gomod', 'cache', 'download'), { recursive: true });
    const fromTree = await computeSources(inputs.slice(0, 1), { projectFolder: project, localCaches: true });
    expect(fromTree.inputs[0]?.artefacts[0]?.equivalents?.[0]?.digests).toEqual(expected);
  });
});
