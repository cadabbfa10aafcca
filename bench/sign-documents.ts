// Reviews by a few OpenPGP keys, really signed, on as many threads as there are cores.

import { once } from 'node:events';
import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import { generateKey } from '../core/statement/openpgp/sign.ts';
import type { Certificate } from '../core/statement/verified.ts';
import type { Signed, SignOrder } from './sign-order.ts';

/** How many people sign. */
export const authorCount = 40;

/** Makes keys and `count` reviews, one author after the other. */
export async function signDocuments(
  count: number,
): Promise<{ certificates: Certificate[]; documents: Signed[] }> {
  const keys = await Promise.all(
    Array.from({ length: authorCount }, (_, i) =>
      generateKey({
        name: `Bench ${i}`,
        email: `bench${i}@bench.example`,
        date: new Date('2026-01-01T00:00:00Z'),
      }),
    ),
  );
  const threads = availableParallelism();
  const share = Math.ceil(count / threads);
  const parts = await Promise.all(
    Array.from({ length: threads }, async (_, i) => {
      const worker = new Worker(new URL('./sign-worker.js', import.meta.url));
      const order: SignOrder = {
        keys: keys.map(({ privateKey, identity }) => ({ privateKey, identity })),
        from: i * share,
        to: Math.min(count, (i + 1) * share),
      };
      worker.postMessage(order);
      const [part] = (await once(worker, 'message')) as [Signed[]];
      await worker.terminate();
      return part;
    }),
  );
  return { certificates: keys.map(({ certificate }) => certificate), documents: parts.flat() };
}
