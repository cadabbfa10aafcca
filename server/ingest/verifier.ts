// Verifies documents on worker threads, in groups, each with its author's certificate.
//
// A thread that lacks a certificate is asked again with it. A refusal by a certificate that is not the newest is asked
// again too; an acceptance is checked under the ledger's lock (append-verified.ts), where nothing can change any more.

import { existsSync } from 'node:fs';
import { join } from 'node:path';
import workerpool, { type Pool } from 'workerpool';
import { TrustError } from '../../core/errors.ts';
import type { Identity } from '../../core/identity.ts';
import type { Certificate, VerifiedStatement } from '../../core/statement/verified.ts';
import type { LedgerTime } from './ledger-time.ts';
import { createJobRunner, type UsedCertificate, type VerifyJob, type VerifyOutcome } from './verify-job.ts';

/** Documents that go to a thread together: enough to hide the cost of a message, few enough to spread. */
const groupSize = 32;
/** How often a document is tried again because its author's certificate changed meanwhile. */
const maxRounds = 5;

/** A verified statement, with what the verification rests on. */
export interface Verified {
  readonly statement: VerifiedStatement;
  /** Undefined for crev proofs, which carry their key. */
  readonly used: UsedCertificate | undefined;
  /** Ledger time at which it was judged, milliseconds since 1970. */
  readonly at: number;
}

export interface Verifier {
  /**
   * Verifies a document; rejects with the TrustError that refuses it.
   * @param stale a certificate that is known to be replaced.
   */
  verify(document: string, stale?: UsedCertificate): Promise<Verified>;
  close(): Promise<void>;
}

export interface VerifierOptions {
  /** Threads; 0 verifies in the calling thread. */
  readonly workers: number;
  /** The newest certificates of those of the identities that have one. */
  readonly findCertificates: (authors: readonly Identity[]) => Promise<readonly Certificate[]>;
  readonly time: LedgerTime;
}

interface Waiting {
  readonly document: string;
  readonly stale: UsedCertificate | undefined;
  readonly resolve: (verified: Verified) => void;
  readonly reject: (error: unknown) => void;
}

/** Starts the threads, and gives the verifier over them. */
export function createVerifier({ workers, findCertificates, time }: VerifierOptions): Verifier {
  const pool = workers > 0 ? startPool(workers) : undefined;
  const runHere = createJobRunner();
  const run = async (job: VerifyJob): Promise<readonly VerifyOutcome[]> =>
    pool === undefined ? runHere(job) : ((await pool.exec('verify', [job])) as VerifyOutcome[]);

  let waiting: Waiting[] = [];
  const dispatch = (): void => {
    const all = waiting;
    waiting = [];
    const size = Math.max(1, Math.min(groupSize, Math.ceil(all.length / Math.max(1, workers))));
    for (let start = 0; start < all.length; start += size) {
      const group = all.slice(start, start + size);
      begin(group).catch((error: unknown) => {
        for (const { reject } of group) reject(error);
      });
    }
  };

  async function begin(group: readonly Waiting[]): Promise<void> {
    const replaced = new Set(group.flatMap(({ stale }) => stale?.author ?? []));
    await verifyGroup(group, await provide(replaced), 1);
  }

  /** What a thread has to be told of these authors. */
  async function provide(
    authors: ReadonlySet<Identity>,
  ): Promise<Pick<VerifyJob, 'certificates' | 'absent'>> {
    if (authors.size === 0) return { certificates: [], absent: [] };
    const certificates = await findCertificates([...authors]);
    const found = new Set(certificates.map(({ identity }) => identity));
    return { certificates, absent: [...authors].filter((author) => !found.has(author)) };
  }

  async function verifyGroup(
    group: readonly Waiting[],
    given: Pick<VerifyJob, 'certificates' | 'absent'>,
    round: number,
  ): Promise<void> {
    const at = time.now().getTime();
    const outcomes = await run({ documents: group.map(({ document }) => document), at, ...given });
    const again: Waiting[] = [];
    const wanted = new Set<Identity>();
    for (const [position, entry] of group.entries()) {
      const outcome = outcomes[position];
      if (outcome === undefined) throw new Error('A verification thread gave too few outcomes.');
      if (outcome.kind === 'verified') {
        entry.resolve({ statement: outcome.verified, used: outcome.used, at });
        continue;
      }
      const author = outcome.kind === 'needs-certificate' ? outcome.author : outcome.used?.author;
      if (outcome.kind === 'refused' && (author === undefined || wasGiven(given, outcome.used))) {
        const { code, message, help } = outcome;
        entry.reject(new TrustError(code, message, help === undefined ? {} : { help }));
      } else if (author !== undefined) {
        again.push(entry);
        wanted.add(author);
      }
    }
    if (again.length === 0) return;
    if (round === maxRounds) {
      throw new TrustError('unavailable', 'The keys of this author are changing right now.', {
        help: 'Submit the statement again.',
      });
    }
    await verifyGroup(again, await provide(wanted), round + 1);
  }

  return {
    verify: (document, stale) =>
      new Promise((resolve, reject) => {
        if (waiting.push({ document, stale, resolve, reject }) === 1) setImmediate(dispatch);
      }),
    close: async () => {
      await pool?.terminate();
    },
  };
}

/** Whether an outcome rests on what the thread was just given, which was read after the document was submitted. */
function wasGiven(
  given: Pick<VerifyJob, 'certificates' | 'absent'>,
  used: UsedCertificate | undefined,
): boolean {
  if (used === undefined) return true;
  if (used.id === undefined) return given.absent.includes(used.author);
  return given.certificates.some(({ identity, id }) => identity === used.author && id === used.id);
}

function startPool(workers: number): Pool {
  const script = join(import.meta.dirname, 'verify-worker.js');
  if (!existsSync(script)) {
    throw new TrustError('config-invalid', `Verification threads need the built file ${script}.`, {
      help: 'Run npm run build, or set VERIFY_WORKERS=0.',
    });
  }
  return workerpool.pool(script, { minWorkers: workers, maxWorkers: workers, workerType: 'thread' });
}
