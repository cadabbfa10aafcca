// Our log and our witness beside those of others: the omniwitness signs for our log, and logs written in Go get their
// signatures from our witness.

import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeAll, expect, it } from 'vitest';
import { toBase64 } from '../../core/bytes.ts';
import {
  formatPrivateKey,
  formatVerifierKey,
  makePrivateKey,
  parseVerifierKey,
} from '../../core/log/note-key.ts';
import { openCheckpoint } from '../../core/log/open-checkpoint.ts';
import { checkQuorum, parseWitnessPolicy, policyKeys } from '../../core/log/witness-policy.ts';
import { createCosigners, withCosignatures } from '../../server/log/cosigners.ts';
import { createLogger } from '../../server/logger.ts';
import { addCheckpoint, scratchFolder, startWitness } from '../cli/support/witness-runner.ts';
import { exchange, exchangeKey } from '../core/log/support/witness-exchange.ts';
import { buildGoWitness, startGoServer, type GoServer } from '../support/go-witness.ts';
import { buildTimeout, describeWithGo, run, useFolder } from '../support/go.ts';
import { GrowingLog } from '../support/growing-log.ts';

const ends: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0)) await end();
});

describeWithGo('the omniwitness of transparency-dev, asked by our log', () => {
  const folder = useFolder();
  let program = '';
  beforeAll(async () => {
    [program = ''] = await buildGoWitness(folder, ['github.com/transparency-dev/witness/cmd/omniwitness']);
  }, buildTimeout);

  async function omniwitness(
    log: Pick<GrowingLog, 'key' | 'vkey'>,
    database: string,
  ): Promise<{ server: GoServer; policyText: string }> {
    const name = 'omni.example.org/witness';
    const seeds = { cosignature: new Uint8Array(32).fill(41), mlDsa: new Uint8Array(32).fill(42) } as const;
    const vkeys: string[] = [];
    const keyFlags: string[] = [];
    for (const type of ['cosignature', 'mlDsa'] as const) {
      const { key } = await makePrivateKey(name, type, seeds[type]);
      const path = join(folder, `key-${type}`);
      writeFileSync(path, formatPrivateKey(key, seeds[type]), { mode: 0o600 });
      keyFlags.push('-private_key_path', path);
      vkeys.push(formatVerifierKey(key));
    }
    const logs = join(folder, 'logs.yaml');
    writeFileSync(
      logs,
      `Logs:\n  - Origin: ${log.key.name}\n    PublicKey: ${log.vkey}\n    URL: https://log.example.org/\n`,
    );
    const server = await startGoServer(program, (listen) => [
      ...['-listen', listen, '-metrics_listen', '', '-additional_logs', logs, ...keyFlags],
      ...['-db_file', join(folder, database)],
    ]);
    ends.push(() => server.kill());
    const policyText = [
      `log ${log.vkey}`,
      ...vkeys.map((vkey, i) => `witness w${i + 1} ${vkey} ${server.address}`),
      'group both all w1 w2',
      'quorum both',
      '',
    ].join('\n');
    return { server, policyText };
  }

  function asker(policyText: string) {
    const policy = parseWitnessPolicy(policyText);
    const options = {
      policy,
      fetch: globalThis.fetch,
      timeoutMs: 20_000,
      maxTries: 3,
      log: createLogger('silent'),
    };
    const cosigners = createCosigners(options);
    return async (log: GrowingLog, size: number) => {
      const note = await log.note(size);
      const { signatures, problems } = await cosigners.collect(
        { size, note },
        (from, to) => Promise.resolve(log.prove(from, to)),
        () => Promise.resolve(size),
      );
      return { problems, note: await withCosignatures(note, signatures, policy), policy };
    };
  }

  async function expectQuorum({
    problems,
    note,
    policy,
  }: Awaited<ReturnType<ReturnType<typeof asker>>>): Promise<void> {
    expect(problems).toEqual([]);
    const { logs, witnesses } = policyKeys(policy);
    const opened = await openCheckpoint(note, logs, witnesses);
    checkQuorum(policy, opened);
    const now = Date.now() / 1000;
    expect(opened.signatures.slice(1).map(({ time }) => Math.abs(time! - now) < 120)).toEqual([true, true]);
  }

  it('signs our checkpoints with Ed25519 and ML-DSA-44, size after size, and our log verifies both', async () => {
    const log = await GrowingLog.make(700);
    const { policyText } = await omniwitness(log, 'growth.db');
    const ask = asker(policyText);
    for (const size of [1, 2, 3, 8, 8, 255, 256, 257, 700]) await expectQuorum(await ask(log, size));
  });

  it('tells a log that has forgotten its size, also after a kill and a new start, and goes on', async () => {
    const log = await GrowingLog.make(100);
    const first = await omniwitness(log, 'restart.db');
    await expectQuorum(await asker(first.policyText)(log, 33));
    await expectQuorum(await asker(first.policyText)(log, 40));
    await first.server.kill();
    const second = await omniwitness(log, 'restart.db');
    await expectQuorum(await asker(second.policyText)(log, 77));
  });

  it('makes our log raise an alarm for a fork at the same size, a fork that grew, and a log rolled back', async () => {
    const log = await GrowingLog.make(100);
    const fork = await GrowingLog.make(100, 9);
    const { policyText } = await omniwitness(log, 'fork.db');
    await expectQuorum(await asker(policyText)(log, 50));
    for (const [source, size] of [
      [fork, 50],
      [fork, 60],
      [log, 30],
    ] as const) {
      const { problems } = await asker(policyText)(source, size);
      expect(
        problems.map(({ code }) => code),
        `size ${size}`,
      ).toEqual(['ledger-fork']);
    }
    await expectQuorum(await asker(policyText)(log, 51));
  });

  it('signs and refuses in the scripted exchange where we do', async () => {
    const other = { key: parseVerifierKey(exchangeKey), vkey: exchangeKey };
    const { server } = await omniwitness(other, 'exchange.db');
    const answers: number[] = [];
    for (const { request } of exchange) answers.push((await addCheckpoint(server.address, request)).status);
    // With its SQLite store it says 500 to unknown origins and to signatures that do not hold, where we say 400, 403 and 404.
    const shown = (status: number): number | 'refused' =>
      [400, 403, 404, 500].includes(status) ? 'refused' : status;
    expect(answers.map(shown)).toEqual(exchange.map(({ status }) => shown(status)));
  });
});

describeWithGo('our witness, asked by logs and clients in Go', () => {
  const folder = useFolder();
  let [submit, oneshot] = ['', ''];
  beforeAll(async () => {
    [submit = '', oneshot = ''] = await buildGoWitness(folder, [
      './submit',
      'github.com/transparency-dev/tessera/cmd/examples/posix-oneshot',
    ]);
  }, buildTimeout);

  async function witness(vkey: string): ReturnType<typeof startWitness> {
    const started = await startWitness(scratchFolder(), [
      ...['--name', 'witness.example.org/ours', '--ml-dsa', '--log', vkey],
    ]);
    ends.push(() => started.stop());
    return started;
  }

  it('answers the client of transparency-dev/witness with what it expects, and its signatures open in Go', async () => {
    const log = await GrowingLog.make(300);
    const fork = await GrowingLog.make(300, 5);
    const stranger = await GrowingLog.make(300, 300, 'log.example.org/unknown');
    const { address, keys } = await witness(log.vkey);
    const step = async (source: GrowingLog, from: number, to: number, proof = source.prove(from, to)) => ({
      ...{ Old: from, Proof: proof.map(toBase64), Checkpoint: await source.note(to) },
    });
    const steps = [
      await step(log, 0, 0),
      await step(log, 0, 1),
      await step(log, 1, 100),
      await step(log, 100, 100),
      await step(log, 1, 257),
      await step(log, 100, 257, []),
      await step(fork, 100, 257),
      await step(fork, 100, 100),
      { ...(await step(log, 100, 100)), Old: 101 },
      await step(stranger, 0, 10),
      { ...(await step(log, 100, 257)), Checkpoint: (await log.note(257)).replace(/.{8}\n$/, 'AAAAAAA=\n') },
      await step(log, 100, 257),
      await step(log, 257, 300),
    ];
    const input = JSON.stringify({ Address: address, Log: log.vkey, Keys: keys, Steps: steps });
    const { status, stdout, stderr } = await run(submit, [], { input });
    expect([status, stderr]).toEqual([0, '']);
    const answers = stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as { error?: string; size: number; signed?: { name: string }[] });
    const good = 'signed by 2';
    expect(
      answers.map(({ error, size, signed }) =>
        error === undefined ? `signed by ${signed?.length ?? 0}` : `${error} ${size}`,
      ),
    ).toEqual([
      ...[good, good, good, good, 'stale 100', 'invalid proof 0', 'invalid proof 0', 'invalid proof 0'],
      ...['old size invalid 0', 'unknown log 0', 'no valid signature 0', good, good],
    ]);
  });

  it('gives a Tessera log the signatures without which it does not publish', async () => {
    const origin = 'tessera.example.org/log';
    const seed = new Uint8Array(32).fill(51);
    const { key } = await makePrivateKey(origin, 'ed25519', seed);
    const { address, keys } = await witness(formatVerifierKey(key));
    const [storage, entries, keyFile, policyFile] = ['tessera', 'entries', 'log-key', 'policy'].map((name) =>
      join(folder, name),
    ) as [string, string, string, string];
    mkdirSync(entries);
    writeFileSync(keyFile, formatPrivateKey(key, seed), { mode: 0o600 });
    writeFileSync(policyFile, `witness ours ${keys[0]!} ${address}\nquorum ours\n`);
    const grow = (round: number, count: number) => {
      for (let i = 0; i < count; i++) writeFileSync(join(entries, `${round}-${i}`), `entry ${round} ${i}`);
      const files = join(entries, `${round}-*`);
      return run(oneshot, [
        ...['-storage_dir', storage, '-entries', files, '-private_key', keyFile],
        ...['-witness_policy_file', policyFile, '-witness_timeout', '10s'],
      ]);
    };
    const published = () =>
      openCheckpoint(readFileSync(join(storage, 'checkpoint'), 'utf8'), [key], keys.map(parseVerifierKey));
    let size = 0;
    for (const [round, count] of [5, 1, 300].entries()) {
      const { status, stderr } = await grow(round, count);
      expect(status, stderr).toBe(0);
      size += count;
      const checkpoint = await published();
      expect([checkpoint.size, checkpoint.signatures.map((signature) => signature.key.type)]).toEqual([
        size,
        ['ed25519', 'cosignature'],
      ]);
    }
  });
});
