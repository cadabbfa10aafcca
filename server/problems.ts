// How an error becomes an answer: the HTTP status of every code, and the problem document (RFC 9457).
//
// What the asker did wrong is told in full. What went wrong here is logged in full and told in one sentence.

import { STATUS_CODES } from 'node:http';
import { z } from 'zod';
import type { Problem } from '../core/api/problem.ts';
import { excerpt } from '../core/bytes.ts';
import { TrustError, type ErrorCode, type TrustErrorOptions } from '../core/errors.ts';

/** The status that each code answers with. Codes of the command line never come up here and would be our fault. */
export const statusOfCode: Readonly<Record<ErrorCode, number>> = {
  'envelope-unrecognised': 422,
  'text-too-large': 413,
  'text-forbidden-character': 422,
  'text-outside-signature': 422,
  'yaml-invalid': 422,
  'yaml-forbidden-construct': 422,
  'statement-invalid': 422,
  'statement-kind-unsupported': 422,
  'signature-missing': 422,
  'signature-multiple': 422,
  'signature-invalid': 422,
  'signature-expired': 422,
  'hash-header-forged': 422,
  'author-mismatch': 422,
  'key-unknown': 422,
  'key-weak': 422,
  'key-expired': 422,
  'key-revoked': 422,
  'date-in-future': 422,
  'certificate-invalid': 422,
  'certificate-secret': 422,
  'identity-invalid': 400,
  'date-invalid': 400,
  'digest-invalid': 400,
  'purl-invalid': 400,
  'archive-unrecognised': 422,
  'archive-unreadable': 422,
  'archive-unsafe': 422,
  'archive-too-large': 413,
  'tree-unsupported': 422,
  'lockfile-unrecognised': 422,
  'lockfile-invalid': 422,
  'lockfile-version-unknown': 422,
  'lockfile-too-large': 413,
  'policy-invalid': 400,
  'trust-limit-exceeded': 422,
  'request-invalid': 400,
  'request-too-large': 413,
  'rate-limited': 429,
  unauthenticated: 401,
  forbidden: 403,
  'challenge-invalid': 422,
  'not-found': 404,
  'not-acceptable': 406,
  'name-taken': 409,
  unavailable: 503,
  internal: 500,
  'database-unavailable': 503,
  'database-version': 503,
  'ledger-corrupt': 500,
  'note-invalid': 422,
  'proof-invalid': 422,
  'cosignatures-missing': 422,
  'ledger-fork': 500,
  'ledger-stale': 500,
  'ledger-rolled-back': 503,
  'ledger-stopped': 503,
  'ledger-frozen': 409,
  'witnesses-unavailable': 503,
  usage: 500,
  'config-invalid': 500,
  'nothing-to-check': 500,
  'source-unavailable': 500,
  'source-mismatch': 500,
  'signer-failed': 500,
  network: 500,
  'server-answer': 500,
  'evidence-invalid': 500,
};

/** A refusal whose status says more than its code: 405, 408, 415. */
export class RequestError extends TrustError {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;

  constructor(
    code: ErrorCode,
    message: string,
    options: TrustErrorOptions & { status: number; headers?: Readonly<Record<string, string>> },
  ) {
    super(code, message, options);
    this.status = options.status;
    this.headers = options.headers ?? {};
  }
}

/** What express and its body parsers throw (the package http-errors). */
const httpErrorSchema = z.object({
  status: z.number().int().min(400).max(499),
  type: z.string().optional(),
  message: z.string(),
});

/** The TrustError that says the same as any thrown thing. What is not recognised is our own failure: `internal`. */
export function asTrustError(error: unknown): TrustError {
  if (error instanceof TrustError) return error;
  const http = httpErrorSchema.safeParse(error);
  if (http.success) {
    const { status, type, message } = http.data;
    if (type === 'entity.too.large') {
      return new TrustError('request-too-large', 'The request body is larger than this route takes.', {
        cause: error,
      });
    }
    return new RequestError('request-invalid', excerpt(message, 200), { status, cause: error });
  }
  return new TrustError('internal', 'The service failed to answer.', { cause: error });
}

/** The problem document for an error. Failures of our own tell nothing of their inside. */
export function problemOf(error: TrustError, requestId?: string): Problem {
  const status = error instanceof RequestError ? error.status : statusOfCode[error.code];
  const ours = status >= 500 && error.code !== 'unavailable';
  const code = ours && status !== 503 ? 'internal' : error.code;
  const help = ours ? 'Try again later; if it stays, tell the operator the request id.' : error.help;
  return {
    type: `about:blank#${code}`,
    title: STATUS_CODES[status] ?? 'Error',
    status,
    code,
    detail: ours ? 'The service failed to answer.' : error.message,
    ...(help !== undefined && { help }),
    ...(requestId !== undefined && { requestId }),
  };
}
