// Answers a check: closure, evidence, web of trust, verdicts, and on request what they rest on.
//
// What is named as evidence is exactly what the verdicts were made from, so whoever fetches it and resolves again must
// come to the same report.
//
// Known gap: a lockfile is parsed and verdicts are resolved on the main thread, so the largest closures hold other requests
// up while they are worked on; the rate limit on checks bounds how often.

import { setImmediate } from 'node:timers/promises';
import type { z } from 'zod';
import type { checkRequestSchema, CheckResponse } from '../../core/api/checks.ts';
import { closureId } from '../../core/closure/closure-id.ts';
import { resolve } from '../../core/closure/resolve.ts';
import { readLockfile } from '../../core/formats/registry.ts';
import type { Closure } from '../../core/closure/input.ts';
import { formatSeconds } from '../../core/time.ts';
import type { Service } from '../service.ts';
import { gatherEvidence } from './gather-evidence.ts';

export type CheckQuestion = z.output<typeof checkRequestSchema>;

/** The answer for one closure under one policy, at a time. Throws the lockfile's, the policy's and the limits' errors. */
export async function check(
  { db, graph }: Pick<Service, 'db' | 'graph'>,
  question: CheckQuestion,
  at: Date,
): Promise<CheckResponse> {
  const { policy } = question;
  const closure = closureOf(question.closure);
  await graph.follow();
  const { size } = graph;
  const trust = graph.view(policy.roots, policy['trust-costs']);
  // The report needs the closure's id: it is computed while the database works.
  const [{ reviews, sources }] = await Promise.all([
    gatherEvidence(db, closure, size),
    setImmediate().then(() => closureId(closure)),
  ]);
  const evidence = { reviews, sources, trust, organisationsOf: trust.organisationsOf.bind(trust) };
  return {
    report: resolve(closure, policy, evidence, at),
    ledger: { size },
    at: formatSeconds(at),
    ...(question.evidence && {
      evidence: {
        statements: [...reviews, ...sources].map(({ id }) => id),
        trust: trust.usedStatements().map(({ id }) => id),
      },
    }),
  };
}

function closureOf(closure: CheckQuestion['closure']): Closure {
  if (!('lockfile' in closure)) return closure;
  const { name, lockfile, siblings = {} } = closure;
  return readLockfile({
    name,
    text: lockfile,
    sibling: (other) => (Object.hasOwn(siblings, other) ? siblings[other] : undefined),
  });
}
