// From a closure's inputs to inputs that carry every digest of their sources: what `--sources` and `--fetch` do.
//
// For each artefact with a strong digest: from the cache of computed digests, else from the folders given, else from the
// client's own cache, else fetched. Bytes count only after they were checked against the lockfile (check-source.ts). What
// could not be had, or was something else, becomes a finding; one bad source never stops the others.

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Input } from '../../core/closure/input.ts';
import type { ArchiveLimits } from '../../core/digest/archive/limits.ts';
import { isTrustError, TrustError } from '../../core/errors.ts';
import { checkArchive, checkGoTree, readingOf } from './check-source.ts';
import type { DigestCache } from './digest-cache.ts';
import { eachBounded } from './each-bounded.ts';
import { findInFolder } from './find-in-folder.ts';
import type { SourceProvider, WantedSource } from './provider.ts';
import {
  notFound,
  sourceTasks,
  withEquivalents,
  type ComputedSources,
  type Origin,
  type Outcome,
  type Task,
} from './source-task.ts';

export interface ComputeOptions {
  /** Folders of archives or unpacked sources, searched first. */
  readonly folders?: readonly string[];
  /** Whether the clients' own caches on this machine are searched. */
  readonly localCaches?: boolean;
  /** Whether what is missing is fetched, through the ecosystem's client. */
  readonly fetch?: boolean;
  readonly cache?: DigestCache;
  /** Where clients run; the folder of the lockfile. */
  readonly projectFolder: string;
  /** The lockfile of the inputs; used where it is the client's own format. */
  readonly lockfile?: string;
  /** How many archives are in memory at once; 4 when absent. */
  readonly concurrency?: number;
  /** For one run of a client; ten minutes when absent. */
  readonly timeoutMs?: number;
  readonly limits?: Partial<ArchiveLimits>;
  readonly onProgress?: (progress: Progress) => void;
}

export interface Progress {
  readonly done: number;
  readonly total: number;
  /** The source that was just finished. */
  readonly purl: string;
}

/** Finds, checks and hashes the sources of a closure's inputs. Throws nothing for a single source. */
export async function computeSources(
  inputs: readonly Input[],
  options: ComputeOptions,
): Promise<ComputedSources> {
  const tasks = sourceTasks(inputs);
  const outcomes = new Map<Task, Outcome>();
  const settle = (task: Task, outcome: Outcome): void => {
    outcomes.set(task, outcome);
    options.onProgress?.({ done: outcomes.size, total: tasks.length, purl: task.purl });
  };
  const places = new Map<SourceProvider, readonly string[]>();
  for (const provider of new Set(tasks.map((task) => task.provider))) {
    const caches = options.localCaches === true ? await provider.cacheFolders() : [];
    places.set(provider, [...(options.folders ?? []), ...caches]);
  }

  const missing: { readonly task: Task; readonly error: TrustError }[] = [];
  await eachBounded(tasks, options.concurrency ?? 4, async (task) => {
    const outcome = await fromThisMachine(task, places.get(task.provider) ?? [], options);
    if ('digests' in outcome || options.fetch !== true) settle(task, outcome);
    else missing.push({ task, error: outcome.error });
  });
  if (missing.length > 0) {
    await fetchMissing(
      missing.map(({ task }) => task),
      options,
      settle,
    );
  }
  return withEquivalents(inputs, tasks, outcomes);
}

async function fromThisMachine(
  task: Task,
  folders: readonly string[],
  options: ComputeOptions,
): Promise<Outcome> {
  const { wanted, provider } = task;
  const cached = await options.cache?.get(wanted.digests, readingOf(provider, wanted));
  if (cached !== undefined) return { digests: cached, origin: 'cache' };
  let error: TrustError | undefined;
  for (const folder of folders) {
    for (const path of await findInFolder(folder, provider.archivePatterns(wanted))) {
      const outcome = await hash(task, path, 'local', options);
      if ('digests' in outcome) return outcome;
      error ??= outcome.error;
    }
    for (const path of await findInFolder(folder, provider.treePatterns(wanted))) {
      const outcome = await hashTree(wanted, path);
      if ('digests' in outcome) return outcome;
      error ??= outcome.error;
    }
  }
  return { error: error ?? notFound(wanted) };
}

async function fetchMissing(
  tasks: readonly Task[],
  options: ComputeOptions,
  settle: (task: Task, outcome: Outcome) => void,
): Promise<void> {
  const temporaryFolder = await mkdtemp(join(tmpdir(), 'trust-check-'));
  const context = {
    projectFolder: options.projectFolder,
    temporaryFolder,
    timeoutMs: options.timeoutMs ?? 600_000,
  };
  try {
    for (const provider of new Set(tasks.map((task) => task.provider))) {
      const own = tasks.filter((task) => task.provider === provider);
      const byWanted = new Map(own.map((task) => [task.wanted, task]));
      const lockfile = provider.ecosystem === 'cargo' && options.lockfile?.endsWith('.lock') === true;
      const fetched = await provider.fetch(
        own.map((task) => task.wanted),
        { ...context, ...(lockfile && { lockfile: options.lockfile }) },
      );
      await eachBounded(fetched, options.concurrency ?? 4, async (answer) => {
        const task = byWanted.get(answer.wanted);
        if (task === undefined) return;
        settle(
          task,
          'paths' in answer
            ? await hashFirst(task, answer.paths, 'fetched', options)
            : { error: answer.problem },
        );
      });
    }
  } finally {
    await rm(temporaryFolder, { recursive: true, force: true });
  }
}

/** The first of some candidates that is what the lockfile names; else what was wrong with the first. */
async function hashFirst(
  task: Task,
  paths: readonly string[],
  origin: Origin,
  options: ComputeOptions,
): Promise<Outcome> {
  let error: TrustError | undefined;
  for (const path of paths) {
    const outcome = await hash(task, path, origin, options);
    if ('digests' in outcome) return outcome;
    error ??= outcome.error;
  }
  return { error: error ?? notFound(task.wanted) };
}

async function hash(task: Task, path: string, origin: Origin, options: ComputeOptions): Promise<Outcome> {
  const { wanted, provider } = task;
  const reading = readingOf(provider, wanted);
  try {
    const digests = await checkArchive(path, wanted, reading, options.limits);
    await options.cache?.put(wanted.digests, reading, digests);
    return { digests, origin };
  } catch (error) {
    return { error: asTrustError(error) };
  }
}

async function hashTree(wanted: WantedSource, path: string): Promise<Outcome> {
  if (wanted.digests.dirHash === undefined) {
    const error = new TrustError(
      'source-unavailable',
      `${path} is unpacked, and the lockfile's digest of ${wanted.name} ${wanted.version} is of the archive`,
      { help: 'An unpacked source can not be checked against it. Give the archive, or use --fetch.' },
    );
    return { error };
  }
  try {
    return { digests: await checkGoTree(path, wanted), origin: 'local' };
  } catch (error) {
    return { error: asTrustError(error) };
  }
}

function asTrustError(error: unknown): TrustError {
  if (isTrustError(error)) return error;
  const said = error instanceof Error ? error.message : String(error);
  return new TrustError('source-unavailable', `The source could not be read: ${said}`, { cause: error });
}
