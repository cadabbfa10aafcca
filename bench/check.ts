// Checks of closures of 100, 1,000 and 10,000 inputs against 10^5 reviews (10^6 with --large), in a real PostgreSQL: median
// and 99th percentile of the whole check, and of the same by HTTP, beside the bare SQL look-up of the same keys.
//
// The reviews are appended through the ledger's own code, but not signed: their signatures play no part in a check.

import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { mkdtempSync, rmSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type pg from 'pg';
import { checkRequestSchema } from '../core/api/checks.ts';
import { toBase64Url } from '../core/bytes.ts';
import type { Input } from '../core/closure/input.ts';
import { makeIdentity, splitIdentity, type Identity } from '../core/identity.ts';
import type { PackageReview, Statement } from '../core/statement/statement.ts';
import { appendStatements } from '../db/append.ts';
import { openDatabase } from '../db/connect.ts';
import type { Database } from '../db/database.ts';
import { createApp } from '../server/app.ts';
import { check } from '../server/checks/check.ts';
import { readConfig } from '../server/config.ts';
import { createLogger } from '../server/logger.ts';
import { createService, type Service } from '../server/service.ts';
import { createServiceState } from '../server/service-state.ts';
import { median, milliseconds, percentile, type BenchRow } from './row.ts';
import type { BenchPostgres } from './scratch-postgres.ts';
import { unsigned } from './unsigned.ts';

const closureSizes = [100, 1_000, 10_000];
const authorCount = 500;
const versionsPerPackage = 4;
const now = new Date('2026-11-22T12:00:00Z');

/** Measures checks against `reviewCount` reviews, three quarters of the inputs reviewed and one in a hundred reported on. */
export async function benchCheck(postgres: BenchPostgres, reviewCount: number): Promise<BenchRow[]> {
  const databaseUrl = await postgres.createDatabase(`check_${reviewCount}`);
  const db = await openDatabase({ databaseUrl, dataDir: '' });
  const authors = Array.from({ length: authorCount }, () =>
    makeIdentity('crev', toBase64Url(randomBytes(32))),
  );
  await fill(db, authors, reviewCount);
  // What autovacuum does in a while: as the owner, for the service's role may not.
  await postgres.ask(databaseUrl, 'vacuum analyze');
  const folder = mkdtempSync(join(tmpdir(), 'trust-ledger-bench-'));
  const { ledgerLog } = readConfig({ DATA_DIR: folder });
  const service = await createService({
    ...{ db, workers: 0, ledgerLog },
    clock: () => now,
    log: createLogger('silent'),
  });
  try {
    const rows: BenchRow[] = [];
    for (const size of closureSizes)
      rows.push(...(await benchClosure(service, authors[0]!, reviewCount, size)));
    return rows;
  } finally {
    await service.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

async function benchClosure(
  service: Service,
  root: Identity,
  reviewCount: number,
  size: number,
): Promise<BenchRow[]> {
  const runs = Math.max(15, Math.min(100, Math.round(30_000 / size)));
  const request = {
    closure: { format: 'package-lock v3', inputs: closure(size, reviewCount) },
    policy: { roots: [root] },
  };
  const question = checkRequestSchema.parse(request);
  const http = await listen(service);
  const body = JSON.stringify(request);
  const post = async (): Promise<void> => {
    const answer = await fetch(`${http.address}/api/v1/checks`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body,
    });
    if (!answer.ok) throw new Error(await answer.text());
    await answer.arrayBuffer();
  };
  const ask = async (): Promise<void> => {
    const { report } = await check(service, question, now);
    if (report.totals.reviewed === 0) throw new Error('The bench asks about nothing that was reviewed.');
  };
  const floorQuery = (): Promise<unknown> =>
    bareLookup(service.db, question.closure as { inputs: readonly Input[] });
  const times = { floor: [] as number[], check: [] as number[], http: [] as number[] };
  for (let run = -8; run < runs; run++) {
    const measured = {
      floor: await milliseconds(floorQuery),
      check: await milliseconds(ask),
      http: await milliseconds(post),
    };
    if (run < 0) continue;
    times.floor.push(measured.floor);
    times.check.push(measured.check);
    times.http.push(measured.http);
  }
  await http.close();
  const label = `check of ${size.toLocaleString('en')} inputs, ${reviewCount.toLocaleString('en')} reviews`;
  const floor = { unit: 'ms', floorName: 'bare SQL look-up' };
  const row = (
    name: string,
    values: readonly number[],
    pick: (all: readonly number[]) => number,
  ): BenchRow => ({
    name: `${label}: ${name}`,
    value: pick(values),
    floor: pick(times.floor),
    ratio: pick(values) / pick(times.floor),
    ...floor,
  });
  const p99 = (values: readonly number[]): number => percentile(values, 99);
  return [
    { ...row('median', times.check, median), ...(size === 10_000 && { bar: 'at most 2.00' }) },
    row('p99', times.check, p99),
    row('by HTTP, median', times.http, median),
    row('by HTTP, p99', times.http, p99),
    { name: `${label}: memory of the process`, value: process.memoryUsage().rss / 2 ** 20, unit: 'MiB' },
  ];
}

/** The floor: the same digests and the same package versions, found by index, with the rows that a check needs, passed as it passes them. */
async function bareLookup(db: Database, { inputs }: { inputs: readonly Input[] }): Promise<unknown> {
  const digests = inputs.map(({ artefacts }) => artefacts[0]?.digests.sha512 ?? '');
  const names = inputs.map(({ purl }) => purl.slice(0, purl.lastIndexOf('@')));
  const versions = inputs.map(({ purl }) => purl.slice(purl.lastIndexOf('@') + 1));
  const query: pg.QueryConfig = {
    text: `
      select encode(statements.id, 'hex') as id, statements.idx, statements.author, statements.body
      from (
        select idx
        from unnest(string_to_array($1::text, ',')) as wanted (hex)
        join subject_digests on value = decode(hex, 'hex')
        where key = 'sha512' and role = 'review'
        union
        select idx
        from rows from (json_array_elements_text($2::json), json_array_elements_text($3::json)) as names (package, version)
        join subjects using (package, version)
        where role = 'review'
      ) as hits
      join statements using (idx)`,
    values: [digests.join(), JSON.stringify(names), JSON.stringify(versions)],
  };
  return db.query(query.text, query.values ?? []);
}

/** Inputs of which three in four have a review. */
function closure(size: number, reviewCount: number): Input[] {
  const step = Math.max(1, Math.floor((reviewCount * 4) / 3 / size));
  return Array.from({ length: size }, (_, i) => {
    const subject = subjectOf(i * step);
    return {
      purl: subject.purl,
      artefacts: [{ digests: subject.digests }],
      places: [{ line: i + 1 }],
      groups: [],
      dependencies: [],
    };
  });
}

function subjectOf(number: number): PackageReview['package'] {
  const name = Math.floor(number / versionsPerPackage);
  return {
    purl: `pkg:npm/bench-package-${name}@1.${number % versionsPerPackage}.0`,
    digests: { sha512: createHash('sha512').update(String(number)).digest('hex') },
  };
}

async function fill(db: Database, authors: readonly Identity[], reviewCount: number): Promise<void> {
  const trust: Statement[] = authors.slice(1).map((author, i) => ({
    kind: 'trust',
    ...common(authors[i % 10]!),
    ids: [splitIdentity(author)],
    trust: i % 3 === 0 ? 'high' : 'medium',
  }));
  await appendStatements(db, trust.map(unsigned), now);
  for (let start = 0; start < reviewCount; start += 1000) {
    const batch = Array.from({ length: Math.min(1000, reviewCount - start) }, (_, i) =>
      review(authors, start + i),
    );
    await appendStatements(db, batch.map(unsigned), now);
    if (start % 20_000 === 0)
      process.stderr.write(
        `\rfilling: ${start.toLocaleString('en')} of ${reviewCount.toLocaleString('en')} reviews `,
      );
  }
  process.stderr.write('\n');
}

function review(authors: readonly Identity[], number: number): Statement {
  return {
    kind: 'package review',
    ...common(authors[number % authors.length]!),
    package: subjectOf(number),
    review: {
      thoroughness: 'medium',
      understanding: 'medium',
      rating: number % 200 === 0 ? 'negative' : 'positive',
    },
    ...(number % 100 === 0 && { issues: [{ id: `BENCH-${number}`, severity: 'low', range: 'minor' }] }),
    comment: 'Read in full; nothing reaches the network or the file system.',
  };
}

function common(author: Identity): Pick<Statement, 'version' | 'date' | 'from'> {
  return { version: 1, date: '2026-11-01T00:00:00Z', from: splitIdentity(author) };
}

async function listen(service: Service): Promise<{ address: string; close(): Promise<void> }> {
  const config = readConfig({ RATE_LIMIT_CHECK: '0', LOG_LEVEL: 'silent' });
  const state = createServiceState();
  state.setReady(service);
  const app = createApp({
    config: config.http,
    log: createLogger(config.logLevel),
    state,
    clock: () => now,
  });
  const server = createServer(app).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    address: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}
