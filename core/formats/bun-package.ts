// One package of bun.lock as an input: what its id says about where it comes from.

import { excerpt } from '../bytes.ts';
import type { Entry } from './closure-builder.ts';
import { commitStanding } from './commit-standing.ts';
import { invalid } from './limits.ts';
import { npmPurl } from './npm-entry.ts';
import { integrityArtefacts, integrityStanding } from './npm-integrity.ts';
import { withoutCredentials } from './without-credentials.ts';

export interface BunPackage {
  /** `name@1.0.0`, `name@github:o/r#0123456`, `name@file:…` */
  readonly id: string;
  readonly integrity: string | undefined;
  readonly line: number | undefined;
  /** Install path of the package in whose archive it comes. */
  readonly parent: string | undefined;
}

const advice = 'Remove the entry and run bun install against a registry that publishes integrity.';

/** Purl and standing. @throws {TrustError} lockfile-invalid, lockfile-too-large. */
export function bunInput({ id, integrity, line, parent }: BunPackage): Omit<Entry, 'place'> {
  const at = id.indexOf('@', 1);
  if (at === -1) throw invalid(line, `not an id: ${excerpt(id)}`);
  const name = id.slice(0, at);
  const reference = id.slice(at + 1);
  const purl = (version: string | undefined, qualifiers = {}): string =>
    npmPurl({ name, version, line: line ?? 1 }, qualifiers);
  if (parent !== undefined) {
    return {
      purl: purl(reference),
      artefacts: integrityArtefacts(integrity, line),
      within: parent,
      unverifiable: {
        reason: 'inherited',
        note: `It comes inside the archive of ${excerpt(parent, 300)}, whose digest covers its bytes: read it there.`,
      },
    };
  }
  if (/^(?:root|link|workspace):/.test(reference))
    return { purl: purl(undefined), artefacts: [], local: true };
  if (/^(?:github:|git\+|git:|git@|ssh:|bitbucket:|gitlab:)/.test(reference)) {
    const [address = '', commit] = reference.split('#', 2);
    const url = withoutCredentials(address.replace(/^github:/, 'git+https://github.com/'));
    return {
      purl: purl(undefined, { vcs_url: commit === undefined ? url : `${url}@${commit}` }),
      ...commitStanding(commit, 'Write the full commit id in package.json; bun abbreviates it here.'),
    };
  }
  if (/^https?:/.test(reference)) {
    return {
      purl: purl(undefined, { download_url: withoutCredentials(reference) }),
      ...integrityStanding(integrity, line, advice),
    };
  }
  if (/^(?:file:|\.{0,2}\/)/.test(reference) || !/^[0-9]/.test(reference)) {
    return integrity === undefined && !/\.(?:tgz|tar\.gz)$/.test(reference)
      ? { purl: purl(undefined), artefacts: [], local: true }
      : { purl: purl(undefined, { download_url: reference }), ...integrityStanding(integrity, line, advice) };
  }
  return { purl: purl(reference), ...integrityStanding(integrity, line, advice) };
}
