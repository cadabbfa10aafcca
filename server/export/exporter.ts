// Exporting in the running service: after every publication, in the background, one run at a time for each target.
//
// Nobody waits for it. What fails is logged and tried again, after pauses that grow.

import { setTimeout as sleep } from 'node:timers/promises';
import { isTrustError } from '../../core/errors.ts';
import type { Queryable } from '../../db/database.ts';
import type { LedgerLog } from '../log/ledger-log.ts';
import type { Logger } from '../logger.ts';
import { exportLedger } from './export-ledger.ts';
import type { ExportTarget } from './export-target.ts';

export interface Exporter {
  /** Says that there is something new. */
  wake(): void;
  /** Stops after what is being written right now. */
  close(): Promise<void>;
}

export interface ExporterDeps {
  readonly db: Queryable;
  readonly ledger: Pick<LedgerLog, 'discovery' | 'prover'>;
  readonly log: Logger;
  /** Opens a target; called again when that has failed. */
  readonly openTarget: () => Promise<ExportTarget>;
  /** Least time between two runs, and first and longest pause after a failure, in milliseconds. */
  readonly pauses?: { readonly least: number; readonly first: number; readonly longest: number };
}

const usualPauses = { least: 1000, first: 5000, longest: 300_000 };

/** Follows the log with a target, and begins at once. */
export function startExporter({ db, ledger, log, openTarget, pauses = usualPauses }: ExporterDeps): Exporter {
  const stop = new AbortController();
  let target: ExportTarget | undefined;
  let isWanted = false;
  let running: Promise<void> | undefined;

  const isStopped = (): boolean => stop.signal.aborted;

  const runOnce = async (): Promise<void> => {
    target ??= await openTarget();
    const { size, written, removed } = await exportLedger(db, ledger, target, { signal: stop.signal });
    log.debug({ event: 'exported', size, written, removed }, `Exported ${size} entries to ${target.place}`);
  };

  const work = async (): Promise<void> => {
    let pause = pauses.first;
    while (isWanted && !isStopped()) {
      isWanted = false;
      let rest = pauses.least;
      try {
        await runOnce();
        pause = pauses.first;
      } catch (error) {
        if (isStopped()) return;
        isWanted = true;
        rest = pause;
        pause = Math.min(2 * pause, pauses.longest);
        const message = error instanceof Error ? error.message : String(error);
        const code = isTrustError(error) ? error.code : undefined;
        log.error({ event: 'export-failed', code, err: error }, `The ledger was not exported: ${message}`);
      }
      await sleep(rest, undefined, { signal: stop.signal, ref: false }).catch(() => undefined);
    }
  };

  const wake = (): void => {
    isWanted = true;
    running ??= work().finally(() => {
      running = undefined;
    });
  };

  wake();
  return {
    wake,
    async close() {
      stop.abort();
      await running;
    },
  };
}
