// The sequencer of a test: ingest, publisher, signer and fence over a database, put together as the service does it, with
// each part open to be wrapped.

import { join } from 'node:path';
import { fromUtf8, toHex } from '../../../core/bytes.ts';
import { parseCheckpoint } from '../../../core/log/checkpoint.ts';
import type { PrivateKey } from '../../../core/log/note-key.ts';
import type { Database } from '../../../db/database.ts';
import { lockLedger } from '../../../db/entries.ts';
import { extendLog } from '../../../db/extend-log.ts';
import { setOrigin } from '../../../db/log-head.ts';
import { createIngest, type Ingest } from '../../../server/ingest/ingest.ts';
import { createLedgerTime } from '../../../server/ingest/ledger-time.ts';
import type { Cosign } from '../../../server/log/cosign.ts';
import { openFence, type Fence } from '../../../server/log/fence.ts';
import { createProver, type Prover } from '../../../server/log/prover.ts';
import { createPublisher, type Publisher } from '../../../server/log/publisher.ts';
import { createHeadSigner } from '../../../server/log/sign-head.ts';
import { createLogger } from '../../../server/logger.ts';
import { loadTrustGraph } from '../../../server/trust-graph.ts';
import { testKey, testOrigin } from '../../support/signed-log.ts';
import { cheapVerifier } from './cheap-statements.ts';

export interface SequencerOptions {
  readonly db: Database;
  /** Where the fence is. */
  readonly folder: string;
  readonly clock?: () => Date;
  readonly key?: PrivateKey;
  readonly refreshSeconds?: number;
  readonly intervalMs?: number;
  readonly wrapFence?: (fence: Fence) => Fence;
  readonly makeCosign?: (prover: Prover) => Cosign;
}

export interface Sequencer {
  readonly fence: Fence;
  readonly publisher: Publisher;
  readonly prover: Prover;
  /** Takes names of cheap statements for documents. */
  readonly ingest: Ingest;
  readonly close: () => Promise<void>;
}

export const testTime = new Date('2026-11-22T12:00:00Z');

/** The fence's file in a folder. */
export const fenceIn = (folder: string): string => join(folder, 'log-fence');

/** Starts a sequencer; rejects as the start of the service does. */
export async function startSequencer(options: SequencerOptions): Promise<Sequencer> {
  const { db, folder, clock = () => testTime, wrapFence = (fence: Fence) => fence } = options;
  await setOrigin(db, testOrigin);
  const fence = wrapFence(openFence(fenceIn(folder)));
  const key = options.key ?? (await testKey());
  const prover = createProver(db);
  const publisher = createPublisher({
    ...{ db, fence, clock, log: createLogger('silent') },
    signer: createHeadSigner(testOrigin, { signers: [key], retired: [] }, fence),
    cosign: options.makeCosign?.(prover),
    refreshSeconds: options.refreshSeconds ?? 600,
    intervalMs: options.intervalMs ?? 0,
  });
  try {
    await db.transaction(async (transaction) => {
      await lockLedger(transaction);
      await extendLog(transaction);
    });
    await publisher.start();
    const graph = await loadTrustGraph(db);
    const time = createLedgerTime(clock);
    const ingest = createIngest({ db, graph, verifier: cheapVerifier(time), time, publisher, prover });
    return {
      ...{ fence, publisher, prover, ingest },
      async close() {
        publisher.hurry();
        await ingest.drain();
        await publisher.close();
      },
    };
  } catch (error) {
    await publisher.close();
    throw error;
  }
}

/** Every root that a key has signed, by size: fails when there are two for one. */
export class SignedRoots {
  readonly roots = new Map<number, string>();

  /** The key, with its signatures noted as they are made. */
  watch(key: PrivateKey): PrivateKey {
    return {
      key: key.key,
      sign: (message) => {
        const { size, root } = parseCheckpoint(fromUtf8(message));
        const before = this.roots.get(size);
        if (before !== undefined && before !== toHex(root)) throw new Error(`Two roots for size ${size}`);
        this.roots.set(size, toHex(root));
        return key.sign(message);
      },
    };
  }
}
