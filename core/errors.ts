// The one error type of the project and the closed list of its codes.
//
// A code is a promise: the API puts it in its problem documents, the command line maps it to an exit status, tests
// name it, and docs/ERRORS.md explains it. A message says what is wrong and where; `help` says what to do next.

/** Every way in which something can be refused or fail, grouped by who has to act. */
export const errorCodes = [
  // A text that claims to be a statement or a certificate, and is refused before or while it is verified.
  'envelope-unrecognised',
  'text-too-large',
  'text-forbidden-character',
  'text-outside-signature',
  'yaml-invalid',
  'yaml-forbidden-construct',
  'statement-invalid',
  'statement-kind-unsupported',
  'signature-missing',
  'signature-multiple',
  'signature-invalid',
  'signature-expired',
  'hash-header-forged',
  'author-mismatch',
  'key-unknown',
  'key-weak',
  'key-expired',
  'key-revoked',
  'date-in-future',
  'certificate-invalid',
  'certificate-secret',
  // Names, digests, archives and trees.
  'identity-invalid',
  'date-invalid',
  'digest-invalid',
  'purl-invalid',
  'archive-unrecognised',
  'archive-unreadable',
  'archive-unsafe',
  'archive-too-large',
  'tree-unsupported',
  // Closures and policies.
  'lockfile-unrecognised',
  'lockfile-invalid',
  'lockfile-version-unknown',
  'lockfile-too-large',
  'policy-invalid',
  'trust-limit-exceeded',
  // The service.
  'request-invalid',
  'request-too-large',
  'rate-limited',
  'not-found',
  'not-acceptable',
  'name-taken',
  'unauthenticated',
  'forbidden',
  'challenge-invalid',
  'unavailable',
  'internal',
  // The database and the ledger in it.
  'database-unavailable',
  'database-version',
  'ledger-corrupt',
  // The log: notes, checkpoints and proofs that do not hold, and a ledger that refuses to go on.
  'note-invalid',
  'proof-invalid',
  'cosignatures-missing',
  'ledger-fork',
  'ledger-stale',
  'ledger-rolled-back',
  'ledger-stopped',
  'ledger-frozen',
  'witnesses-unavailable',
  // The command line.
  'usage',
  'config-invalid',
  'nothing-to-check',
  'source-unavailable',
  'source-mismatch',
  'signer-failed',
  'network',
  'server-answer',
  'evidence-invalid',
] as const;

export type ErrorCode = (typeof errorCodes)[number];

export interface TrustErrorOptions {
  /** What the person can do next, one or two sentences. */
  readonly help?: string;
  /** The error underneath, kept for logs and `--debug`. */
  readonly cause?: unknown;
}

/** What every layer throws. `message` says what and where; `help` what to do next. */
export class TrustError extends Error {
  readonly code: ErrorCode;
  readonly help: string | undefined;

  constructor(code: ErrorCode, message: string, options: TrustErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'TrustError';
    this.code = code;
    this.help = options.help;
  }
}

/** Whether `error` is a TrustError, of the given code when one is named. */
export function isTrustError(error: unknown, code?: ErrorCode): error is TrustError {
  return error instanceof TrustError && (code === undefined || error.code === code);
}
