// What the command line has to know of an ecosystem to get at the bytes behind a lockfile entry: where its own client keeps
// them, how its own client fetches them, and how an archive of it is laid out.
//
// No provider names a host. Fetching goes through the ecosystem's client, so that a person's registries, proxies and tokens
// hold. Names and versions come from a lockfile, which may be hostile: `wanted` refuses what is not in a strict pattern
// before any of it becomes part of a path or a command line.

import type { ArchiveLayout } from '../../core/digest/archive-digests.ts';
import type { DigestSet } from '../../core/digest/digest-set.ts';
import type { Purl } from '../../core/digest/purl.ts';
import type { TrustError } from '../../core/errors.ts';

/** One source that is looked for. Its name and version have passed the provider's patterns. */
export interface WantedSource {
  readonly purl: Purl;
  /** As the ecosystem's own tools write the name: `@scope/name`, a crate's name, a module path. */
  readonly name: string;
  readonly version: string;
  /** What the lockfile says of the bytes. */
  readonly digests: DigestSet;
}

/** A path below a folder, segment by segment; `*` stands for any one segment. */
export type PathPattern = readonly string[];

export interface FetchContext {
  /** Where the client runs, so that the project's own settings hold. */
  readonly projectFolder: string;
  /** The lockfile that the sources come from, when it is a file of this ecosystem. */
  readonly lockfile?: string;
  /** An empty folder for what is fetched; removed by the caller when all is read. */
  readonly temporaryFolder: string;
  /** After this the client is ended. */
  readonly timeoutMs: number;
}

/** What became of one wanted source: archives of that name and version, or why there is none. */
export type Fetched =
  | { readonly wanted: WantedSource; readonly paths: readonly string[] }
  | { readonly wanted: WantedSource; readonly problem: TrustError };

export interface SourceProvider {
  /** The purl type. */
  readonly ecosystem: string;
  /** The source that a purl names, or undefined when it is none that this provider can get at. */
  wanted(purl: Purl, digests: DigestSet): WantedSource | undefined;
  /** Folders of the client's own caches on this machine; they may not exist. */
  cacheFolders(): Promise<readonly string[]>;
  /** Where a folder of archives, or a cache folder, may hold the archive; most likely first. */
  archivePatterns(wanted: WantedSource): readonly PathPattern[];
  /** Where a folder may hold the unpacked tree. */
  treePatterns(wanted: WantedSource): readonly PathPattern[];
  /** How the archive is laid out. */
  layout(wanted: WantedSource): ArchiveLayout;
  /** Exact paths that crev leaves out of such a tree. */
  readonly crevIgnore: readonly string[];
  /** Has the ecosystem's client fetch sources. One bad entry never sinks the others. */
  fetch(wanted: readonly WantedSource[], context: FetchContext): Promise<readonly Fetched[]>;
}
