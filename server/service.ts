// The running service: the open database and what is built on it, opened in order and closed in reverse.

import { randomBytes } from 'node:crypto';
import type { z } from 'zod';
import type { ledgerSchema } from '../core/api/checks.ts';
import { formatSeconds } from '../core/time.ts';
import { findCertificates } from '../db/certificates.ts';
import { openDatabase } from '../db/connect.ts';
import type { Database } from '../db/database.ts';
import { readLedgerState } from '../db/entries.ts';
import { readOrMakeSecret } from '../db/secrets.ts';
import { pruneSessions } from '../db/sessions.ts';
import type { Config, ExportConfig, LogConfig } from './config.ts';
import { configuredTargets } from './export/configured-targets.ts';
import { startExporter } from './export/exporter.ts';
import { createIngest, type Ingest } from './ingest/ingest.ts';
import { createLedgerTime } from './ingest/ledger-time.ts';
import { createVerifier } from './ingest/verifier.ts';
import { openLog, type OpenLog } from './log/open-log.ts';
import type { LedgerLog } from './log/ledger-log.ts';
import type { Logger } from './logger.ts';
import { loadTrustGraph, type FollowedGraph } from './trust-graph.ts';

/** How often sessions that are over are removed, in milliseconds. */
const pruneMs = 60 * 60 * 1000;

export interface Service {
  readonly db: Database;
  readonly graph: FollowedGraph;
  readonly ingest: Ingest;
  readonly log: LedgerLog;
  /** What session cookies are signed with, as text. */
  readonly siteSecret: string;
  /** Resolves when the database answers and the log goes on; rejects with the log's refusal when it does not. */
  ping(): Promise<void>;
  /** Size and last time of the ledger, as the API gives them. */
  readLedger(): Promise<z.input<typeof ledgerSchema>>;
  /** Commits what is under way, then closes threads and database. */
  close(): Promise<void>;
}

export interface ServiceOptions {
  readonly config: Pick<
    Config,
    'databaseUrl' | 'databaseOwnerUrl' | 'dataDir' | 'verifyWorkers' | 'ledgerLog' | 'exportTo'
  >;
  readonly log: Logger;
  readonly clock: () => Date;
}

/** Opens and migrates the database, loads the web of trust, starts the threads. Throws what openDatabase throws. */
export async function openService({ config, log, clock }: ServiceOptions): Promise<Service> {
  const db = await openDatabase({
    databaseUrl: config.databaseUrl,
    ownerUrl: config.databaseOwnerUrl,
    dataDir: config.dataDir,
    log: (line) => {
      log.info(line);
    },
  });
  try {
    const { verifyWorkers: workers, ledgerLog, exportTo } = config;
    return await createService({ db, workers, clock, ledgerLog, exportTo, log });
  } catch (error) {
    await db.close();
    throw error;
  }
}

export interface ServiceParts {
  readonly db: Database;
  /** Threads that verify signatures; 0 verifies in the main thread. */
  readonly workers: number;
  readonly clock: () => Date;
  readonly ledgerLog: LogConfig;
  /** Nowhere when left out. */
  readonly exportTo?: ExportConfig;
  readonly log: Logger;
}

/** The service over an open database, which it closes with itself. Throws what openLog throws. */
export async function createService(parts: ServiceParts): Promise<Service> {
  const { db, clock, ledgerLog, log } = parts;
  const ledger = await openLog({ db, config: ledgerLog, clock, log });
  try {
    return await serve(parts, ledger);
  } catch (error) {
    await ledger.close();
    throw error;
  }
}

async function serve(parts: ServiceParts, ledger: OpenLog): Promise<Service> {
  const { db, workers, clock, log, exportTo } = parts;
  const { publisher, prover } = ledger;
  const graph = await loadTrustGraph(db);
  const siteSecret = await readOrMakeSecret(db, 'site', randomBytes(32));
  const time = createLedgerTime(clock);
  const verifier = createVerifier({
    workers,
    time,
    findCertificates: (authors) => findCertificates(db, authors),
  });
  const ingest = createIngest({ db, graph, verifier, time, publisher, prover });
  const exporters = configuredTargets(exportTo ?? {}).map((openTarget) =>
    startExporter({ db, ledger, log, openTarget }),
  );
  const pruning = setInterval(() => {
    pruneSessions(db, clock()).catch((error: unknown) => {
      log.warn({ event: 'prune-failed', err: error }, 'Sessions that are over could not be removed');
    });
  }, pruneMs).unref();
  publisher.onPublished(() => {
    for (const exporter of exporters) exporter.wake();
  });
  return {
    db,
    graph,
    ingest,
    log: ledger,
    siteSecret: Buffer.from(siteSecret).toString('base64url'),
    ping: async () => {
      const refusal = publisher.refusal();
      if (refusal !== undefined) throw refusal;
      await readLedgerState(db);
    },
    readLedger: async () => {
      const { size, lastRecordedAt } = await readLedgerState(db);
      return { size, ...(lastRecordedAt !== undefined && { lastRecordedAt: formatSeconds(lastRecordedAt) }) };
    },
    close: async () => {
      clearInterval(pruning);
      publisher.hurry();
      await ingest.drain();
      await verifier.close();
      await Promise.all(exporters.map((exporter) => exporter.close()));
      await ledger.close();
      await db.close();
    },
  };
}
