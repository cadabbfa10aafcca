// What the command ends with: one number per outcome, and one table from error codes to numbers.
//
// docs/CLI.md carries the same table for readers. A crash is never 1, so that "policy not met" means exactly that.

import { isTrustError, type ErrorCode } from '../core/errors.ts';

export const exitCodes = {
  /** The policy is met, or the command did what it was asked for. */
  met: 0,
  /** The policy is not met. */
  notMet: 1,
  /** Wrong use, wrong configuration, or a lockfile that cannot be read. */
  usage: 2,
  /** Evidence that does not hold: a bad signature, a bad proof, a server that contradicts what is signed. */
  evidence: 3,
  /** Network or server. */
  network: 4,
  /** Nothing to check. */
  nothing: 5,
  /** A bug in trust-check itself (EX_SOFTWARE of sysexits.h). */
  crash: 70,
  /** Stopped by Ctrl-C (128 + SIGINT). */
  interrupted: 130,
} as const;
export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes];

const { usage, evidence, network, nothing } = exitCodes;

const byError: Readonly<Record<ErrorCode, ExitCode>> = {
  'envelope-unrecognised': evidence,
  'text-too-large': evidence,
  'text-forbidden-character': evidence,
  'text-outside-signature': evidence,
  'yaml-invalid': evidence,
  'yaml-forbidden-construct': evidence,
  'statement-invalid': evidence,
  'statement-kind-unsupported': evidence,
  'signature-missing': evidence,
  'signature-multiple': evidence,
  'signature-invalid': evidence,
  'signature-expired': evidence,
  'hash-header-forged': evidence,
  'author-mismatch': evidence,
  'key-unknown': evidence,
  'key-weak': evidence,
  'key-expired': evidence,
  'key-revoked': evidence,
  'date-in-future': evidence,
  'certificate-invalid': evidence,
  'certificate-secret': usage,
  'identity-invalid': usage,
  'date-invalid': usage,
  'digest-invalid': usage,
  'purl-invalid': usage,
  'archive-unrecognised': usage,
  'archive-unreadable': usage,
  'archive-unsafe': usage,
  'archive-too-large': usage,
  'tree-unsupported': usage,
  'lockfile-unrecognised': usage,
  'lockfile-invalid': usage,
  'lockfile-version-unknown': usage,
  'lockfile-too-large': usage,
  'policy-invalid': usage,
  'trust-limit-exceeded': network,
  'request-invalid': usage,
  'request-too-large': usage,
  'rate-limited': network,
  'not-found': usage,
  'not-acceptable': network,
  'name-taken': network,
  unauthenticated: network,
  forbidden: network,
  'challenge-invalid': network,
  unavailable: network,
  internal: network,
  'database-unavailable': network,
  'database-version': network,
  'ledger-corrupt': network,
  'note-invalid': evidence,
  'proof-invalid': evidence,
  'cosignatures-missing': evidence,
  'ledger-fork': evidence,
  'ledger-stale': evidence,
  'ledger-rolled-back': network,
  'ledger-stopped': network,
  'ledger-frozen': network,
  'witnesses-unavailable': network,
  usage,
  'config-invalid': usage,
  'nothing-to-check': nothing,
  'source-unavailable': network,
  'source-mismatch': evidence,
  'signer-failed': usage,
  network,
  'server-answer': network,
  'evidence-invalid': evidence,
};

/** The exit status for an error; `crash` for one that nobody foresaw. */
export function exitCodeOf(error: unknown): ExitCode {
  return isTrustError(error) ? byError[error.code] : exitCodes.crash;
}

/** Several outcomes make one: the most severe, in the order evidence, usage, network, not met, nothing, met. */
export function mostSevere(outcomes: readonly ExitCode[]): ExitCode {
  const order: readonly ExitCode[] = [
    exitCodes.interrupted,
    exitCodes.crash,
    exitCodes.evidence,
    exitCodes.usage,
    exitCodes.network,
    exitCodes.notMet,
    exitCodes.nothing,
  ];
  return order.find((code) => outcomes.includes(code)) ?? exitCodes.met;
}
