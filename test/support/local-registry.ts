// A package registry on this machine, small enough to be read at once: npm's and cargo's protocols over one HTTP server, so
// that the real clients can fetch in tests without any network.

import { createHash } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface Package {
  readonly name: string;
  readonly version: string;
  readonly archive: Uint8Array;
  /** May change while the registry runs. */
  yanked?: boolean;
}

export interface LocalRegistry {
  readonly url: string;
  /** Paths that were asked for. */
  readonly requests: string[];
  close(): Promise<void>;
}

const digest = (algorithm: string, bytes: Uint8Array, encoding: 'hex' | 'base64') =>
  createHash(algorithm).update(bytes).digest(encoding);

/** npm packages and crates, served until closed. */
export async function startRegistry(
  npm: readonly Package[],
  crates: readonly Package[],
): Promise<LocalRegistry> {
  const requests: string[] = [];
  let url = '';
  const answers = (path: string): string | Uint8Array | undefined => {
    if (path === '/index/config.json') return JSON.stringify({ dl: `${url}/crates/{crate}-{version}.crate` });
    const crate = crates.filter(({ name }) => path === `/index/${indexPath(name)}`);
    if (crate.length > 0) return crate.map(indexLine).join('\n');
    const file = crates.find(({ name, version }) => path === `/crates/${name}-${version}.crate`);
    if (file !== undefined) return file.archive;
    const tarball = npm.find(({ name, version }) => path === `/tarballs/${name}/${version}.tgz`);
    if (tarball !== undefined) return tarball.archive;
    const versions = npm.filter(({ name }) => decodeURIComponent(path) === `/${name}`);
    return versions.length === 0 ? undefined : packument(url, versions);
  };
  const server = createServer((request, response) => {
    requests.push(request.url ?? '');
    const answer = answers(request.url ?? '');
    response.statusCode = answer === undefined ? 404 : 200;
    response.end(answer);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    url,
    requests,
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => {
          resolve();
        });
      }),
  };
}

function packument(url: string, versions: readonly Package[]): string {
  const name = versions[0]?.name ?? '';
  return JSON.stringify({
    name,
    'dist-tags': { latest: versions[0]?.version },
    versions: Object.fromEntries(
      versions.map(({ version, archive }) => [
        version,
        {
          name,
          version,
          dist: {
            tarball: `${url}/tarballs/${name}/${version}.tgz`,
            integrity: `sha512-${digest('sha512', archive, 'base64')}`,
          },
        },
      ]),
    ),
  });
}

function indexLine({ name, version, archive, yanked = false }: Package): string {
  return JSON.stringify({
    name,
    vers: version,
    deps: [],
    cksum: digest('sha256', archive, 'hex'),
    features: {},
    yanked,
  });
}

/** Where a crate's versions stand in an index: by the first letters of its name. */
function indexPath(name: string): string {
  if (name.length < 4) return `${name.length}/${name.length === 3 ? `${name.charAt(0)}/` : ''}${name}`;
  return `${name.slice(0, 2)}/${name.slice(2, 4)}/${name}`;
}
