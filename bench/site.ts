// The pages to read, each beside GET /livez of the same process: how long the slowest twentieth of the readers wait, one request
// at a time, against 10^5 reviews by a thousand authors. Rounds alternate between all pages and the floor.

import { toBase64Url } from '../core/bytes.ts';
import { makeIdentity, splitIdentity, type Identity } from '../core/identity.ts';
import type { Statement } from '../core/statement/statement.ts';
import { appendStatements } from '../db/append.ts';
import { openDatabase } from '../db/connect.ts';
import { milliseconds, percentile, type BenchRow } from './row.ts';
import type { BenchPostgres } from './scratch-postgres.ts';
import { startService } from './service-process.ts';
import { unsigned } from './unsigned.ts';

const reviews = 100_000;
const packages = 20_000;
const authors = 1000;
const warmUps = 10;
const rounds = 100;

/** Measures the 95th percentile of every page, for a reader who trusts somebody. */
export async function benchSite(postgres: BenchPostgres): Promise<BenchRow[]> {
  const url = await postgres.createDatabase('site');
  const ids = await fill(url);
  const service = await startService(url);
  const headers = { accept: 'text/html', cookie: `roots=${encodeURIComponent(identity(0))}` };
  const wait = (path: string): Promise<number> =>
    milliseconds(async () => {
      const answer = await fetch(`${service.address}${path}`, { headers });
      if (!answer.ok) throw new Error(`${path} answered ${answer.status}.`);
      await answer.arrayBuffer();
    });
  const pages: readonly (readonly [string, (round: number) => string])[] = [
    ['start page', () => '/'],
    ['package', (round) => `/packages/npm/package-${round * 97}`],
    ['version', (round) => `/packages/npm/package-${round * 97}@1.0.0`],
    ['statement', (round) => `/statements/${ids[round % ids.length] ?? ''}`],
    ['identity', (round) => `/identities/${encodeURIComponent(identity(round))}`],
    ['search', (round) => `/search?q=package-${round}`],
    ['roots', () => '/roots'],
  ];
  const waits = new Map<string, number[]>(pages.map(([name]) => [name, []]));
  const floors: number[] = [];
  try {
    await postgres.ask(url, 'analyze');
    for (let round = -warmUps; round < rounds; round++) {
      const floor = await wait('/livez');
      if (round >= 0) floors.push(floor);
      for (const [name, path] of pages) {
        const one = await wait(path(Math.abs(round)));
        if (round >= 0) waits.get(name)?.push(one);
      }
    }
  } finally {
    await service.stop();
  }
  const floor = percentile(floors, 95);
  return [...waits].map(([name, list]) => ({
    name: `page: ${name}, p95, ${reviews.toLocaleString('en')} reviews`,
    value: percentile(list, 95),
    unit: 'ms',
    floor,
    floorName: 'GET /livez',
    ratio: percentile(list, 95) / floor,
  }));
}

function identity(i: number): Identity {
  const key = new Uint8Array(32);
  new DataView(key.buffer).setUint32(0, i + 1);
  return makeIdentity('crev', toBase64Url(key));
}

async function fill(url: string): Promise<string[]> {
  const db = await openDatabase({ databaseUrl: url, dataDir: '' });
  const at = new Date('2026-11-22T12:00:00Z');
  const ids: string[] = [];
  try {
    for (let start = 0; start < reviews; start += 1000) {
      const batch = Array.from({ length: 1000 }, (_, i) => unsigned(reviewOf(start + i)));
      await appendStatements(db, batch, at);
      ids.push(batch[0]?.id ?? '');
    }
    await appendStatements(
      db,
      Array.from({ length: authors }, (_, i) => unsigned(trustOf(i))),
      at,
    );
    return ids;
  } finally {
    await db.close();
  }
}

function reviewOf(i: number): Statement {
  return {
    ...{ kind: 'package review', version: 1, date: '2026-11-01T00:00:00Z' },
    from: splitIdentity(identity(i % authors)),
    package: {
      purl: `pkg:npm/package-${i % packages}@1.${Math.floor(i / packages) % 3}.0`,
      digests: { sha512: ((i % packages) + 1).toString(16).padStart(128, '0') },
    },
    review: { thoroughness: 'low', understanding: 'low', rating: i % 100 === 0 ? 'negative' : 'positive' },
  };
}

/** Everybody trusts the next three. */
function trustOf(i: number): Statement {
  return {
    ...{ kind: 'trust', version: 1, date: '2026-11-01T00:00:00Z', trust: 'high' },
    from: splitIdentity(identity(i)),
    ids: [1, 2, 3].map((step) => splitIdentity(identity((i + step) % authors))),
  };
}
