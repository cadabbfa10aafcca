// The one way into the ledger: document → verified on a thread → appended in a shared transaction → web of trust.
//
// The submitter is answered once a published checkpoint covers the entry, never before. Under the ledger's lock it is checked once more that every
// statement was judged by its author's newest certificate and at the time that its entry will carry. What fails that
// check is judged again, so that whoever replays the ledger comes to the same judgement as we did.

import type { Receipt as WireReceipt } from '../../core/api/statements.ts';
import { TrustError } from '../../core/errors.ts';
import { parseCertificate } from '../../core/statement/openpgp/certificate.ts';
import type { Certificate } from '../../core/statement/verified.ts';
import { formatSeconds } from '../../core/time.ts';
import { appendCertificates } from '../../db/append-certificates.ts';
import type { Database } from '../../db/database.ts';
import type { Receipt } from '../../db/entries.ts';
import type { Prover } from '../log/prover.ts';
import type { Publisher } from '../log/publisher.ts';
import type { FollowedGraph } from '../trust-graph.ts';
import { appendVerified, outdated } from './append-verified.ts';
import { createBatchingQueue } from './batching-queue.ts';
import type { LedgerTime } from './ledger-time.ts';
import type { Verified, Verifier } from './verifier.ts';

/** Most entries in one transaction. */
const batchSize = 256;
/** How often a statement is judged again because keys or time moved on under it. */
const maxRounds = 5;

/** Whether receipts carry their tlog-proof. */
export type Proofs = 'with-proof' | 'without-proof';

export interface Ingest {
  /** Verifies and appends a document; rejects with the TrustError that refuses it. */
  submitStatement(document: string, proofs?: Proofs): Promise<WireReceipt>;
  /** Verifies, merges and appends a certificate, armoured or binary. */
  submitCertificate(certificate: string | Uint8Array, proofs?: Proofs): Promise<WireReceipt>;
  /** Settles when everything submitted so far is committed or refused. */
  drain(): Promise<void>;
}

export interface IngestDeps {
  readonly db: Database;
  readonly graph: FollowedGraph;
  readonly verifier: Verifier;
  readonly time: LedgerTime;
  readonly publisher: Publisher;
  readonly prover: Prover;
}

type Item =
  | { readonly kind: 'statement'; readonly verified: Verified }
  | { readonly kind: 'certificate'; readonly certificate: Certificate };

/** The ingest over a database. */
export function createIngest(deps: IngestDeps): Ingest {
  const { db, graph, verifier, time, publisher, prover } = deps;
  const queue = createBatchingQueue<Item, Receipt | typeof outdated>(append, batchSize);
  const underWay = new Set<Promise<unknown>>();

  async function append(items: readonly Item[]): Promise<PromiseSettledResult<Receipt | typeof outdated>[]> {
    const results: PromiseSettledResult<Receipt | typeof outdated>[] = [];
    for (const run of runsOf(items)) {
      if (run.kind === 'certificates') {
        results.push(...(await appendRun(run.certificates)));
      } else {
        const appended = await settle(appendVerified({ db, graph, time, publisher }, run.statements));
        run.statements.forEach((_, position) => {
          results.push(
            appended.status === 'rejected'
              ? appended
              : { status: 'fulfilled', value: appended.value[position] ?? outdated },
          );
        });
      }
    }
    return results;
  }

  /** All in one transaction; when that is refused one by one, for one bad certificate must not stop the others. */
  async function appendRun(certificates: readonly Certificate[]): Promise<PromiseSettledResult<Receipt>[]> {
    try {
      const receipts = await appendCertificates(db, certificates, time.now(), (transaction) =>
        publisher.guard(transaction),
      );
      graph.note(
        receipts.map((receipt, position) => ({
          receipt,
          revoked: certificates[position]?.revocation !== undefined,
        })),
      );
      return receipts.map((value) => ({ status: 'fulfilled', value }));
    } catch (reason) {
      if (certificates.length === 1) return [{ status: 'rejected', reason }];
      const results: PromiseSettledResult<Receipt>[] = [];
      for (const certificate of certificates) results.push(...(await appendRun([certificate])));
      return results;
    }
  }

  /** Waits until the entry is published. What is not stays in the ledger, and who submits it again gets its receipt. */
  async function publish(receipt: Receipt, proofs: Proofs): Promise<WireReceipt> {
    try {
      const checkpoint = await publisher.covering(receipt.index + 1);
      const proof = proofs === 'with-proof' ? await prover.receipt(receipt.index, checkpoint) : undefined;
      return wireReceipt(receipt, proof);
    } catch (error) {
      if (!(error instanceof TrustError) || error.code === 'ledger-rolled-back') throw error;
      throw new TrustError(
        error.code,
        `Entry ${receipt.index} is in the ledger and not published yet: ${error.message}`,
        { ...(error.help !== undefined && { help: error.help }), cause: error },
      );
    }
  }

  async function submitStatement(document: string, proofs: Proofs): Promise<WireReceipt> {
    let verified = await verifier.verify(document);
    for (let round = 1; round <= maxRounds; round++) {
      const receipt = await queue.push({ kind: 'statement', verified });
      if (receipt !== outdated) return publish(receipt, proofs);
      verified = await verifier.verify(document, verified.used);
    }
    throw new TrustError('unavailable', 'The ledger moves on faster than this statement can be verified.', {
      help: 'Submit it again.',
    });
  }

  async function submitCertificate(text: string | Uint8Array, proofs: Proofs): Promise<WireReceipt> {
    const certificate = await parseCertificate(text);
    const receipt = await queue.push({ kind: 'certificate', certificate });
    if (receipt === outdated) throw new Error('Certificates do not go out of date.');
    return publish(receipt, proofs);
  }

  function track<Result>(work: Promise<Result>): Promise<Result> {
    underWay.add(work);
    const done = (): void => {
      underWay.delete(work);
    };
    work.then(done, done);
    return work;
  }

  return {
    submitStatement: (document, proofs = 'with-proof') => track(submitStatement(document, proofs)),
    submitCertificate: (certificate, proofs = 'with-proof') => track(submitCertificate(certificate, proofs)),
    drain: async () => {
      while (underWay.size > 0) await Promise.allSettled(underWay);
    },
  };
}

type Run =
  | { readonly kind: 'statements'; readonly statements: Verified[] }
  | { readonly kind: 'certificates'; readonly certificates: Certificate[] };

/** Neighbours of one kind, in order. */
function runsOf(items: readonly Item[]): Run[] {
  const runs: Run[] = [];
  for (const item of items) {
    const last = runs.at(-1);
    if (item.kind === 'statement') {
      if (last?.kind === 'statements') last.statements.push(item.verified);
      else runs.push({ kind: 'statements', statements: [item.verified] });
    } else if (last?.kind === 'certificates') last.certificates.push(item.certificate);
    else runs.push({ kind: 'certificates', certificates: [item.certificate] });
  }
  return runs;
}

async function settle<Result>(work: Promise<Result>): Promise<PromiseSettledResult<Result>> {
  const [settled] = await Promise.allSettled([work]);
  return settled;
}

function wireReceipt(receipt: Receipt, proof: string | undefined): WireReceipt {
  const { id, kind, author, index, recordedAt, isNew, leafHash } = receipt;
  return {
    ...{ id, kind, author, index, leafHash },
    recordedAt: formatSeconds(recordedAt),
    status: isNew ? 'created' : 'known',
    ...(proof !== undefined && { proof }),
  };
}
