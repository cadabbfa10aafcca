// The `source` of a Cargo.lock entry: which registry or git repository a crate comes from (The Cargo Book, "Package ID
// Specifications"; cargo's `SourceId`).
//
// The default registry has two spellings, its git index and its sparse index: one registry. Git references may be
// form-encoded (from version 4 on); only the commit behind `#` pins anything.

import { excerpt } from '../bytes.ts';
import type { Artefact, Input } from '../closure/input.ts';

export type CargoSource =
  | { readonly kind: 'default-registry' }
  | { readonly kind: 'registry'; readonly url: string }
  | { readonly kind: 'git'; readonly url: string; readonly commit: string | undefined }
  | { readonly kind: 'other'; readonly text: string };

/** What a `source` text means; never throws, unknown kinds are `other`. */
export function parseCargoSource(source: string): CargoSource {
  const cut = /^(registry|sparse|git)\+([^#]*)(?:#(.*))?$/.exec(source);
  if (cut?.[1] === undefined || cut[2] === undefined) return { kind: 'other', text: source };
  const [, kind, address, fragment] = cut;
  if (kind === 'git') {
    return { kind, url: address.replace(/\?.*$/, ''), commit: fragment };
  }
  return isDefaultIndex(address) ? { kind: 'default-registry' } : { kind: 'registry', url: address };
}

/** Whether an index is that of the registry which `pkg:cargo` stands for without qualifier. */
function isDefaultIndex(address: string): boolean {
  let url: URL;
  try {
    url = new URL(address);
  } catch {
    return false;
  }
  if (url.protocol !== 'https:' || url.username !== '' || url.port !== '') return false;
  if (url.hostname === 'github.com') return /^\/rust-lang\/crates\.io-index(?:\.git)?\/?$/.test(url.pathname);
  return url.hostname.endsWith('.crates.io');
}

/** Qualifiers of the purl of a crate from this source. */
export function sourceQualifiers(source: CargoSource): Readonly<Record<string, string>> {
  switch (source.kind) {
    case 'default-registry':
      return {};
    case 'registry':
      return { repository_url: source.url };
    case 'git':
      return {
        vcs_url: `git+${source.url}${source.commit === undefined ? '' : `@${source.commit}`}`,
      };
    case 'other':
      return { download_url: source.text };
  }
}

/** Texts by which a dependency may name this source, the fullest first: the commit of a git source may be left out. */
export function sourceKeys(source: CargoSource): readonly string[] {
  switch (source.kind) {
    case 'default-registry':
      return ['default registry'];
    case 'registry':
      return [`registry ${source.url}`];
    case 'git': {
      const bare = `git ${source.url}`;
      return source.commit === undefined ? [bare] : [`${bare} ${source.commit}`, bare];
    }
    case 'other':
      return [`other ${source.text}`];
  }
}

/** The digests of a crate, or why there are none, from its source and the lockfile's checksum. */
export function crateStanding(
  source: CargoSource,
  checksum: string | undefined,
): { readonly artefacts: readonly Artefact[]; readonly unverifiable?: Input['unverifiable'] } {
  if (source.kind === 'git') return commitStanding(source.commit);
  if (checksum !== undefined && checksum !== '<none>' && checksum !== '') {
    return { artefacts: [{ digests: { sha256: checksum } }] };
  }
  return {
    artefacts: [],
    unverifiable: {
      reason: checksum === undefined ? 'unpinned' : 'placeholder',
      note: 'The lockfile has no checksum for it. Run cargo generate-lockfile, or cargo update -p with its name, against a registry that publishes checksums.',
    },
  };
}

function commitStanding(commit: string | undefined): ReturnType<typeof crateStanding> {
  const advice = 'Pin the dependency with rev = "<full commit id>" and run cargo update.';
  if (commit === undefined || commit === '') {
    return {
      artefacts: [],
      unverifiable: {
        reason: 'mutable',
        note: `The lockfile names no commit for this repository. ${advice}`,
      },
    };
  }
  if (/^(?:[0-9a-fA-F]{40}|[0-9a-fA-F]{64})$/.test(commit)) {
    return { artefacts: [{ digests: { gitCommit: commit.toLowerCase() } }] };
  }
  return {
    artefacts: [],
    unverifiable: {
      reason: /^[0-9a-fA-F]{4,39}$/.test(commit) ? 'truncated' : 'mutable',
      note: `"${excerpt(commit)}" is no full commit id. ${advice}`,
    },
  };
}
