// Lockfiles and closures that are known by name or content and not read yet: saying so beats "nothing to check".
//
// When one of them gets a reader, its line moves from here to the table in registry.ts.

import { jsonObject, type LockfileDocument } from './format.ts';

export interface UnreadFormat {
  readonly label: string;
  /** Usual file names. */
  readonly names: RegExp;
  /** Whether the content is of this format; left out where only the name tells. */
  readonly recognise?: (document: LockfileDocument) => boolean;
}

/** Looks at the first kilobytes only. */
const head =
  (pattern: RegExp) =>
  ({ text }: LockfileDocument): boolean =>
    pattern.test(text.slice(0, 4096));

const jsonKeys =
  (...keys: string[]) =>
  (document: LockfileDocument): boolean => {
    const members = jsonObject(document)?.members;
    return members !== undefined && keys.every((key) => members.has(key));
  };

export const unreadFormats: readonly UnreadFormat[] = [
  { label: 'bun.lockb, which is binary: run bun install --save-text-lockfile', names: /^bun\.lockb$/ },
  { label: 'conda lockfile', names: /^(?:conda-lock\.yml|pixi\.lock)$/ },
  {
    label: 'Gemfile.lock',
    names: /^(?:(?:.*\.)?Gemfile\.lock|gems\.locked|.*\.gemfile\.lock)$/,
    recognise: head(/^GEM\r?\n {2}remote: /m),
  },
  { label: 'composer.lock', names: /^composer\.lock$/, recognise: jsonKeys('content-hash', 'packages') },
  {
    label: 'NuGet lockfile',
    names: /^(?:packages\.lock\.json|project\.assets\.json|.*\.deps\.json|paket\.lock)$/,
  },
  { label: 'Gradle lockfile', names: /^(?:verification-metadata\.xml|(?:.*\.)?gradle\.lockfile)$/ },
  {
    label: 'Bazel lockfile',
    names: /^(?:MODULE\.bazel\.lock|maven_install\.json)$/,
    recognise: jsonKeys('lockFileVersion', 'registryFileHashes'),
  },
  { label: 'Package.resolved', names: /^Package\.resolved$/ },
  { label: 'Podfile.lock', names: /^Podfile\.lock$/ },
  { label: 'mix.lock or rebar.lock', names: /^(?:mix|rebar)\.lock$/ },
  { label: 'pubspec.lock', names: /^pubspec\.lock$/ },
  { label: 'go.work.sum', names: /^go\.work\.sum$/ },
  { label: 'flake.lock', names: /^flake\.lock$/, recognise: jsonKeys('nodes', 'root', 'version') },
  { label: 'Nix derivation', names: /\.drv$/, recognise: head(/^Derive\(/) },
  {
    label: 'Debian source or build description',
    names: /\.(?:dsc|buildinfo)$/,
    recognise: head(/^(?:Installed-Build-Depends|Checksums-Sha256):/m),
  },
  { label: 'GitHub Actions lockfile', names: /^actions\.lock$/ },
  {
    label: 'CycloneDX XML',
    names: /^(?:bom\.xml|.*\.cdx\.xml)$/,
    recognise: head(/<bom[^>]* xmlns="http:\/\/cyclonedx\.org\//),
  },
  { label: 'SPDX 2 JSON', names: /\.spdx\.json$/, recognise: jsonKeys('spdxVersion') },
  { label: 'SPDX 3 JSON', names: /\.spdx3?\.json$/, recognise: jsonKeys('@context', '@graph') },
  { label: 'in-toto statement or bundle', names: /\.(?:intoto\.jsonl|sigstore\.json)$/ },
  { label: 'in-toto statement', names: /\.intoto\.json$/, recognise: jsonKeys('_type', 'predicateType') },
];
