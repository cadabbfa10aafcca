// What goes wrong between us and PostgreSQL, told as TrustError where somebody can act on it.
//
// Only two things are translated: that the database can't be reached, and which errors are worth another try. Everything
// else is a mistake of ours and passes through as it is, for the log.

import { TrustError } from '../core/errors.ts';

/** Socket errors, PostgreSQL's class 08 (connection), 53 (resources) and 57P (shut down, starting, dropped). */
const unreachable =
  /^(?:ECONNREFUSED|ECONNRESET|ENOENT|ENOTFOUND|EPIPE|ETIMEDOUT|EAI_AGAIN|EHOSTUNREACH|08...|53...|57P..)$/;
/** What pg and its pool say without a code when a connection is lost or can't be had. */
const lost =
  /^(?:Connection terminated|Client has encountered a connection error|timeout exceeded when trying to connect|timeout expired)/;

/** The `code` of an error that pg or a socket threw: an SQLSTATE, or a system error's name. */
export function codeOf(error: unknown): string | undefined {
  if (typeof error !== 'object' || error === null || !('code' in error)) return undefined;
  return typeof error.code === 'string' ? error.code : undefined;
}

/** Whether a transaction failed only because of others: serialization_failure or deadlock_detected. */
export function isWorthRetrying(error: unknown): boolean {
  const code = codeOf(error);
  return code === '40001' || code === '40P01';
}

/** The error to throw for one that pg threw: database-unavailable when it can't be reached, else the same. */
export function translate(error: unknown): unknown {
  const isUnreachable =
    unreachable.test(codeOf(error) ?? '') || (error instanceof Error && lost.test(error.message));
  if (!isUnreachable || error instanceof TrustError) return error;
  const reason = error instanceof Error ? error.message : String(error);
  return new TrustError('database-unavailable', `The database can't be reached: ${reason}`, {
    help: 'Check that it runs, and the address in DATABASE_URL.',
    cause: error,
  });
}
