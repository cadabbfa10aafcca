import { describe, expect, it } from 'vitest';
import { createBatchingQueue } from '../../../server/ingest/batching-queue.ts';

const sleep = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
const fulfilled = <T>(value: T): PromiseSettledResult<T> => ({ status: 'fulfilled', value });

describe('the batching queue', () => {
  it('gathers what arrives while a run is in progress, and runs one at a time, in order', async () => {
    const runs: number[][] = [];
    let busy = 0;
    const queue = createBatchingQueue<number, number>(async (items) => {
      expect(++busy).toBe(1);
      runs.push([...items]);
      await sleep(10);
      busy--;
      return items.map((n) => fulfilled(n * 2));
    }, 4);
    const first = [queue.push(0), queue.push(1)];
    await sleep(5);
    const later = [2, 3, 4, 5, 6, 7].map((n) => queue.push(n));
    expect(await Promise.all([...first, ...later])).toEqual([0, 2, 4, 6, 8, 10, 12, 14]);
    expect(runs).toEqual([
      [0, 1],
      [2, 3, 4, 5],
      [6, 7],
    ]);
  });

  it('answers nobody before the run has ended', async () => {
    let ended = false;
    const queue = createBatchingQueue<string, string>(async (items) => {
      await sleep(10);
      ended = true;
      return items.map(fulfilled);
    }, 10);
    await queue.push('a');
    expect(ended).toBe(true);
  });

  it('tells one item of its own failure, and everyone of a failed run, and goes on', async () => {
    let run = 0;
    const queue = createBatchingQueue<string, string>((items) => {
      if (++run === 2) return Promise.reject(new Error('the database is gone'));
      return Promise.resolve(
        items.map((item) =>
          item === 'bad' ? { status: 'rejected', reason: new Error('bad item') } : fulfilled(item),
        ),
      );
    }, 10);
    const settled = await Promise.allSettled([queue.push('a'), queue.push('bad'), queue.push('b')]);
    expect(settled.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
    await expect(Promise.all([queue.push('c'), queue.push('d')])).rejects.toThrow('the database is gone');
    await expect(queue.push('e')).resolves.toBe('e');
  });

  it('drains: what was pushed before has settled after', async () => {
    const done: number[] = [];
    const queue = createBatchingQueue<number, number>(async (items) => {
      await sleep(5);
      return items.map(fulfilled);
    }, 1);
    for (const n of [1, 2, 3]) void queue.push(n).then((value) => done.push(value));
    await queue.drain();
    expect(done).toEqual([1, 2, 3]);
    await queue.drain();
  });
});
