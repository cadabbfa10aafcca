// The work of a verification thread: some documents, judged at one time, with the certificates that it has been given.
//
// A thread keeps the certificates that it was sent, so each crosses the thread boundary once. It names the certificate
// that it used, because the sender alone knows which one is newest: an outcome reached with an older one is thrown away.

import { TrustError, type ErrorCode } from '../../core/errors.ts';
import type { Identity } from '../../core/identity.ts';
import type { Certificate, VerifiedStatement } from '../../core/statement/verified.ts';
import { verifyDocument } from '../../core/statement/verify.ts';

/** What a thread is asked. */
export interface VerifyJob {
  readonly documents: readonly string[];
  /** Milliseconds since 1970: the time at which keys are judged. */
  readonly at: number;
  /** Certificates that it may not have yet, or has in an older form. */
  readonly certificates: readonly Certificate[];
  /** Identities of which the ledger holds no certificate. */
  readonly absent: readonly Identity[];
}

/** Whose certificate an outcome rests on; `id` is undefined when there was none. */
export interface UsedCertificate {
  readonly author: Identity;
  readonly id: string | undefined;
}

/** What it answers for each document. */
export type VerifyOutcome =
  | {
      readonly kind: 'verified';
      readonly verified: VerifiedStatement;
      readonly used: UsedCertificate | undefined;
    }
  | {
      readonly kind: 'refused';
      readonly code: ErrorCode;
      readonly message: string;
      readonly help: string | undefined;
      readonly used: UsedCertificate | undefined;
    }
  | { readonly kind: 'needs-certificate'; readonly author: Identity };

/** How many certificates a thread keeps. */
const maxCached = 10_000;

/** A function that does jobs and keeps certificates between them: one for each thread. */
export function createJobRunner(): (job: VerifyJob) => Promise<VerifyOutcome[]> {
  const cache = new Map<Identity, Certificate>();

  async function verifyOne(document: string, job: VerifyJob, absent: Set<Identity>): Promise<VerifyOutcome> {
    let used: UsedCertificate | undefined;
    let needed: Identity | undefined;
    try {
      const verified = await verifyDocument(document, {
        at: new Date(job.at),
        certificates: (author) => {
          const certificate = cache.get(author);
          if (certificate === undefined && !absent.has(author)) needed = author;
          used = { author, id: certificate?.id };
          return Promise.resolve(certificate);
        },
      });
      return { kind: 'verified', verified, used };
    } catch (error) {
      if (needed !== undefined) return { kind: 'needs-certificate', author: needed };
      if (!(error instanceof TrustError)) throw error;
      return { kind: 'refused', code: error.code, message: error.message, help: error.help, used };
    }
  }

  return async (job) => {
    for (const certificate of job.certificates) {
      // Set anew, so that the oldest in the map is the one least recently sent.
      cache.delete(certificate.identity);
      cache.set(certificate.identity, certificate);
    }
    for (const oldest of cache.keys()) {
      if (cache.size <= maxCached) break;
      cache.delete(oldest);
    }
    const absent = new Set(job.absent);
    for (const author of absent) cache.delete(author);
    // All at once: while one waits for its signature to be checked, the next is parsed.
    return Promise.all(job.documents.map((document) => verifyOne(document, job, absent)));
  };
}
