// A signed head with its witnesses' cosignatures, or the reason why it must not be published without them.

import { TrustError } from '../../core/errors.ts';
import { openCheckpoint } from '../../core/log/open-checkpoint.ts';
import { checkQuorum, policyKeys, type WitnessPolicy } from '../../core/log/witness-policy.ts';
import type { Logger } from '../logger.ts';
import { withCosignatures, type Cosigners } from './cosigners.ts';
import type { Prover } from './prover.ts';
import type { SignedHead } from './sign-head.ts';

/**
 * The note with cosignatures. Throws witnesses-unavailable when the quorum is not met.
 * @param headSize size of the log by now, to tell a witness that is ahead of us from one that saw another history
 */
export type Cosign = (head: SignedHead, headSize: () => Promise<number>) => Promise<string>;

export interface CosignOptions {
  readonly policy: WitnessPolicy;
  readonly cosigners: Cosigners;
  readonly prover: Prover;
  /** Whether to publish without the quorum when witnesses do not answer. */
  readonly failOpen: boolean;
  readonly log: Logger;
}

/** Asks the witnesses of a policy. Troubles are logged, a witness that saw another history as an alarm. */
export function createCosign({ policy, cosigners, prover, failOpen, log }: CosignOptions): Cosign {
  return async (head, headSize) => {
    const { signatures, problems } = await cosigners.collect(
      head,
      (from, to) => prover.consistency(from, to),
      headSize,
    );
    for (const problem of problems) {
      const isAlarm = problem.code === 'ledger-fork';
      const facts = { event: isAlarm ? 'witness-alarm' : 'witness-failed', witness: problem.witness };
      if (isAlarm) log.fatal(facts, problem.message);
      else log.warn(facts, problem.message);
    }
    const note = await withCosignatures(head.note, signatures, policy);
    const { logs, witnesses } = policyKeys(policy);
    try {
      checkQuorum(policy, await openCheckpoint(note, logs, witnesses));
    } catch (cause) {
      const why = problems.map(({ witness, message }) => `${witness}: ${message}`).join('; ');
      if (!failOpen) {
        throw new TrustError(
          'witnesses-unavailable',
          `The witnesses have not signed the checkpoint: ${why}`,
          {
            help: 'What was submitted is kept and is published when they answer. Submit it again later for its receipt.',
            cause,
          },
        );
      }
      log.warn({ event: 'published-without-quorum' }, `Published without the quorum of witnesses: ${why}`);
    }
    return note;
  };
}
