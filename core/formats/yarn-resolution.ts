// `resolution` of yarn berry: a name and a reference with its protocol, bindings cut (berry's `structUtils.ts`).

import { excerpt } from '../bytes.ts';
import { invalid } from './limits.ts';
import { withoutCredentials } from './without-credentials.ts';

export type YarnResolution = { readonly name: string } & (
  | { readonly kind: 'npm'; readonly version: string }
  /** The project's own: a workspace, a link, a folder. */
  | { readonly kind: 'local' }
  | { readonly kind: 'patch'; readonly patch: string }
  | { readonly kind: 'git'; readonly url: string; readonly commit: string | undefined }
  | { readonly kind: 'archive'; readonly address: string }
  | { readonly kind: 'generated' }
);

/** Reads a resolution. @throws {TrustError} lockfile-invalid for what is none, or of an unknown protocol. */
export function parseYarnResolution(text: string, line: number): YarnResolution {
  const [, name, reference] = /^((?:@[^/@]+\/)?[^@/]+)@(.+)$/s.exec(text) ?? [];
  if (name === undefined || reference === undefined) {
    throw invalid(line, `not a resolution: ${excerpt(text)}`);
  }
  const [bare = ''] = reference.split('::', 1);
  const [, protocol = '', rest = ''] = /^([a-z+]+):(.*)$/s.exec(bare) ?? [];
  switch (protocol) {
    case 'npm':
      return { name, kind: 'npm', version: rest };
    case 'workspace':
    case 'link':
    case 'portal':
      return { name, kind: 'local' };
    case 'exec':
      return { name, kind: 'generated' };
    case 'patch':
      return { name, kind: 'patch', patch: rest.slice(rest.indexOf('#') + 1) };
    case 'file':
      return /\.(?:tgz|tar\.gz)(?:#|$)/.test(rest)
        ? { name, kind: 'archive', address: bare.replace(/#.*$/s, '') }
        : { name, kind: 'local' };
  }
  const hash = bare.indexOf('#');
  const address = withoutCredentials(hash === -1 ? bare : bare.slice(0, hash));
  const fragment = hash === -1 ? '' : bare.slice(hash + 1);
  const commit = /(?:^|&)commit=([^&]*)/.exec(fragment)?.[1];
  if (commit !== undefined || /^(?:git|ssh)(?:\+|:|@)|\.git$/.test(address)) {
    return { name, kind: 'git', url: address.startsWith('git') ? address : `git+${address}`, commit };
  }
  if (protocol === 'http' || protocol === 'https') return { name, kind: 'archive', address };
  throw invalid(line, `a resolution of an unknown protocol: ${excerpt(text)}`);
}
