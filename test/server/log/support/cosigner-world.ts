// What tests of cosigners share: a log and a fork of it, witnesses made of one function, and asking.

import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text as readText } from 'node:stream/consumers';
import { afterEach } from 'vitest';
import { parseAddCheckpoint } from '../../../../core/log/add-checkpoint.ts';
import { makePrivateKey } from '../../../../core/log/note-key.ts';
import { signNote } from '../../../../core/log/note-signature.ts';
import { formatSignatureLine, parseNote } from '../../../../core/log/note.ts';
import { parseWitnessPolicy, type WitnessPolicy } from '../../../../core/log/witness-policy.ts';
import { createCosigners, type CosignersOptions } from '../../../../server/log/cosigners.ts';
import { createLogger } from '../../../../server/logger.ts';
import { scratchFolder, startWitness, type RunningWitness } from '../../../cli/support/witness-runner.ts';
import { GrowingLog } from '../../../support/growing-log.ts';

export const log = await GrowingLog.make(64);
export const fork = await GrowingLog.make(64, 6);
export const time = 1_790_000_000;
export const key = await makePrivateKey('witness.example.org/a', 'cosignature', new Uint8Array(32).fill(21));
export const otherKey = await makePrivateKey(
  'witness.example.org/b',
  'cosignature',
  new Uint8Array(32).fill(22),
);

const ends: (() => unknown)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0)) await end();
});

export type Handler = (
  request: IncomingMessage,
  response: ServerResponse,
  body: ReturnType<typeof parseAddCheckpoint>,
) => unknown;

/** A witness made of one function; returns its address. */
export async function serve(handler: Handler): Promise<string> {
  const server = createServer((request, response) => {
    void readText(request).then((text) => handler(request, response, parseAddCheckpoint(text)));
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  ends.push(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** Answers as a witness does that signs everything. */
export async function cosign(signer: typeof key, checkpoint: string, at = time): Promise<string> {
  return formatSignatureLine(await signNote(signer, parseNote(checkpoint).text, at));
}

export function policyOf(
  witnesses: readonly (readonly [vkey: string, url: string])[],
  quorum: string,
): WitnessPolicy {
  const lines = witnesses.map(([vkey, url], i) => `witness w${i + 1} ${vkey} ${url}`);
  const names = witnesses.map((_, i) => `w${i + 1}`).join(' ');
  const groups = ['any', 'all'].map((which) => `group ${which} ${which} ${names}`);
  const used = groups.filter((line) => line.startsWith(`group ${quorum} `));
  return parseWitnessPolicy([`log ${log.vkey}`, ...lines, ...used, `quorum ${quorum}`, ''].join('\n'));
}

export function cosigners(policy: WitnessPolicy, more: Partial<CosignersOptions> = {}) {
  const defaults = { fetch: globalThis.fetch, timeoutMs: 3000, maxTries: 3, log: createLogger('silent') };
  return createCosigners({ policy, ...defaults, ...more });
}

type Collected = Awaited<ReturnType<ReturnType<typeof cosigners>['collect']>>;

export async function ask(
  asker: ReturnType<typeof cosigners>,
  size: number,
  source: GrowingLog = log,
  headSize = size,
): Promise<Collected> {
  return asker.collect(
    { size, note: await source.note(size) },
    (from, to) => Promise.resolve(source.prove(from, to)),
    () => Promise.resolve(headSize),
  );
}

export async function ours(args: readonly string[] = []): Promise<RunningWitness> {
  const witness = await startWitness(scratchFolder(), [
    '--name',
    'witness.example.org/a',
    '--log',
    log.vkey,
    ...args,
  ]);
  ends.push(() => witness.stop());
  return witness;
}
