// One requirement of a requirements file: a name with a pin, an address, a repository or a path (PyPA specification
// "Dependency specifiers"; pip's documentation, "VCS Support").

import { excerpt } from '../bytes.ts';
import { invalid } from './limits.ts';
import { fileNameOf } from './python-package.ts';

export type Requirement =
  | {
      readonly kind: 'named';
      readonly name: string;
      /** Of a pin to one version; undefined for a range, or none. */
      readonly version: string | undefined;
    }
  | {
      readonly kind: 'file';
      readonly name: string;
      readonly address: string;
      readonly hash: readonly [string, string] | undefined;
    }
  | {
      readonly kind: 'vcs';
      readonly name: string;
      readonly vcs: string;
      readonly url: string;
      readonly reference: string | undefined;
    }
  | { readonly kind: 'local'; readonly name: string };

const namePattern = /^([A-Za-z0-9][A-Za-z0-9._-]*)\s*(?:\[[^\]]*\])?\s*/;

/**
 * Reads a requirement without its options.
 * @throws {TrustError} lockfile-invalid for what is none.
 */
export function parseRequirement(text: string, line: number): Requirement {
  const [, name] = namePattern.exec(text) ?? [];
  const rest = name === undefined ? '' : text.slice(namePattern.exec(text)?.[0].length ?? 0);
  if (name !== undefined && rest.startsWith('@')) {
    return parseAddress(rest.slice(1).trim().split(/\s/, 1)[0] ?? '', name, line);
  }
  const plain = text.split(/\s/, 1)[0] ?? '';
  if (name === undefined || isAddress(plain)) return parseAddress(plain, undefined, line);
  const specifiers = (rest.split(';', 1)[0] ?? '').trim().replace(/^\((.*)\)$/, '$1');
  if (specifiers !== '' && !/^[<>=!~]/.test(specifiers)) {
    throw invalid(line, `not a requirement: ${excerpt(text)}`);
  }
  const version = /^={2,3}\s*([^\s=*<>!~,]+)$/.exec(specifiers)?.[1];
  return { kind: 'named', name, version };
}

function isAddress(text: string): boolean {
  return (
    /^[a-z+]+:\/\//i.test(text) || /^(?:file:|\.{0,2}\/)/.test(text) || isArchive(text.replace(/#.*$/s, ''))
  );
}

function isArchive(path: string): boolean {
  return /\.(?:whl|zip|tar\.gz|tgz|tar\.bz2|tar\.xz)$/i.test(path);
}

function parseAddress(address: string, name: string | undefined, line: number): Requirement {
  const hash = address.indexOf('#');
  const target = hash === -1 ? address : address.slice(0, hash);
  const fragment = hash === -1 ? '' : address.slice(hash + 1);
  const parameters = new Map(
    fragment.split('&').map((pair): [string, string] => {
      const [key = '', value = ''] = pair.split('=', 2);
      return [key, value];
    }),
  );
  const known = name ?? parameters.get('egg')?.replace(/\[.*$/s, '');
  const [, vcs, repository] = /^(git|hg|svn|bzr)\+(.*)$/s.exec(target) ?? [];
  if (vcs !== undefined && repository !== undefined) return parseVcs(vcs, repository, known);
  if (/^https?:\/\//i.test(target) || isArchive(target)) {
    const algorithm = ['sha512', 'sha384', 'sha256', 'sha1', 'md5'].find((one) => parameters.has(one));
    return {
      kind: 'file',
      name: known ?? projectOf(fileNameOf(target), line),
      address: target,
      hash: algorithm === undefined ? undefined : [algorithm, parameters.get(algorithm) ?? ''],
    };
  }
  if (/^(?:file:|\.{0,2}\/|\.{1,2}$|[A-Za-z0-9_.-]+[\\/])/.test(target)) {
    return { kind: 'local', name: known ?? localName(target) };
  }
  throw invalid(line, `not a requirement: ${excerpt(address)}`);
}

/** The reference stands behind the last `@` of the path; one in front belongs to a user of the host. */
function parseVcs(vcs: string, repository: string, name: string | undefined): Requirement {
  const path = repository.indexOf('/', repository.indexOf('://') + 3);
  const at = repository.lastIndexOf('@');
  const cut = at > path && path !== -1 ? at : repository.length;
  const url = repository.slice(0, cut);
  return {
    kind: 'vcs',
    name: name ?? localName(url.replace(/\.git$/, '')),
    vcs,
    url,
    reference: cut === repository.length ? undefined : repository.slice(cut + 1),
  };
}

/** The project of a wheel or source distribution, from its file name. */
function projectOf(file: string, line: number): string {
  const project =
    /^([A-Za-z0-9][A-Za-z0-9._]*?)(?:-[0-9]|\.(?:zip|tar|tgz|whl)|-)/.exec(file)?.[1] ??
    file.split('-', 1)[0];
  if (project === undefined || project === '')
    throw invalid(line, `an address without a file name: ${excerpt(file)}`);
  return project;
}

function localName(path: string): string {
  const name = fileNameOf(path.replace(/[\\/]+$/, ''));
  return /^\.*$/.test(name) ? 'unnamed' : name;
}
