// Digests that a lockfile does not carry, computed from sources: what --sources, --local-sources and --fetch do to a closure.

import { dirname, join, resolve } from 'node:path';
import type { Closure } from '../../core/closure/input.ts';
import type { Context } from '../command-spec.ts';
import { escapeTerminal } from '../output/escape-terminal.ts';
import { computeSources } from '../source/compute.ts';
import { DigestCache } from '../source/digest-cache.ts';
import type { ComputedSources } from '../source/source-task.ts';
import { cacheFolder } from '../verify/statement-cache.ts';
import type { LockfilePlace } from './find-lockfiles.ts';

export interface SourceOptions {
  readonly folders: readonly string[];
  /** The package managers' own caches on this machine. */
  readonly local: boolean;
  readonly fetch: boolean;
}

const maxRemarks = 100;

/**
 * The closure with computed digests beside those of the lockfile. Bytes that are not what the lockfile names are not used,
 * and said so in a remark; what is not to be had is counted on stderr.
 */
export async function addComputedDigests(
  context: Context,
  closure: Closure,
  place: LockfilePlace,
  options: SourceOptions,
): Promise<Closure> {
  if (options.folders.length === 0 && !options.local && !options.fetch) return closure;
  const { io, terminal } = context;
  const progress = terminal.progress(options.fetch ? 'Fetching and hashing sources' : 'Hashing sources');
  try {
    const computed = await computeSources(closure.inputs, {
      folders: options.folders.map((folder) => resolve(io.cwd, folder)),
      localCaches: options.local || options.fetch,
      fetch: options.fetch,
      cache: new DigestCache(join(cacheFolder(io), 'digests')),
      projectFolder: place.path === undefined ? io.cwd : dirname(place.path),
      ...(place.path !== undefined && { lockfile: place.path }),
      onProgress: ({ done, total }) => {
        progress.update(done, total);
        context.signal.throwIfAborted();
      },
    });
    progress.stop();
    return {
      ...closure,
      inputs: computed.inputs,
      remarks: [...closure.remarks, ...tell(context, closure, computed)],
    };
  } finally {
    progress.stop();
  }
}

/** Warnings and notes on stderr; the remarks for the report, without paths. */
function tell({ terminal }: Context, closure: Closure, { findings, computed }: ComputedSources): string[] {
  const remarks = new Set<string>();
  let unavailable = 0;
  for (const { input, error } of findings) {
    const purl = closure.inputs[input]?.purl ?? '';
    if (error.code === 'source-mismatch') {
      terminal.warn(escapeTerminal(error.message));
      remarks.add(`Sources found for ${purl} are not the bytes that the lockfile names, and were not used.`);
    } else {
      if (error.code === 'source-unavailable') unavailable++;
      else terminal.warn(`${escapeTerminal(purl)}: ${escapeTerminal(error.message)}`);
      terminal.debug(`${escapeTerminal(purl)}: ${escapeTerminal(error.message)}`);
    }
  }
  const count = computed.cache + computed.local + computed.fetched;
  const missing = unavailable === 0 ? '' : `; ${unavailable} not to be had`;
  terminal.note(
    `Hashed ${count} ${count === 1 ? 'source' : 'sources'} (${computed.cache} known before, ${computed.local} on this machine, ` +
      `${computed.fetched} fetched)${missing}.`,
  );
  return [...remarks].slice(0, maxRemarks);
}
