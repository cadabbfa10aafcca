// Asking a server about a closure without believing it.
//
//   1. the closure and the policy go to the server, which answers with a report and the ids of all statements under it
//   2. every statement is fetched by its id and verified here: signature, id, author, content
//   3. the web of trust and the verdicts are computed here, with the same core and for the same moment
//   4. the two reports are compared
//   5. every statement and certificate has to stand in the ledger's log, at its index and with its time, under a checkpoint
//      that was checked and covers the answer (inclusion.ts)
//
// Any difference, and anything missing or forged on the way, is an EvidenceError; a fork of the log is a ForkError.
// What this cannot see is a statement that the server never names: that takes the ledger's proofs of completeness.

import type { Closure } from '../../core/closure/input.ts';
import type { Policy } from '../../core/closure/policy.ts';
import { resolve } from '../../core/closure/resolve.ts';
import type { Report } from '../../core/closure/verdict.ts';
import type { CheckResponse } from '../../core/api/checks.ts';
import { TrustError } from '../../core/errors.ts';
import type { CheckedLog } from '../ledger/checked-log.ts';
import { ForkError } from '../ledger/fork-error.ts';
import type { AdvancedCheckpoint } from '../ledger/known-ledger.ts';
import type { ApiClient } from '../http/api-client.ts';
import type { Terminal } from '../output/terminal.ts';
import { fetchStatements } from './fetch-statements.ts';
import { EvidenceError, type Finding } from './finding.ts';
import { fetchAhead, inclusionFindings, leafClaims } from './inclusion.ts';
import { localEvidence, type LocalEvidence } from './local-evidence.ts';
import { reportFindings } from './report-findings.ts';
import { noCache, type StatementCache } from './statement-cache.ts';
import { verifyStatements, type PlacedCertificate, type PlacedStatement } from './verify-statements.ts';

/** A clock of the server's may be this far from ours, in milliseconds; past that, our own decides. */
const clockTolerance = 10 * 60 * 1000;

export interface CheckedClosure {
  /** Computed here. */
  readonly report: Report;
  readonly ledgerSize: number;
  /** The checkpoint that all of it was found under; undefined when the log was not to be checked. */
  readonly checkpoint: AdvancedCheckpoint | undefined;
  readonly local: LocalEvidence;
}

export interface CheckTools {
  readonly api: ApiClient;
  readonly cache: StatementCache;
  /** Undefined when the log is not to be checked. */
  readonly log: CheckedLog | undefined;
  readonly terminal: Terminal;
  readonly clock: () => Date;
}

/**
 * The report on a closure, computed from verified statements. Throws EvidenceError, network, server-answer, and what
 * CheckedLog.atLeast throws, ForkError among it.
 */
export async function checkClosure(
  closure: Closure,
  policy: Policy,
  tools: CheckTools,
): Promise<CheckedClosure> {
  const { api, cache, log, terminal, clock } = tools;
  const asking = terminal.progress(`Asking ${api.server.host}`);
  let answer: CheckResponse;
  try {
    // Both at once; the checkpoint is most often new enough for the answer.
    const [checked, checkpoint] = await Promise.allSettled([
      api.check({
        closure: { format: closure.format, inputs: [...closure.inputs], remarks: [...closure.remarks] },
        policy,
        evidence: true,
      }),
      log?.latest(),
    ]);
    if (checkpoint.status === 'rejected' && checkpoint.reason instanceof ForkError) throw checkpoint.reason;
    if (checked.status === 'rejected') throw checked.reason;
    if (checkpoint.status === 'rejected') throw checkpoint.reason;
    answer = checked.value;
  } finally {
    asking.stop();
  }
  if (answer.evidence === undefined) {
    throw new TrustError('server-answer', 'The server names no statements for its verdicts.');
  }
  const checkpoint = await log?.atLeast(answer.ledger.size);
  const at = momentOf(answer, clock());
  const first = await verifyAnswer(closure, policy, answer, at, checkpoint, tools);
  let result = first;
  if (first.findings.length > 0 && first.cached > 0) {
    // A cache may be of a ledger that was since set up anew at this address: accuse nobody from it.
    terminal.debug('The cached statements do not fit the answer: fetching all of them.');
    result = await verifyAnswer(closure, policy, answer, at, checkpoint, {
      ...tools,
      cache: freshOver(cache),
    });
  }
  if (result.findings.length > 0) throw new EvidenceError(result.findings, api.server.origin);
  return { report: result.report, ledgerSize: answer.ledger.size, checkpoint, local: result.local };
}

interface Verified {
  readonly report: Report;
  readonly local: LocalEvidence;
  readonly findings: readonly Finding[];
  readonly cached: number;
}

async function verifyAnswer(
  closure: Closure,
  policy: Policy,
  answer: CheckResponse,
  at: Date,
  checkpoint: AdvancedCheckpoint | undefined,
  { api, cache, log, terminal }: CheckTools,
): Promise<Verified> {
  const ids = [...(answer.evidence?.statements ?? []), ...(answer.evidence?.trust ?? [])];
  const fetching = terminal.progress('Fetching statements');
  const fetched = await fetchStatements(api, ids, cache, (done, total) => {
    fetching.update(done, total);
  }).finally(() => {
    fetching.stop();
  });
  if (log !== undefined && checkpoint !== undefined) {
    fetchAhead(
      log,
      checkpoint,
      [...fetched.statements.values()].map(({ index }) => index),
    );
  }
  const verifying = terminal.progress('Verifying signatures');
  const { statements, certificates, findings } = await verifyStatements(
    fetched,
    answer.ledger.size,
    (done, total) => {
      verifying.update(done, total);
    },
  ).finally(() => {
    verifying.stop();
  });
  terminal.debug(
    `${statements.length} of ${ids.length} statements verified, ${fetched.cached} of them cached.`,
  );
  const local = localEvidence(statements, policy, answer.ledger.size);
  const report = resolve(closure, policy, local.evidence, at);
  const included =
    log === undefined || checkpoint === undefined
      ? []
      : await checkInclusion(log, checkpoint, statements, certificates, answer.ledger.size, terminal);
  // What was wrong below explains what differs above, so it comes first.
  const all = [...fetched.findings, ...findings, ...included, ...reportFindings(report, answer.report)];
  return { report, local, findings: all, cached: fetched.cached };
}

async function checkInclusion(
  log: CheckedLog,
  checkpoint: AdvancedCheckpoint,
  statements: readonly PlacedStatement[],
  certificates: readonly PlacedCertificate[],
  ledgerSize: number,
  terminal: Terminal,
): Promise<Finding[]> {
  const progress = terminal.progress('Checking the log');
  const started = performance.now();
  try {
    const claims = leafClaims(statements, certificates);
    const findings = await inclusionFindings(log, checkpoint, claims, statements, ledgerSize);
    const milliseconds = Math.round(performance.now() - started);
    terminal.debug(`${claims.length} entries looked up in the log in ${milliseconds} ms.`);
    return findings;
  } finally {
    progress.stop();
  }
}

/** The server's moment, so that both sides judge end dates alike; our own when its clock is off. */
function momentOf(answer: CheckResponse, now: Date): Date {
  const at = new Date(answer.at);
  return Math.abs(at.getTime() - now.getTime()) <= clockTolerance ? at : now;
}

/** Reads nothing from a cache, and still keeps in it what is fetched. */
function freshOver(cache: StatementCache): StatementCache {
  return { ...cache, statement: noCache.statement, certificate: noCache.certificate };
}
