// What check and explain share: find the lockfiles, read them, ask about each, keep going when one fails.

import type { Closure } from '../../core/closure/input.ts';
import type { Context } from '../command-spec.ts';
import { connectTo, type Settings } from '../config/settings.ts';
import { cacheFolder, noCache, openCache } from '../verify/statement-cache.ts';
import { ForkError } from '../ledger/fork-error.ts';
import { openLog } from '../ledger/open-log.ts';
import { checkClosure, type CheckedClosure, type CheckTools } from '../verify/check-closure.ts';
import { addComputedDigests, type SourceOptions } from './computed-digests.ts';
import type { LockfilePlace } from './find-lockfiles.ts';
import { readClosure } from './read-closure.ts';

export interface RunOptions {
  readonly stdinName: string | undefined;
  readonly cache: boolean;
  readonly sources: SourceOptions;
}

export type LockfileResult = { readonly place: LockfilePlace } & (
  { readonly closure: Closure; readonly checked: CheckedClosure } | { readonly error: unknown }
);

/** Checks every lockfile against the configured ledger; an error about one does not keep the others from being checked. */
export async function runChecks(
  context: Context,
  settings: Settings,
  places: readonly LockfilePlace[],
  options: RunOptions,
): Promise<LockfileResult[]> {
  const { io, terminal } = context;
  const api = connectTo(context, settings);
  // A mirror is at hand already.
  const useCache = options.cache && api.mirror === undefined;
  const cache = useCache ? openCache(cacheFolder(io), api.server) : noCache;
  const log = await openLog(context, settings, api, useCache);
  const tools: CheckTools = { api, cache, log, terminal, clock: io.clock };
  const results: LockfileResult[] = [];
  for (const place of places) {
    try {
      const read = await readClosure(io, place, options.stdinName);
      const closure = await addComputedDigests(context, read, place, options.sources);
      const checked = await checkClosure(closure, settings.policy, tools);
      results.push({ place, closure, checked });
    } catch (error) {
      // A fork is not about one lockfile.
      if (context.signal.aborted || error instanceof ForkError) throw error;
      results.push({ place, error });
    }
  }
  return results;
}
