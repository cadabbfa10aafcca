// The log of the configured ledger, ready to be checked; or a loud word that it is not.

import { resolve } from 'node:path';
import type { Context } from '../command-spec.ts';
import { configuredPolicy } from '../config/log-options.ts';
import type { Settings } from '../config/settings.ts';
import type { ApiClient } from '../http/api-client.ts';
import { cacheFolder } from '../verify/statement-cache.ts';
import { CheckedLog } from './checked-log.ts';
import { openKnownLedger } from './known-ledger.ts';
import { withTileCache } from './tile-cache.ts';

/** Commands that change the ledger or rest on it open its log once, and say it when that is switched off. */
export async function openLog(
  context: Context,
  settings: Settings,
  api: ApiClient,
  useCache = true,
): Promise<CheckedLog | undefined> {
  const { io, terminal, signal } = context;
  if (!settings.log.check) {
    const origin = settings.all.get('log-check')?.origin ?? '';
    terminal.warn(
      `the log of this ledger is not checked (${origin}): nothing here shows that what it says stands in one history ` +
        'for everybody, that nothing was taken back, or when it was recorded',
    );
    return undefined;
  }
  const policy = await configuredPolicy(settings.log, (path) => resolve(io.cwd, path));
  const known = openKnownLedger(io, api.source.place, policy, (line) => {
    terminal.note(line);
  });
  const isRemote = /^https?:/.test(api.source.place);
  // By origin, so that every copy of a log shares them, and a copy that was set back can be shown to be one.
  const nameOf = async (): Promise<string> => {
    const logs = (await known.policy())?.logs ?? [];
    return [...new Set(logs.map(({ key }) => key.name))].join('\n') || api.source.place;
  };
  const source = useCache && isRemote ? withTileCache(api.source, cacheFolder(io), nameOf) : api.source;
  return new CheckedLog(known, source, signal);
}
