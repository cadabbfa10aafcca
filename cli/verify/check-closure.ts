// Asking a server about a closure without believing it.
//
//   1. the closure and the policy go to the server, which answers with a report and the ids of all statements under it
//   2. every statement is fetched by its id and verified here: signature, id, author, content
//   3. the web of trust and the verdicts are computed here, with the same core and for the same moment
//   4. the two reports are compared; any difference, and anything missing or forged on the way, is an EvidenceError
//
// What this cannot see is a statement that the server never names: that takes the ledger's proofs of completeness.

import type { Closure } from '../../core/closure/input.ts';
import type { Policy } from '../../core/closure/policy.ts';
import { resolve } from '../../core/closure/resolve.ts';
import type { Report } from '../../core/closure/verdict.ts';
import type { CheckResponse } from '../../core/api/checks.ts';
import { TrustError } from '../../core/errors.ts';
import type { ApiClient } from '../http/api-client.ts';
import type { Terminal } from '../output/terminal.ts';
import { fetchStatements } from './fetch-statements.ts';
import { EvidenceError, type Finding } from './finding.ts';
import { localEvidence, type LocalEvidence } from './local-evidence.ts';
import { reportFindings } from './report-findings.ts';
import { noCache, type StatementCache } from './statement-cache.ts';
import { verifyStatements } from './verify-statements.ts';

/** A clock of the server's may be this far from ours, in milliseconds; past that, our own decides. */
const clockTolerance = 10 * 60 * 1000;

export interface CheckedClosure {
  /** Computed here. */
  readonly report: Report;
  readonly ledgerSize: number;
  readonly local: LocalEvidence;
}

export interface CheckTools {
  readonly api: ApiClient;
  readonly cache: StatementCache;
  readonly terminal: Terminal;
  readonly clock: () => Date;
}

/** The report on a closure, computed from verified statements. Throws EvidenceError, network and server-answer. */
export async function checkClosure(
  closure: Closure,
  policy: Policy,
  tools: CheckTools,
): Promise<CheckedClosure> {
  const { api, cache, terminal, clock } = tools;
  const asking = terminal.progress(`Asking ${api.server.host}`);
  let answer: CheckResponse;
  try {
    answer = await api.check({
      closure: { format: closure.format, inputs: [...closure.inputs], remarks: [...closure.remarks] },
      policy,
      evidence: true,
    });
  } finally {
    asking.stop();
  }
  if (answer.evidence === undefined) {
    throw new TrustError('server-answer', 'The server names no statements for its verdicts.');
  }
  const at = momentOf(answer, clock());
  const first = await verifyAnswer(closure, policy, answer, at, tools);
  let result = first;
  if (first.findings.length > 0 && first.cached > 0) {
    // A cache may be of a ledger that was since set up anew at this address: accuse nobody from it.
    terminal.debug('The cached statements do not fit the answer: fetching all of them.');
    result = await verifyAnswer(closure, policy, answer, at, { ...tools, cache: freshOver(cache) });
  }
  if (result.findings.length > 0) throw new EvidenceError(result.findings, api.server.origin);
  return { report: result.report, ledgerSize: answer.ledger.size, local: result.local };
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
  { api, cache, terminal }: CheckTools,
): Promise<Verified> {
  const ids = [...(answer.evidence?.statements ?? []), ...(answer.evidence?.trust ?? [])];
  const fetching = terminal.progress('Fetching statements');
  const fetched = await fetchStatements(api, ids, cache, (done, total) => {
    fetching.update(done, total);
  }).finally(() => {
    fetching.stop();
  });
  const verifying = terminal.progress('Verifying signatures');
  const { statements, findings } = await verifyStatements(fetched, answer.ledger.size, (done, total) => {
    verifying.update(done, total);
  }).finally(() => {
    verifying.stop();
  });
  terminal.debug(
    `${statements.length} of ${ids.length} statements verified, ${fetched.cached} of them cached.`,
  );
  const local = localEvidence(statements, policy, answer.ledger.size);
  const report = resolve(closure, policy, local.evidence, at);
  // What was wrong below explains what differs above, so it comes first.
  const all = [...fetched.findings, ...findings, ...reportFindings(report, answer.report)];
  return { report, local, findings: all, cached: fetched.cached };
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
