// The model test of the sequencer: a failure at every statement, commit, write of the fence, signature and witness, each
// both "failed, not applied" and "failed, but applied", alone or with everything after it. After each one the service is
// started anew, and all has to hold: nothing acknowledged is missing or moved, nothing stands twice, no size ever had two
// roots among all that was ever signed, published or not.

import { readFileSync } from 'node:fs';
import { beforeAll, expect, it } from 'vitest';
import type { Receipt } from '../../../core/api/statements.ts';
import { fromHex } from '../../../core/bytes.ts';
import { parseCheckpoint } from '../../../core/log/checkpoint.ts';
import { formatVerifierKey, makePrivateKey, type PrivateKey } from '../../../core/log/note-key.ts';
import { parseTlogProof, verifyTlogProof } from '../../../core/log/tlog-proof.ts';
import { parseWitnessPolicy, policyOfLogs, type WitnessPolicy } from '../../../core/log/witness-policy.ts';
import { answerRequest, isRefusal, openRequest, type WitnessState } from '../../../core/log/witness.ts';
import type { Database } from '../../../db/database.ts';
import { createCosign } from '../../../server/log/cosign.ts';
import { createCosigners } from '../../../server/log/cosigners.ts';
import { createLogger } from '../../../server/logger.ts';
import { checkLog } from '../../support/check-log.ts';
import { describeDatabases } from '../../support/database.ts';
import { logFolder } from '../../support/log-config.ts';
import { testKey, testOrigin } from '../../support/signed-log.ts';
import { Faults, noFault, type FaultPlan } from '../support/faults.ts';
import { fenceIn, SignedRoots, startSequencer, type Sequencer } from '../support/sequencer.ts';

/** One witness, which must never see anything but one history; it loses its answers when the plan says so. */
class TestWitness {
  state: WitnessState | undefined;
  refusals = 0;
  readonly #key: PrivateKey;
  readonly #log: PrivateKey;

  constructor(key: PrivateKey, log: PrivateKey) {
    this.#key = key;
    this.#log = log;
  }

  async answer(body: string): Promise<Response> {
    const opened = await openRequest(new Map([[testOrigin, [this.#log.key]]]), body);
    const time = { now: 1_800_000_000, notBefore: 0 };
    const { reply, newState } = isRefusal(opened)
      ? { reply: opened, newState: undefined }
      : await answerRequest(opened, this.state, [this.#key], time);
    if (reply.status !== 200 && reply.status !== 409) this.refusals++;
    if (newState !== undefined) this.state = newState;
    return new Response(reply.body, { status: reply.status, headers: { 'content-type': reply.contentType } });
  }
}

class Model {
  readonly #db: Database;
  readonly #key: PrivateKey;
  readonly #folder = logFolder();
  readonly #signed = new SignedRoots();
  readonly #acknowledged = new Map<string, Receipt>();
  /** Checkpoints that came with receipts. */
  readonly #notes = new Set<string>();
  readonly #policy: WitnessPolicy;
  readonly #witness: TestWitness | undefined;
  #now = Date.parse('2026-11-22T12:00:00Z');
  #round = 0;

  constructor(db: Database, key: PrivateKey, witness?: PrivateKey) {
    this.#db = db;
    this.#key = key;
    this.#witness = witness && new TestWitness(witness, key);
    this.#policy =
      witness === undefined
        ? policyOfLogs([key.key])
        : parseWitnessPolicy(
            `log ${formatVerifierKey(key.key)}\nwitness w ${formatVerifierKey(witness.key)} https://witness.example.org/\nquorum w\n`,
          );
  }

  /** A life with a failure in it, and the life after; returns the steps of the first. */
  async live(plan: FaultPlan): Promise<readonly string[]> {
    const faults = new Faults(plan);
    const [a, b, c] = ['a', 'b', 'c'].map((name) => `${name}-${++this.#round}`) as [string, string, string];
    const before = [...this.#acknowledged.keys()].at(-1);
    await this.#session(faults, async ({ ingest, publisher }) => {
      await this.#submit(ingest, a);
      await Promise.all([b, c, a].map((name) => this.#submit(ingest, name)));
      this.#now += 700_000;
      await publisher.start().catch(() => undefined);
      if (before !== undefined) await this.#submit(ingest, before);
    }).catch(() => undefined);
    const steps = [...faults.steps];
    await this.#session(new Faults(noFault), async ({ ingest }) => {
      for (const name of [a, b, c]) {
        const receipt = await answered(ingest.submitStatement(name));
        this.#note(name, receipt);
      }
    });
    await this.check();
    return steps;
  }

  /** Everything that has to hold of a ledger at rest. */
  async check(): Promise<void> {
    const file = fenceIn(this.#folder);
    const log = await checkLog(this.#db, { keys: [this.#key.key], fences: [file] });
    expect(log.published).toBe(log.size);
    for (const [size, root] of this.#signed.roots) {
      expect(size, 'what was signed is there').toBeLessThanOrEqual(log.size);
      expect(root, `the root that was signed for ${size}`).toBe(log.rootAt(size));
    }
    expect(Math.max(...this.#signed.roots.keys())).toBe(parseCheckpoint(readFileSync(file, 'utf8')).size);
    expect(log.size, 'an entry for each statement that was ever acknowledged, and no other').toBe(
      this.#acknowledged.size,
    );
    for (const { id, index } of this.#acknowledged.values()) expect(log.indices.get(id)).toBe(index);
    for (const note of this.#notes)
      expect(log.notes, 'published before anybody was answered').toContain(note);
    expect(this.#witness?.refusals ?? 0).toBe(0);
  }

  async #session(faults: Faults, act: (sequencer: Sequencer) => Promise<void>): Promise<void> {
    const witness = this.#witness;
    const sequencer = await answered(
      startSequencer({
        db: faults.database(this.#db),
        folder: this.#folder,
        key: faults.key(this.#signed.watch(this.#key)),
        clock: () => new Date(this.#now),
        wrapFence: (fence) => faults.fence(fence),
        ...(witness !== undefined && {
          makeCosign: (prover) => {
            const log = createLogger('silent');
            const fetch: typeof globalThis.fetch = (_, request) =>
              faults.step('witness', () =>
                witness.answer(typeof request?.body === 'string' ? request.body : ''),
              );
            const policy = this.#policy;
            const cosigners = createCosigners({
              policy,
              fetch,
              timeoutMs: 5000,
              maxTries: 3,
              graceMs: 1,
              log,
            });
            return createCosign({ policy, cosigners, prover, failOpen: false, log });
          },
        }),
      }),
    );
    try {
      await act(sequencer);
    } finally {
      await answered(sequencer.close());
    }
  }

  async #submit(ingest: Sequencer['ingest'], name: string): Promise<void> {
    const receipt = await answered(ingest.submitStatement(name).catch(() => undefined));
    if (receipt === undefined) return;
    this.#note(name, receipt);
    const proof = parseTlogProof(receipt.proof ?? '');
    await verifyTlogProof(proof, fromHex(receipt.leafHash), this.#policy);
    this.#notes.add(proof.checkpoint);
  }

  #note(name: string, receipt: Receipt): void {
    const known = this.#acknowledged.get(name);
    if (known !== undefined) {
      expect({ ...receipt, proof: '', status: '' }).toEqual({ ...known, proof: '', status: '' });
      expect(receipt.status).toBe('known');
    }
    this.#acknowledged.set(name, receipt);
  }
}

/** The promise; rejects when it is never settled. */
async function answered<Result>(promise: Promise<Result>): Promise<Result> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      reject(new Error('Nobody answers.'));
    }, 20_000);
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}

/** Steps that stay done when the one behind them fails; all others are undone with their transaction. */
const lasting = /^(?:commit|fence|sign|witness)$/;

function plansFor(steps: readonly string[], stride: number, wanted = /./): FaultPlan[] {
  const kinds = (['before', 'after'] as const).flatMap((when) =>
    (['recovers', 'stays broken'] as const).map((then) => ({ when, then })),
  );
  return kinds.flatMap((kind, offset) =>
    steps.flatMap((name, position) => {
      const isWanted = wanted.test(name) && (kind.when === 'before' || lasting.test(name));
      return isWanted && position % stride === offset % stride ? [{ ...kind, at: position + 1 }] : [];
    }),
  );
}

/** Failures that one ledger goes through: to check it whole each time takes longer the longer it is. */
const livesOfLedger = 60;

describeDatabases('a sequencer whose ground gives way', (open, kind) => {
  let key: PrivateKey;
  let witness: PrivateKey;
  beforeAll(async () => {
    key = await testKey();
    witness = await makePrivateKey('witness.example.org', 'cosignature', new Uint8Array(32).fill(3));
  });
  // Every step on the faster database; on the other some, different ones for each kind of failure.
  const stride = kind === 'postgresql' ? 1 : 9;

  /** Learns the steps of a life in which nothing fails, and lets those of them fail that are chosen. */
  async function failAll(
    byWitness: PrivateKey | undefined,
    choose: (steps: readonly string[]) => readonly FaultPlan[],
  ): Promise<readonly string[]> {
    let model = new Model(await open(), key, byWitness);
    await model.live(noFault);
    const steps = await model.live(noFault);
    for (const [position, plan] of choose(steps).entries()) {
      if (position % livesOfLedger === livesOfLedger - 1) {
        model = new Model(await open(), key, byWitness);
        await model.live(noFault);
      }
      await model.live(plan);
    }
    return steps;
  }

  it('keeps every promise, whichever step fails and however', { timeout: 900_000 }, async () => {
    const steps = await failAll(undefined, (all) => plansFor(all, stride));
    expect(steps.filter((name) => lasting.test(name)).length).toBeGreaterThan(10);
  });

  it('keeps them with a witness whose answers are lost', { timeout: 900_000 }, async () => {
    const wanted = stride === 1 ? /^(?:commit|fence|sign|witness|insert into checkpoints)/ : /^witness/;
    const steps = await failAll(witness, (all) => plansFor(all, 1, wanted));
    expect(steps).toContain('witness');
  });
});
