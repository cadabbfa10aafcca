// The log's side of witnessing, over real HTTP: against our own witness, and what a policy says.

import { describe, expect, it } from 'vitest';
import { parseCheckpoint } from '../../../core/log/checkpoint.ts';
import { formatVerifierKey } from '../../../core/log/note-key.ts';
import { signNote } from '../../../core/log/note-signature.ts';
import { parseNote } from '../../../core/log/note.ts';
import { openCheckpoint } from '../../../core/log/open-checkpoint.ts';
import { checkQuorum, parseWitnessPolicy, policyKeys } from '../../../core/log/witness-policy.ts';
import { withCosignatures } from '../../../server/log/cosigners.ts';
import { submit } from '../../cli/support/witness-runner.ts';
import { expectCode } from '../../support/matchers.ts';
import {
  ask,
  cosign,
  cosigners,
  fork,
  key,
  log,
  ours,
  policyOf,
  serve,
  time,
} from './support/cosigner-world.ts';

describe('asking our own witness', () => {
  it('gets cosignatures that meet the policy, size after size', async () => {
    const witness = await ours();
    const policy = policyOf([[witness.keys[0]!, witness.address]], 'w1');
    const asker = cosigners(policy);
    for (const size of [1, 2, 9, 9, 40]) {
      const { signatures, problems } = await ask(asker, size);
      expect(problems).toEqual([]);
      const note = await withCosignatures(await log.note(size), signatures, policy);
      const { logs, witnesses } = policyKeys(policy);
      checkQuorum(policy, await openCheckpoint(note, logs, witnesses));
    }
  });

  it('finds the witness’s size again after a start', async () => {
    const witness = await ours();
    const policy = policyOf([[witness.keys[0]!, witness.address]], 'w1');
    await ask(cosigners(policy), 30);
    const { signatures, problems } = await ask(cosigners(policy), 41);
    expect([signatures.length, problems]).toEqual([1, []]);
    expect(
      witness.stderr
        .filter((line) => line.includes('"request"'))
        .map((line) => /"status":(\d+)/.exec(line)?.[1]),
    ).toEqual(['200', '409', '200']);
  });

  it('takes both cosignatures of a witness with two keys at one address', async () => {
    const witness = await ours(['--ml-dsa']);
    const policy = policyOf(
      witness.keys.map((vkey) => [vkey, witness.address] as const),
      'all',
    );
    const { signatures, problems } = await ask(cosigners(policy), 5);
    expect(problems).toEqual([]);
    const note = await withCosignatures(await log.note(5), signatures, policy);
    const { logs, witnesses } = policyKeys(policy);
    checkQuorum(policy, await openCheckpoint(note, logs, witnesses));
    expect(witness.stderr.filter((line) => line.includes('"request"'))).toHaveLength(1);
  });

  it('raises an alarm for a fork at the same size, and for one that grew on', async () => {
    const witness = await ours();
    const policy = policyOf([[witness.keys[0]!, witness.address]], 'w1');
    await ask(cosigners(policy), 10);
    for (const size of [10, 20]) {
      const { signatures, problems } = await ask(cosigners(policy), size, fork);
      expect(signatures).toEqual([]);
      expect(problems).toMatchObject([{ code: 'ledger-fork', witness: 'w1' }]);
      expect(problems[0]?.message).toContain('status 422');
    }
    // The log that went on rightly is still signed.
    expect((await ask(cosigners(policy), 12)).signatures).toHaveLength(1);
  });

  it('raises an alarm when our log was rolled back, and none when another process of ours was first', async () => {
    const witness = await ours();
    const policy = policyOf([[witness.keys[0]!, witness.address]], 'w1');
    await submit(witness.address, log, 0, 30);
    const rolledBack = await ask(cosigners(policy), 20, log, 20);
    expect(rolledBack.problems).toMatchObject([
      { code: 'ledger-fork', message: 'it has seen 30 entries of ours, and we have 20' },
    ]);
    const overtaken = await ask(cosigners(policy), 20, log, 30);
    expect(overtaken.problems).toMatchObject([{ code: 'witnesses-unavailable' }]);
  });

  it('sends one witness one checkpoint at a time, however often it is asked', async () => {
    const witness = await ours();
    const asker = cosigners(policyOf([[witness.keys[0]!, witness.address]], 'w1'));
    const sizes = [3, 5, 5, 8, 13];
    const notes = await Promise.all(sizes.map((size) => log.note(size)));
    const all = await Promise.all(
      sizes.map((size, i) =>
        asker.collect(
          { size, note: notes[i]! },
          (from, to) => Promise.resolve(log.prove(from, to)),
          () => Promise.resolve(13),
        ),
      ),
    );
    expect(all.map(({ signatures, problems }) => [signatures.length, problems])).toEqual(
      Array.from({ length: 5 }, () => [1, []]),
    );
  });
});

describe('the policy', () => {
  it('without addresses leaves nobody to ask', async () => {
    const policy = parseWitnessPolicy(
      `log ${log.vkey}\nwitness w ${formatVerifierKey(key.key)}\nquorum none\n`,
    );
    const asker = cosigners(policy);
    expect([asker.isEmpty, await ask(asker, 7)]).toEqual([true, { signatures: [], problems: [] }]);
  });

  it.each([
    'ftp://witness.example.org',
    'witness.example.org',
    'https://u:p@witness.example.org',
    'https://w.org/?q',
  ])('with the address %s is refused', async (url) => {
    await expectCode('config-invalid', () => cosigners(policyOf([[formatVerifierKey(key.key), url]], 'w1')));
  });

  it('asks below the prefix, with or without a slash at its end', async () => {
    const asked: (string | undefined)[] = [];
    const url = await serve(async (request, response, { checkpoint }) => {
      asked.push(request.url);
      response.end(await cosign(key, checkpoint));
    });
    for (const prefix of [`${url}/some/where`, `${url}/some/where/`, url]) {
      await ask(cosigners(policyOf([[formatVerifierKey(key.key), prefix]], 'w1')), 7);
    }
    expect(asked).toEqual(['/some/where/add-checkpoint', '/some/where/add-checkpoint', '/add-checkpoint']);
  });

  it('refuses to append what does not hold', async () => {
    const policy = policyOf([[formatVerifierKey(key.key), 'https://w.example.org']], 'w1');
    const forged = await signNote(key, parseNote(await log.note(8)).text, time);
    await expectCode('signature-invalid', async () => withCosignatures(await log.note(7), [forged], policy));
    expect(parseCheckpoint(parseNote(await withCosignatures(await log.note(7), [], policy)).text).size).toBe(
      7,
    );
  });
});
