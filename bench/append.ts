// Appending to the log: acknowledged entries a second in batches of 256, beside bare inserts of the same rows.
//
// Acknowledged means committed, checked, signed and published, as ingest does it: the next batch is appended while the one
// before it is published. The floor inserts the rows that appending wrote, entries and projections, batch by batch, one
// transaction for each, into the same tables with the same indexes and no triggers. Rounds of the two alternate.

import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { toBase64Url } from '../core/bytes.ts';
import { makeIdentity, splitIdentity } from '../core/identity.ts';
import type { VerifiedStatement } from '../core/statement/verified.ts';
import { appendStatements } from '../db/append.ts';
import { openDatabase } from '../db/connect.ts';
import { readConfig } from '../server/config.ts';
import { createLogger } from '../server/logger.ts';
import { openLog } from '../server/log/open-log.ts';
import { median, milliseconds, type BenchRow } from './row.ts';
import type { BenchPostgres } from './scratch-postgres.ts';
import { unsigned } from './unsigned.ts';

const batchSize = 256;
const batchesPerRound = 24;
const warmUps = 1;
const rounds = 9;
const now = new Date('2026-11-22T12:00:00Z');

/** Rows of a table by batch: one text array for each column. */
interface TableRows {
  readonly table: string;
  readonly insert: string;
  readonly batches: readonly (readonly (readonly (string | null)[])[])[];
}

/** Measures appending with publication, and its floor. */
export async function benchAppend(postgres: BenchPostgres): Promise<BenchRow[]> {
  const url = await postgres.createDatabase('append');
  const floorUrl = await postgres.createDatabase('append_floor');
  await (await openDatabase({ databaseUrl: floorUrl, dataDir: '' })).close();
  const floor = new pg.Client({ connectionString: floorUrl });
  await floor.connect();
  const db = await openDatabase({ databaseUrl: url, dataDir: '' });
  const folder = mkdtempSync(join(tmpdir(), 'trust-ledger-bench-'));
  const ledger = await openLog({
    db,
    config: readConfig({ DATA_DIR: folder, LOG_ORIGIN: 'bench.example' }).ledgerLog,
    clock: () => new Date(),
    log: createLogger('error'),
  });
  try {
    const rates: number[] = [];
    const floorRates: number[] = [];
    for (let round = -warmUps; round < rounds; round++) {
      const first = (round + warmUps) * batchesPerRound;
      const batches = Array.from({ length: batchesPerRound }, (_, i) => makeBatch(first + i));
      const took = await milliseconds(async () => {
        const published: Promise<unknown>[] = [];
        for (const batch of batches) {
          const receipts = await appendStatements(db, batch, now, (transaction) =>
            ledger.publisher.guard(transaction),
          );
          published.push(ledger.publisher.covering((receipts.at(-1)?.index ?? 0) + 1));
        }
        await Promise.all(published);
      });
      const tables = await readRows(url, first * batchSize, batchesPerRound);
      if (round === -warmUps) {
        for (const { table } of tables) await floor.query(`alter table ${table} disable trigger user`);
      }
      const floorTook = await milliseconds(() => insertRows(floor, tables));
      if (round < 0) continue;
      const entries = batchesPerRound * batchSize;
      rates.push((1000 * entries) / took);
      floorRates.push((1000 * entries) / floorTook);
    }
    return [
      {
        name: `append in batches of ${batchSize}, published`,
        value: median(rates),
        unit: 'entries/s',
        floor: median(floorRates),
        floorName: 'bare inserts of the same rows',
        ratio: median(rates) / median(floorRates),
        bar: 'at least 0.50',
      },
    ];
  } finally {
    await ledger.close();
    await db.close();
    await floor.end();
    rmSync(folder, { recursive: true, force: true });
  }
}

const authors = Array.from({ length: 40 }, () => makeIdentity('crev', toBase64Url(randomBytes(32))));

function makeBatch(number: number): VerifiedStatement[] {
  return Array.from({ length: batchSize }, (_, i) => {
    const place = number * batchSize + i;
    return unsigned({
      kind: 'package review',
      version: 1,
      date: '2026-11-01T00:00:00Z',
      from: splitIdentity(authors[place % authors.length]!),
      package: {
        purl: `pkg:npm/bench-${place >> 3}@1.${place % 8}.0`,
        digests: { sha512: place.toString(16).padStart(128, '0') },
      },
      review: { thoroughness: 'medium', understanding: 'medium', rating: 'positive' },
      comment: 'Read in full; nothing reaches the network or the file system.',
    });
  });
}

/** The rows that a round wrote, as texts, by table and batch. */
async function readRows(url: string, from: number, count: number): Promise<TableRows[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    const tables: TableRows[] = [];
    for (const table of ['documents', 'entries', 'statements', 'subjects', 'subject_digests']) {
      const columns = await client.query<{ name: string; type: string }>(
        `select attname as name, format_type(atttypid, atttypmod) as type
        from pg_attribute
        where attrelid = $1::regclass and attnum > 0 and not attisdropped
        order by attnum`,
        [table],
      );
      const names = columns.rows.map(({ name }) => name);
      const batches: (string | null)[][][] = [];
      for (let batch = 0; batch < count; batch++) {
        const source = table === 'documents' ? 'documents join entries on document_hash = hash' : table;
        const { rows } = await client.query<(string | null)[]>({
          text: `select ${names.map((name) => `${table}.${name}::text`).join(', ')}
            from ${source}
            where idx >= $1 and idx < $2
            order by idx`,
          values: [from + batch * batchSize, from + (batch + 1) * batchSize],
          rowMode: 'array',
        });
        batches.push(names.map((_, column) => rows.map((row) => row[column] ?? null)));
      }
      tables.push({ table, batches, insert: insertOf(table, columns.rows) });
    }
    return tables;
  } finally {
    await client.end();
  }
}

function insertOf(table: string, columns: readonly { name: string; type: string }[]): string {
  const values = columns.map(({ name, type }) => `${name}::${type}`).join(', ');
  const arrays = columns.map((_, i) => `$${i + 1}::text[]`).join(', ');
  const names = columns.map(({ name }) => name).join(', ');
  return `insert into ${table} (${names}) select ${values} from unnest(${arrays}) as given (${names})`;
}

async function insertRows(client: pg.Client, tables: readonly TableRows[]): Promise<void> {
  for (let batch = 0; batch < batchesPerRound; batch++) {
    await client.query('begin');
    for (const { insert, batches } of tables) {
      const columns = batches[batch];
      if (columns?.[0] !== undefined && columns[0].length > 0) await client.query(insert, [...columns]);
    }
    await client.query('commit');
  }
}
