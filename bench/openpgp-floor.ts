// The floor of everything that verifies: openpgp.js alone, on as many threads as there are cores, on keys parsed already.

import { once } from 'node:events';
import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import type { Certificate } from '../core/statement/verified.ts';
import type { Signed } from './sign-order.ts';

/** The threads. */
export class OpenPgpFloor {
  readonly #workers: readonly Worker[];
  readonly #certificates: readonly string[];

  constructor(certificates: readonly Certificate[]) {
    this.#certificates = certificates.map(({ armored }) => armored);
    this.#workers = Array.from(
      { length: availableParallelism() },
      () => new Worker(new URL('./floor-worker.js', import.meta.url)),
    );
  }

  async run(documents: readonly Signed[]): Promise<void> {
    const share = Math.ceil(documents.length / this.#workers.length);
    await Promise.all(
      this.#workers.map((worker, i) => {
        const answered = once(worker, 'message');
        worker.postMessage({
          documents: documents.slice(i * share, (i + 1) * share),
          certificates: this.#certificates,
        });
        return answered;
      }),
    );
  }

  async stop(): Promise<void> {
    await Promise.all(this.#workers.map((worker) => worker.terminate()));
  }
}
