// The monitor for what the person asked for: which ledger, whose signatures, what is watched, where events go.

import { resolve } from 'node:path';
import { TrustError } from '../../core/errors.ts';
import type { Identity } from '../../core/identity.ts';
import type { LedgerSource } from '../../core/log/ledger-source.ts';
import type { Context } from '../command-spec.ts';
import { configuredPolicy } from '../config/log-options.ts';
import { connectTo, resolveSettings, type Settings } from '../config/settings.ts';
import { makeFolderSource } from '../ledger/folder-source.ts';
import { jsonLine } from '../output/json-text.ts';
import { defaultStateFolder, type AuditOptions } from './audit-options.ts';
import { servedOpener } from './ledger-keys.ts';
import { Monitor } from './monitor.ts';
import { eventLines } from './tell.ts';

/** How long one delivery may take, and the pauses before it is tried again, in milliseconds. */
const webhookTimeoutMs = 10_000;
const webhookPausesMs = [1000, 2000, 4000];

export interface OpenedMonitor {
  readonly monitor: Monitor;
  /** Its state. */
  readonly folder: string;
}

/** Opens the monitor. Throws usage, config-invalid and policy-invalid; the ledger is not asked yet. */
export async function openMonitor(
  context: Context,
  given: AuditOptions,
  options: Readonly<Record<string, unknown>>,
): Promise<OpenedMonitor> {
  const { io, terminal, signal, format } = context;
  const settings = await resolveSettings(context, options);
  if (!settings.log.check) {
    const origin = settings.all.get('log-check')?.origin ?? '';
    throw new TrustError('usage', `An audit checks the log, and ${origin} says not to.`);
  }
  const { source, certificate } = ledgerOf(context, given, settings);
  const policy = await configuredPolicy(settings.log, (path) => resolve(io.cwd, path));
  const folder = given.state ?? defaultStateFolder(io, source.place);
  const monitor = new Monitor({
    folder,
    source,
    certificate,
    open: servedOpener(io, policy, (line) => {
      terminal.note(line);
    }),
    watches: given.watches,
    fromIndex: given.fromIndex,
    maxAgeMs: given.maxAgeMs,
    clock: io.clock,
    signal,
    warn: (line) => {
      terminal.warn(line);
    },
    outlets: {
      print: (event) => {
        const lines = format === 'json' ? [jsonLine(event)] : eventLines(event, terminal.paint);
        for (const line of lines) terminal.print(line);
      },
      webhook: given.webhook && {
        ...given.webhook,
        fetch: io.fetch,
        clock: io.clock,
        timeoutMs: webhookTimeoutMs,
        pausesMs: webhookPausesMs,
        signal,
      },
    },
  });
  return { monitor, folder };
}

interface Ledger {
  readonly source: LedgerSource;
  readonly certificate: (identity: Identity) => Promise<string | undefined>;
}

/** The folder of --from, or the configured ledger. A bare folder has no other certificates than those in its entries. */
function ledgerOf(context: Context, { from }: AuditOptions, settings: Settings): Ledger {
  if (from !== undefined) {
    return { source: makeFolderSource(from), certificate: () => Promise.resolve(undefined) };
  }
  const api = connectTo(context, settings);
  return {
    source: api.source,
    certificate: async (identity) => (await api.certificate(identity))?.armored,
  };
}
