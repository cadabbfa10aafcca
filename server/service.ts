// The running service: the open database and what is built on it, opened in order and closed in reverse.

import type { z } from 'zod';
import type { ledgerSchema } from '../core/api/checks.ts';
import { formatSeconds } from '../core/time.ts';
import { findCertificates } from '../db/certificates.ts';
import { openDatabase } from '../db/connect.ts';
import type { Database } from '../db/database.ts';
import { readLedgerState } from '../db/entries.ts';
import type { Config } from './config.ts';
import { createIngest, type Ingest } from './ingest/ingest.ts';
import { createLedgerTime } from './ingest/ledger-time.ts';
import { createVerifier } from './ingest/verifier.ts';
import type { Logger } from './logger.ts';
import { loadTrustGraph, type FollowedGraph } from './trust-graph.ts';

export interface Service {
  readonly db: Database;
  readonly graph: FollowedGraph;
  readonly ingest: Ingest;
  /** Resolves when the database answers. */
  ping(): Promise<void>;
  /** Size and last time of the ledger, as the API gives them. */
  readLedger(): Promise<z.input<typeof ledgerSchema>>;
  /** Commits what is under way, then closes threads and database. */
  close(): Promise<void>;
}

export interface ServiceOptions {
  readonly config: Pick<Config, 'databaseUrl' | 'databaseOwnerUrl' | 'dataDir' | 'verifyWorkers'>;
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
    return await createService(db, config.verifyWorkers, clock);
  } catch (error) {
    await db.close();
    throw error;
  }
}

/** The service over an open database, which it closes with itself. */
export async function createService(db: Database, workers: number, clock: () => Date): Promise<Service> {
  const graph = await loadTrustGraph(db);
  const time = createLedgerTime(clock);
  const verifier = createVerifier({
    workers,
    time,
    findCertificates: (authors) => findCertificates(db, authors),
  });
  const ingest = createIngest({ db, graph, verifier, time });
  return {
    db,
    graph,
    ingest,
    ping: async () => {
      await readLedgerState(db);
    },
    readLedger: async () => {
      const { size, lastRecordedAt } = await readLedgerState(db);
      return { size, ...(lastRecordedAt !== undefined && { lastRecordedAt: formatSeconds(lastRecordedAt) }) };
    },
    close: async () => {
      await ingest.drain();
      await verifier.close();
      await db.close();
    },
  };
}
