// The web of trust at 10^3, 10^5 and 10^6 edges: loading, one trust set, growth by a thousand edges, memory.
//
// Graphs are random with a power law in both directions: a few people trust and are trusted by very many. One edge in a
// thousand is a distrust, one in a hundred overrides somebody, so that several passes are made. The floor of a trust set
// is the time in which a bare loop follows the same edges breadth first, counted in the same run.

import { randomBytes } from 'node:crypto';
import { toBase64Url, toHex } from '../core/bytes.ts';
import { makeIdentity, makeRoot, type Identity } from '../core/identity.ts';
import type { TrustLevel } from '../core/statement/levels.ts';
import type { StatementId } from '../core/statement/statement.ts';
import { TrustGraph, type EdgeInput } from '../core/trust/graph.ts';
import { median, milliseconds, type BenchRow } from './row.ts';

const sizes = [1_000, 100_000, 1_000_000];
const firstDate = BigInt(Date.UTC(2026, 0, 1)) * 1_000_000n;

/** Measures the web of trust at the given numbers of edges; the default sizes take about half a minute. */
export async function benchTrust(edgeCounts: readonly number[] = sizes): Promise<BenchRow[]> {
  const rows: BenchRow[] = [];
  for (const edgeCount of edgeCounts) rows.push(...(await benchSize(edgeCount)));
  return rows;
}

async function benchSize(edgeCount: number): Promise<BenchRow[]> {
  const label = `trust, ${edgeCount.toLocaleString('en')} edges`;
  const web = new RandomWeb(edgeCount);
  const before = memory();
  const graph = new TrustGraph();
  // Loaded by the batch, as from a database, and timed without the making of the batch.
  let load = 0;
  for (let done = 0; done < edgeCount; done += 1_000) {
    const batch = web.edges(1_000);
    load += await milliseconds(() => {
      for (const edge of batch) graph.addEdge(edge);
    });
  }
  const held = memory() - before;
  const roots = [makeRoot(web.person(0))];
  const computeSet = (): unknown => graph.view(roots).lookup(web.person(1), undefined);
  const runs = Math.max(5, Math.min(100, Math.round(5_000_000 / edgeCount)));
  const reached = graph.view(roots).entries().length;
  const compute = await timed(runs, computeSet);
  const floor = await timed(runs, web.breadthFirst());
  const more = web.edges(1_000);
  const grow = await milliseconds(() => {
    for (const edge of more) graph.addEdge(edge);
  });
  const again = await timed(Math.min(runs, 9), computeSet);
  const beside = { floor, floorName: 'bare breadth-first walk of the same edges' };
  return [
    { name: `${label}: load`, value: load, unit: 'ms' },
    { name: `${label}: memory`, value: held / 2 ** 20, unit: 'MiB' },
    {
      name: `${label}: trust set of ${reached.toLocaleString('en')}`,
      value: compute,
      unit: 'ms',
      ...beside,
      ratio: compute / floor,
      ...(edgeCount === 1_000_000 && { bar: 'under 1,000 ms' }),
    },
    { name: `${label}: add 1,000`, value: grow, unit: 'ms' },
    { name: `${label}: trust set after that`, value: again, unit: 'ms', ...beside, ratio: again / floor },
  ];
}

/** A repeatable web with a power law in both directions: few people give and get most of the trust. */
class RandomWeb {
  readonly #random: () => number;
  readonly #people: readonly Identity[];
  readonly #from: Int32Array;
  readonly #to: Int32Array;
  #made = 0;

  constructor(edgeCount: number) {
    this.#random = generator(edgeCount);
    this.#people = Array.from({ length: Math.max(50, edgeCount / 8) }, () =>
      makeIdentity('crev', toBase64Url(randomBytes(32))),
    );
    this.#from = new Int32Array(edgeCount + 1_000);
    this.#to = new Int32Array(edgeCount + 1_000);
  }

  person(number: number): Identity {
    return this.#people[number]!;
  }

  /** The next edges, in the order in which a ledger would have them. */
  edges(count: number): EdgeInput[] {
    return Array.from({ length: count }, () => this.#edge());
  }

  /** The floor: follows every edge once over compressed rows that are made beforehand. */
  breadthFirst(): () => void {
    const count = this.#people.length;
    const start = new Int32Array(count + 1);
    for (let edge = 0; edge < this.#made; edge++) start[this.#from[edge]! + 1]!++;
    for (let node = 0; node < count; node++) start[node + 1]! += start[node]!;
    const free = start.slice();
    const to = new Int32Array(this.#made);
    for (let edge = 0; edge < this.#made; edge++) to[free[this.#from[edge]!]!++] = this.#to[edge]!;
    return () => {
      const seen = new Uint8Array(count);
      const queue = [0];
      seen[0] = 1;
      for (let at = 0; at < queue.length; at++) {
        const node = queue[at]!;
        for (let edge = start[node]!; edge < start[node + 1]!; edge++) {
          if (seen[to[edge]!] === 1) continue;
          seen[to[edge]!] = 1;
          queue.push(to[edge]!);
        }
      }
    };
  }

  #edge(): EdgeInput {
    const index = this.#made++;
    const count = this.#people.length;
    const from = Math.floor(count * this.#random() ** 4);
    const to = Math.floor(count * this.#random() ** 2);
    this.#from[index] = from;
    this.#to[index] = to;
    const draw = this.#random();
    const level: TrustLevel =
      draw < 0.001
        ? 'distrust'
        : draw < 0.05
          ? 'none'
          : draw < 0.35
            ? 'low'
            : draw < 0.85
              ? 'medium'
              : 'high';
    const overrides =
      this.#random() < 0.01 ? [this.person(Math.floor(count * this.#random() ** 4))] : undefined;
    return {
      from: this.person(from),
      to: this.person(to),
      level,
      date: firstDate + BigInt(index) * 1_000_000_000n,
      index,
      id: toHex(randomBytes(32)) as StatementId,
      overrides,
    };
  }
}

async function timed(runs: number, run: () => unknown): Promise<number> {
  const times: number[] = [];
  for (let at = 0; at < runs; at++) times.push(await milliseconds(run));
  return median(times);
}

/** Bytes in use. Exact after a collection, which needs --expose-gc; without it a good guess. */
function memory(): number {
  const collect = (globalThis as { gc?: () => void }).gc;
  collect?.();
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return heapUsed + arrayBuffers;
}

/** Repeatable random numbers from 0 to below 1 (mulberry32). */
function generator(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
