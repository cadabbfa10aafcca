// Threads that judge bundles and certificates; where they can't be started, the same work is done in the calling thread.

import { existsSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import workerpool from 'workerpool';
import { TrustError, type ErrorCode } from '../../core/errors.ts';
import type { Certificate } from '../../core/statement/verified.ts';
import type { BundleJob, BundleOutcome } from './bundle-job.ts';
import { verifyBundle, verifyCertificate } from './verify-bundle.ts';

export interface CertificateJob {
  readonly document: string;
  /** The form of the same certificate that stands before it. */
  readonly before: Certificate | undefined;
}

/** A certificate, or what is wrong with it: an error would lose its code between threads. */
export type CertificateOutcome =
  { readonly certificate: Certificate } | { readonly code: ErrorCode; readonly message: string };

type Job =
  | { readonly kind: 'bundle'; readonly job: BundleJob }
  | { readonly kind: 'certificate'; readonly job: CertificateJob };

export interface VerifyPool {
  /** How many work at once. */
  readonly threads: number;
  bundle(job: BundleJob): Promise<BundleOutcome>;
  certificate(job: CertificateJob): Promise<CertificateOutcome>;
  close(): Promise<void>;
}

/** Does one job: what a thread runs. */
export async function runJob({ kind, job }: Job): Promise<BundleOutcome | CertificateOutcome> {
  if (kind === 'bundle') return verifyBundle(job);
  try {
    return { certificate: await verifyCertificate(job.document, job.before) };
  } catch (error) {
    if (!(error instanceof TrustError)) throw error;
    return { code: error.code, message: error.message };
  }
}

/** As many threads as the machine runs at once. */
export function defaultThreads(): number {
  return availableParallelism();
}

/** Starts the threads. Run from the sources there are none, and the calling thread does the work. */
export function openPool(threads: number): VerifyPool {
  const script = join(import.meta.dirname, 'verify-worker.js');
  if (threads < 1 || !existsSync(script)) {
    return {
      threads: 1,
      bundle: verifyBundle,
      certificate: (job) => runJob({ kind: 'certificate', job }) as Promise<CertificateOutcome>,
      close: () => Promise.resolve(),
    };
  }
  const pool = workerpool.pool(script, { minWorkers: threads, maxWorkers: threads, workerType: 'thread' });
  const run = async (job: Job): Promise<unknown> => pool.exec('runJob', [job]);
  return {
    threads,
    bundle: (job) => run({ kind: 'bundle', job }) as Promise<BundleOutcome>,
    certificate: (job) => run({ kind: 'certificate', job }) as Promise<CertificateOutcome>,
    close: async () => {
      await pool.terminate(true);
    },
  };
}
