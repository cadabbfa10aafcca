import { describe, expect, it } from 'vitest';
import { inOrder } from '../../../server/routes/ordered-window.ts';

const sleep = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

async function* numbers(
  count: number,
  onPull: (n: number) => void = () => undefined,
): AsyncGenerator<number> {
  for (let n = 0; n < count; n++) {
    onPull(n);
    yield await Promise.resolve(n);
  }
}

async function collect<T>(source: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const item of source) all.push(item);
  return all;
}

describe('work in order', () => {
  it('gives results in the order of the items, however long each takes', async () => {
    const slowFirst = async (n: number): Promise<number> => {
      await sleep(n % 3 === 0 ? 15 : 1);
      return n;
    };
    expect(await collect(inOrder(numbers(30), slowFirst, 7))).toEqual(
      Array.from({ length: 30 }, (_, n) => n),
    );
  });

  it('goes on pulling while the oldest is still at work, and never past the bound', async () => {
    let under = 0;
    let most = 0;
    const begin = async (n: number): Promise<number> => {
      most = Math.max(most, ++under);
      await sleep(5);
      under--;
      return n;
    };
    await collect(inOrder(numbers(40), begin, 8));
    expect(most).toBe(8);
  });

  it('pulls no further while nobody takes results', async () => {
    let pulled = 0;
    const results = inOrder(
      numbers(100, (n) => (pulled = n + 1)),
      (n) => Promise.resolve(n),
      5,
    );
    await results.next();
    await sleep(20);
    expect(pulled).toBeLessThanOrEqual(6);
    await results.return();
  });

  it('gives every result that was begun before it passes on that the items ended badly', async () => {
    async function* broken(): AsyncGenerator<number> {
      yield 1;
      yield 2;
      await sleep(1);
      throw new Error('the sender went away');
    }
    const seen: number[] = [];
    const run = async (): Promise<void> => {
      const begin = async (n: number): Promise<number> => {
        await sleep(30);
        return n;
      };
      for await (const n of inOrder(broken(), begin, 10)) seen.push(n);
    };
    await expect(run()).rejects.toThrow('the sender went away');
    expect(seen).toEqual([1, 2]);
  });
});
