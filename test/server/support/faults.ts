// A database, a fence and a signer that fail at a chosen step: before it was done, or after it was done and nobody heard of
// it. What is done in a transaction that then fails is rolled back by the database itself.

import { TrustError } from '../../../core/errors.ts';
import type { PrivateKey } from '../../../core/log/note-key.ts';
import type { Database, Queryable } from '../../../db/database.ts';
import type { Fence } from '../../../server/log/fence.ts';

export interface FaultPlan {
  /** Which step fails, from 1; 0 for none. */
  readonly at: number;
  /** `before`: failed, not applied. `after`: failed, but applied. */
  readonly when: 'before' | 'after';
  /** Whether everything after it fails too, as in a process that was cut off, or all is well again. */
  readonly then: 'recovers' | 'stays broken';
}

export const noFault: FaultPlan = { at: 0, when: 'before', then: 'recovers' };

export class Faults {
  readonly #plan: FaultPlan;
  /** What was done so far, by name. */
  readonly steps: string[] = [];

  constructor(plan: FaultPlan) {
    this.#plan = plan;
  }

  /** Does a step, or fails as planned. */
  async step<Result>(name: string, act: () => Promise<Result>): Promise<Result> {
    const number = this.steps.push(name);
    const { at, when, then } = this.#plan;
    const isHit = number === at;
    const isBroken = at > 0 && number > at && then === 'stays broken';
    if (isBroken || (isHit && when === 'before')) throw broken(name);
    const result = await act();
    if (isHit) throw broken(name);
    return result;
  }

  /** The database with every question, and the end of every transaction, as a step. */
  database(inner: Database): Database {
    const asked = (target: Queryable): Queryable => ({
      query: (text, values) => this.step(nameOf(text), () => target.query(text, values)),
    });
    return {
      ...{ kind: inner.kind, version: inner.version },
      ...asked(inner),
      transaction: async (work) => {
        // The failure of a commit that was not applied has to come before the real one, and that of one that was, behind it.
        let outcome: { readonly error: unknown } | undefined;
        const result = await inner.transaction(async (transaction) => {
          const done = await work(asked(transaction));
          const number = this.steps.length + 1;
          if (number === this.#plan.at && this.#plan.when === 'after') {
            outcome = await this.step('commit', () => Promise.resolve()).then(
              () => undefined,
              (error: unknown) => ({ error }),
            );
          } else await this.step('commit', () => Promise.resolve());
          return done;
        });
        if (outcome !== undefined) throw outcome.error;
        return result;
      },
      close: () => Promise.resolve(),
    };
  }

  fence(inner: Fence): Fence {
    return {
      file: inner.file,
      get last() {
        return inner.last;
      },
      read: () => inner.read(),
      raise: (head) => this.step('fence', () => inner.raise(head)),
    };
  }

  key({ key, sign }: PrivateKey): PrivateKey {
    return { key, sign: (message) => this.step('sign', () => sign(message)) };
  }
}

function broken(name: string): TrustError {
  return new TrustError('database-unavailable', `Broken at: ${name}`);
}

function nameOf(sql: string): string {
  return sql.replaceAll(/\s+/g, ' ').trim().slice(0, 60);
}
