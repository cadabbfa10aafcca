// What a witness answers: the scripted exchange of another implementation, and every rule of C2SP tlog-witness once.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatAddCheckpoint } from '../../../core/log/add-checkpoint.ts';
import { formatCheckpoint, parseCheckpoint } from '../../../core/log/checkpoint.ts';
import { emptyRoot } from '../../../core/log/merkle-hash.ts';
import {
  makePrivateKey,
  parseVerifierKey,
  type PrivateKey,
  type VerifierKey,
} from '../../../core/log/note-key.ts';
import { signNote } from '../../../core/log/note-signature.ts';
import { formatNote, parseNote } from '../../../core/log/note.ts';
import { openCheckpoint } from '../../../core/log/open-checkpoint.ts';
import { answerRequest, isRefusal, openRequest, type WitnessState } from '../../../core/log/witness.ts';
import { GrowingLog, growingOrigin } from '../../support/growing-log.ts';
import { hostileTexts } from './support/hostile.ts';
import {
  exchange,
  exchangeKey,
  exchangeNote,
  exchangeOrigin,
  exchangeText,
} from './support/witness-exchange.ts';

const witnessKey = await makePrivateKey('witness.example.org/w', 'cosignature', new Uint8Array(32).fill(5));
const mlDsaKey = await makePrivateKey('witness.example.org/w', 'mlDsa', new Uint8Array(32).fill(6));

/** A witness in memory. */
class Memory {
  state: (WitnessState & { note?: string }) | undefined;
  now = 1_790_000_000;
  notBefore = 0;
  logs: Map<string, readonly VerifierKey[]>;
  signers: PrivateKey[] = [witnessKey];

  constructor(keys: readonly VerifierKey[]) {
    this.logs = new Map(keys.map((key) => [key.name, keys.filter(({ name }) => name === key.name)]));
  }

  async send(request: string): Promise<{ status: number; body: string; contentType: string }> {
    const opened = await openRequest(this.logs, request);
    if (isRefusal(opened)) return opened;
    const answer = await answerRequest(opened, this.state, this.signers, this);
    if (answer.newState !== undefined) this.state = answer.newState;
    return answer.reply;
  }
}

describe('a witness, in the exchange that litewitness is tested with', () => {
  it('answers every step as it is written there', async () => {
    const witness = new Memory([parseVerifierKey(exchangeKey)]);
    for (const { what, request, status, body, contentType } of exchange) {
      const reply = await witness.send(request);
      expect([reply.status, reply.body], what).toEqual([status, body ?? reply.body]);
      if (contentType !== undefined) expect(reply.contentType, what).toBe(contentType);
    }
    expect(witness.state?.size).toBe(5);
  });

  it('signs what makes the note hold, with its time, and keeps log and witness signatures together', async () => {
    const witness = new Memory([parseVerifierKey(exchangeKey)]);
    witness.signers = [witnessKey, mlDsaKey];
    const { body } = await witness.send(exchange[0]!.request);
    expect(body.split('\n')).toHaveLength(3);
    const signed = await openCheckpoint(
      exchangeNote(1) + body,
      [parseVerifierKey(exchangeKey)],
      [witnessKey.key, mlDsaKey.key],
    );
    expect(signed.signatures.map(({ key, time }) => [key.type, time])).toEqual([
      ['ed25519', undefined],
      ['cosignature', witness.now],
      ['mlDsa', witness.now],
    ]);
    expect(witness.state?.note).toBe(exchangeNote(1) + body);
  });
});

describe('a witness', () => {
  const known = async (size: number, more: { forkAt?: number } = {}) => {
    const log = await GrowingLog.make(20);
    const witness = new Memory([log.key]);
    witness.state = { size, root: log.root(size) };
    return { log, witness, fork: await GrowingLog.make(20, more.forkAt) };
  };
  const request = async (log: GrowingLog, from: number, to: number, proof = log.prove(from, to)) =>
    formatAddCheckpoint({ oldSize: from, proof, checkpoint: await log.note(to) });

  it('refuses an old size above the checkpoint’s with 400', async () => {
    const { log, witness } = await known(9);
    const text = formatAddCheckpoint({ oldSize: 9, proof: [], checkpoint: await log.note(7) });
    expect(await witness.send(text)).toMatchObject({ status: 400 });
  });

  it('signs the same checkpoint again, with a new time', async () => {
    const { log, witness } = await known(9);
    expect(await witness.send(await request(log, 9, 9))).toMatchObject({ status: 200 });
    expect(await witness.send(await request(log, 9, 9, log.prove(3, 9)))).toMatchObject({ status: 422 });
  });

  it('answers the same size with another root with 422, and names the root it has seen', async () => {
    const { witness, fork } = await known(9, { forkAt: 4 });
    const before = witness.state;
    expect(await witness.send(await request(fork, 9, 9))).toMatchObject({
      status: 422,
      body: expect.stringContaining('has seen the root') as string,
    });
    expect(witness.state).toBe(before);
  });

  it('refuses a fork at any size, whatever its proof', async () => {
    const { witness, fork, log } = await known(9, { forkAt: 4 });
    for (const proof of [fork.prove(9, 15), log.prove(9, 15), []]) {
      expect(await witness.send(await request(fork, 9, 15, proof))).toMatchObject({ status: 422 });
    }
  });

  it('refuses a proof behind old size 0 with 422', async () => {
    const log = await GrowingLog.make(20);
    const witness = new Memory([log.key]);
    expect(await witness.send(await request(log, 0, 5, [log.root(1)]))).toMatchObject({ status: 422 });
  });

  it('takes size 0 with the empty root, and refuses it with another one with 422', async () => {
    const log = await GrowingLog.make(20);
    const signer = await makePrivateKey(growingOrigin, 'ed25519', new Uint8Array(32).fill(77));
    const witness = new Memory([log.key]);
    const at0 = async (root: Uint8Array): Promise<string> => {
      const text = formatCheckpoint({ origin: growingOrigin, size: 0, root });
      const checkpoint = formatNote({ text, signatures: [await signNote(signer, text, 0)] });
      return formatAddCheckpoint({ oldSize: 0, proof: [], checkpoint });
    };
    expect(await witness.send(await at0(log.root(3)))).toMatchObject({ status: 422 });
    expect(witness.state).toBeUndefined();
    expect(await witness.send(await at0(emptyRoot))).toMatchObject({ status: 200 });
    expect(await witness.send(await request(log, 0, 5))).toMatchObject({ status: 200 });
  });

  it('refuses extension lines with 400, also signed ones', async () => {
    const log = await GrowingLog.make(20);
    const signer = await makePrivateKey(growingOrigin, 'ed25519', new Uint8Array(32).fill(77));
    const text = `${formatCheckpoint({ origin: growingOrigin, size: 5, root: log.root(5) })}extended\n`;
    const checkpoint = formatNote({ text, signatures: [await signNote(signer, text, 0)] });
    const witness = new Memory([log.key]);
    expect(await witness.send(formatAddCheckpoint({ oldSize: 0, proof: [], checkpoint }))).toMatchObject({
      status: 400,
    });
  });

  it('refuses more than 63 hashes, hashes of other lengths, and sizes in other forms with 400', async () => {
    const log = await GrowingLog.make(20);
    const witness = new Memory([log.key]);
    const checkpoint = await log.note(5);
    const hash = Buffer.alloc(32).toString('base64');
    for (const head of [
      `old 0\n${`${hash}\n`.repeat(64)}`,
      `old 0\n${Buffer.alloc(31).toString('base64')}\n`,
      `old 00\n`,
      `old -1\n`,
      `old 18446744073709551615\n`,
      `size 0\n`,
      ``,
    ]) {
      expect(await witness.send(`${head}\n${checkpoint}`), head).toMatchObject({ status: 400 });
    }
    expect(await witness.send(`old 0\n${`${hash}\n`.repeat(63)}\n${checkpoint}`)).toMatchObject({
      status: 422,
    });
  });

  it('refuses a note without a trusted signature with 403, and ignores those of unknown keys', async () => {
    const log = await GrowingLog.make(20);
    const witness = new Memory([log.key]);
    const { text, signatures } = parseNote(await log.note(5));
    const stranger = await makePrivateKey(growingOrigin, 'ed25519', new Uint8Array(32).fill(1));
    const unknown = await signNote(stranger, text, 0);
    const send = (lines: typeof signatures) =>
      witness.send(
        formatAddCheckpoint({ oldSize: 0, proof: [], checkpoint: formatNote({ text, signatures: lines }) }),
      );
    expect(await send([unknown])).toMatchObject({ status: 403 });
    expect(await send([unknown, ...signatures])).toMatchObject({ status: 200 });
    expect(witness.state?.note).not.toContain(formatNote({ text, signatures: [unknown] }).slice(text.length));
  });

  it('refuses a line that names a trusted key and does not hold with 403, beside one that does', async () => {
    const log = await GrowingLog.make(20);
    const second = await makePrivateKey(growingOrigin, 'ed25519', new Uint8Array(32).fill(2));
    const witness = new Memory([log.key, second.key]);
    const { text, signatures } = parseNote(await log.note(5));
    const forged = { ...(await signNote(second, `${text}x`, 0)) };
    const checkpoint = formatNote({ text, signatures: [...signatures, forged] });
    expect(await witness.send(formatAddCheckpoint({ oldSize: 0, proof: [], checkpoint }))).toMatchObject({
      status: 403,
    });
  });

  it('states no time before one that it has stated', async () => {
    const { log, witness } = await known(9);
    witness.notBefore = witness.now + 1;
    expect(await witness.send(await request(log, 9, 12))).toMatchObject({ status: 503 });
    expect(witness.state?.size).toBe(9);
    witness.now += 1;
    expect(await witness.send(await request(log, 9, 12))).toMatchObject({ status: 200 });
  });

  it('answers whatever is sent, never throws, and signs nothing but a first checkpoint', async () => {
    const log = await GrowingLog.make(20);
    const valid = await request(log, 3, 12);
    await fc.assert(
      fc.asyncProperty(hostileTexts(valid, exchange[6]!.request), async (text) => {
        fc.pre(text !== valid && !valid.startsWith(text));
        const witness = new Memory([log.key, parseVerifierKey(exchangeKey)]);
        const { status } = await witness.send(text);
        expect([400, 403, 404, 409, 422, 200]).toContain(status);
        if (status === 200) expect(text).toContain('old 0\n');
      }),
      { numRuns: 300 },
    );
  });

  it('only ever signs a history that has no fork, in any order of requests', async () => {
    const log = await GrowingLog.make(20);
    const forks = await Promise.all([2, 5, 11].map((forkAt) => GrowingLog.make(20, forkAt)));
    const all = [log, ...forks];
    const step = fc.record({ which: fc.nat(3), from: fc.nat(20), to: fc.nat(20), honest: fc.boolean() });
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 25 }), async (steps) => {
        const witness = new Memory([log.key]);
        const signed: { size: number; root: Uint8Array }[] = [];
        for (const { which, from, to, honest } of steps) {
          const source = all[which]!;
          const old = honest ? (witness.state?.size ?? 0) : from;
          const proof = old > to ? [] : source.prove(old, to);
          const { status } = await witness.send(
            formatAddCheckpoint({ oldSize: old, proof, checkpoint: await source.note(to) }),
          );
          if (status === 200) signed.push(parseCheckpoint(parseNote(await source.note(to)).text));
        }
        expect(signed.every(({ size }, i) => i === 0 || size >= signed[i - 1]!.size)).toBe(true);
        const isOneHistory = all.some((one) =>
          signed.every(({ size, root }) => Buffer.from(one.root(size)).equals(root)),
        );
        expect(isOneHistory).toBe(true);
      }),
      { numRuns: 60 },
    );
  });

  it('has checkpoints of the exchange that are one text each', () => {
    expect(parseCheckpoint(exchangeText(3))).toMatchObject({ origin: exchangeOrigin, size: 3 });
  });
});
