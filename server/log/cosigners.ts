// The witnesses of our log's policy, asked all at once for their cosignatures on a checkpoint (C2SP tlog-witness, client).
//
// Each witness's last size is kept in memory; after a start it is 0, and the witness corrects that. Who is too slow for one
// checkpoint goes on in the background, so that its size is known for the next, and one witness is never asked twice at once.

import { setTimeout as wait } from 'node:timers/promises';
import { TrustError } from '../../core/errors.ts';
import { openCheckpoint } from '../../core/log/open-checkpoint.ts';
import { formatSignatureLine, type NoteSignature } from '../../core/log/note.ts';
import type { VerifiedSignature } from '../../core/log/open-note.ts';
import { meetsQuorum, policyKeys, type WitnessPolicy } from '../../core/log/witness-policy.ts';
import type { Logger } from '../logger.ts';
import { askWitness, type CosignProblem, type Witness, type WitnessQuestion } from './ask-witness.ts';

export type { CosignProblem } from './ask-witness.ts';

export interface CosignersOptions {
  readonly policy: WitnessPolicy;
  readonly fetch: typeof globalThis.fetch;
  /** For one witness, all tries together. */
  readonly timeoutMs: number;
  /** How often one witness is asked for one checkpoint, when it names another size each time. */
  readonly maxTries: number;
  /** How long others are waited for once the quorum is met; a fifth of timeoutMs when left out. */
  readonly graceMs?: number;
  readonly log: Logger;
}

export interface Cosigners {
  /** Whether there is anybody to ask. */
  readonly isEmpty: boolean;
  /**
   * Asks every witness that has an address. Returns when all have answered or run out of time, or the quorum is met and
   * the grace is over; never throws for a witness. All signatures are checked. What goes wrong after that is logged here, an
   * alarm as fatal; the problems that are returned are the caller's to tell.
   * @param proveConsistency hashes of PROOF(from, D[to]); asked once for each `from`
   * @param headSize entries of the log by now: another process of ours may have been at a witness first
   */
  collect(
    checkpoint: { readonly size: number; readonly note: string },
    proveConsistency: (from: number, to: number) => Promise<readonly Uint8Array[]>,
    headSize: () => Promise<number>,
  ): Promise<{ readonly signatures: NoteSignature[]; readonly problems: CosignProblem[] }>;
}

interface State {
  readonly witness: Witness;
  size: number;
  /** Settles when the question that is under way has been answered. */
  busy: Promise<unknown>;
}

/** The witnesses of a policy. Throws config-invalid for an address that is none. */
export function createCosigners(options: CosignersOptions): Cosigners {
  const { policy, fetch, timeoutMs, maxTries, log } = options;
  const graceMs = options.graceMs ?? timeoutMs / 5;
  const states = witnessesOf(policy).map((witness): State => ({ witness, size: 0, busy: Promise.resolve() }));

  return {
    isEmpty: states.length === 0,
    async collect(checkpoint, proveConsistency, headSize) {
      const proofs = new Map<number, Promise<readonly Uint8Array[]>>();
      const question: Omit<WitnessQuestion, 'from'> = {
        ...{ fetch, checkpoint, maxTries, headSize },
        proveConsistency(from, to) {
          const proof = proofs.get(from) ?? proveConsistency(from, to);
          proofs.set(from, proof);
          return proof;
        },
        signal: AbortSignal.timeout(timeoutMs),
      };
      const signatures: VerifiedSignature[] = [];
      const problems: CosignProblem[] = [];
      let isOver = false;
      let enough = (): void => undefined;
      const quorum = new Promise<void>((resolve) => (enough = resolve));
      const notice = (): void => {
        if (meetsQuorum(policy, signatures)) enough();
      };
      notice();
      const all = states.map(async (state) => {
        const answer = await ask(state, question);
        if (isOver) {
          tellLate(log, answer.problems);
          return;
        }
        signatures.push(...answer.signatures);
        problems.push(...answer.problems);
        notice();
      });
      const patience = new AbortController();
      const { signal } = patience;
      const grace = quorum.then(() => wait(graceMs, undefined, { signal }).catch(() => undefined));
      await Promise.race([Promise.all(all), grace]);
      isOver = true;
      patience.abort();
      return { signatures: signatures.map(({ signature }) => signature), problems };
    },
  };
}

function tellLate(log: Logger, problems: readonly CosignProblem[]): void {
  for (const { code, witness, message } of problems) {
    if (code === 'ledger-fork') log.fatal({ event: 'witness-alarm', witness }, message);
    else log.warn({ event: 'witness-failed', witness }, message);
  }
}

/** Asks once the question before is answered, and keeps the size that the witness has seen. */
async function ask(state: State, question: Omit<WitnessQuestion, 'from'>) {
  const asked = state.busy.then(async () => {
    const answer = await askWitness(state.witness, { ...question, from: state.size });
    state.size = answer.size;
    return answer;
  });
  state.busy = asked;
  return asked;
}

/** One witness for each address: it may sign with several keys. */
function witnessesOf(policy: WitnessPolicy): Witness[] {
  const byUrl = new Map<string, Witness>();
  for (const [name, { key, url }] of policy.witnesses) {
    if (url === undefined) continue;
    const address = URL.canParse(url) ? new URL(url) : undefined;
    if (
      address === undefined ||
      !/^https?:$/.test(address.protocol) ||
      `${address.username}${address.password}${address.search}${address.hash}` !== ''
    ) {
      throw new TrustError('config-invalid', `The address of the witness ${name} is none: ${url}`, {
        help: 'A submission prefix is an http or https address without login, query and fragment.',
      });
    }
    const other = byUrl.get(address.href);
    byUrl.set(address.href, {
      name: other === undefined ? name : `${other.name}, ${name}`,
      url: address,
      keys: [...(other?.keys ?? []), key],
    });
  }
  return [...byUrl.values()];
}

/**
 * A checkpoint with cosignatures appended, opened again with every key of the policy. Throws as openCheckpoint does: when
 * the policy does not name our log, or a signature does not hold.
 */
export async function withCosignatures(
  note: string,
  signatures: readonly NoteSignature[],
  policy: WitnessPolicy,
): Promise<string> {
  const whole = `${note}${signatures.map(formatSignatureLine).join('')}`;
  const { logs, witnesses } = policyKeys(policy);
  return (await openCheckpoint(whole, logs, witnesses)).note;
}
