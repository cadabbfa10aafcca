#!/usr/bin/env node
// npm run demo: the whole system at work on this project's own package-lock.json.
//
// Starts the real service on a folder of its own, publishes what a handful of made-up reviewers claim, runs the real
// trust-check against it, says what to try next, and leaves the service up until Ctrl-C. With --exit it stops by itself.
// Exit status: 0, or 1 when any part does not do what it should.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { discoverySchema } from '../../core/api/ledger.ts';
import type { Closure } from '../../core/closure/input.ts';
import { TrustError } from '../../core/errors.ts';
import { readLockfile } from '../../core/formats/registry.ts';
import { makeRoot } from '../../core/identity.ts';
import { projectRoot } from '../project-root.ts';
import { loadCast, type Cast } from './cast.ts';
import { say, step } from './progress.ts';
import { publish } from './publish.ts';
import { exemption, people, reviewerSet } from './script.ts';
import { startService } from './service-process.ts';
import { signScript } from './sign-statements.ts';

const folder = join(process.env['DATA_DIR'] ?? join(projectRoot, 'data'), 'demo');
const lockfile = join(projectRoot, 'package-lock.json');
const policyFile = join(folder, 'trust-check.yaml');

async function demo(stayUp: boolean): Promise<void> {
  say('trust-ledger demo: real keys, real hashes, people who do not exist.\n');
  const cast = await step('Making the keys of the demo reviewers', () =>
    loadCast(join(folder, 'keys'), new Date()),
  );
  const service = await step('Starting the service on an embedded database', () =>
    startService(join(folder, 'ledger'), process.env),
  );
  try {
    say(`  It listens on ${service.address}`);
    const closure = await readClosure();
    const documents = await step('Signing what they say about packages of package-lock.json', () =>
      signScript(cast, closure),
    );
    const certificates = Object.values(cast).map(({ certificate }) => ({ certificate: certificate.armored }));
    const { created, known } = await step('Publishing their certificates, trust and reviews', () =>
      publish(service.address, [...certificates, ...documents.map((document) => ({ document }))]),
    );
    say(`  ${created} new entries, ${known} known from an earlier run`);
    const logKeys = await readLogKeys(service.address);
    await writeFile(policyFile, policyText(cast, service.address, logKeys, new Date()));
    say(`\n$ trust-check --verbose --config ${policyFile} ${lockfile}\n`);
    await check();
    say(nextSteps(cast, service.address));
    if (stayUp) {
      say(`The service is up at ${service.address} · Ctrl-C stops it.`);
      await Promise.race([interrupted(), service.ended]);
      say('\nStopping.');
    }
  } finally {
    await service.stop();
  }
}

/** The keys of the log that this demo has just started. Named, so that a demo begun anew is not taken for a forged one. */
async function readLogKeys(address: string): Promise<readonly string[]> {
  const answer = await fetch(`${address}/.well-known/trust-ledger`);
  return discoverySchema.parse(await answer.json()).keys;
}

async function readClosure(): Promise<Closure> {
  return readLockfile({
    name: 'package-lock.json',
    text: await readFile(lockfile, 'utf8'),
    sibling: () => undefined,
  });
}

/** Runs the real command. Its exit status 1 is right: the demo's people have read only a part. */
async function check(): Promise<void> {
  const cli = join(import.meta.dirname, '../../cli/main.js');
  const child = spawn(process.execPath, [cli, '--verbose', '--config', policyFile, lockfile], {
    stdio: 'inherit',
  });
  const [status] = (await once(child, 'exit')) as [number | null];
  if (status !== 0 && status !== 1) {
    throw new TrustError('internal', `trust-check ended with status ${status ?? 'none'}.`);
  }
}

/** The demo's policy; JSON is YAML. */
function policyText(cast: Cast, server: string, logKeys: readonly string[], now: Date): string {
  const until = new Date(now.getTime() + 90 * 86_400_000).toISOString().slice(0, 10);
  const policy = {
    server,
    'log-key': logKeys,
    roots: [makeRoot(cast[reviewerSet.owner].certificate.identity, reviewerSet.name)],
    require: { thoroughness: 'low', understanding: 'low' },
    exemptions: [{ ...exemption, until }],
    // What only builds and tests this project is left out, and counted.
    'ignore-groups': ['dev', 'optional', 'peer'],
  };
  return `# Written by npm run demo: trusts nobody but the demo's own reviewers.\n${JSON.stringify(policy, null, 2)}\n`;
}

function nextSteps(cast: Cast, address: string): string {
  const root = makeRoot(cast[reviewerSet.owner].certificate.identity, reviewerSet.name);
  return `
Exit status 1: most of the lockfile is unreviewed, which is true of most lockfiles.
Try next, in another terminal:

  npx trust-check --config ${policyFile} explain pkg:npm/%40noble/hashes
      why a difference counts: the chain down to a full review
  npx trust-check --config ${policyFile} explain pkg:npm/qs
      the alarm: reviewed, but other bytes than yours
  npx trust-check --config ${policyFile} --redundancy 2
      ask for two independent reviewers
  curl '${address}/api/v1/statements?purl=pkg:npm/express'
      what was said about express, signatures included
  curl '${address}/api/v1/trust-set?root=${encodeURIComponent(root)}'
      whom ${people.guild} trusts, and how far
`;
}

function interrupted(): Promise<void> {
  return new Promise((resolve) => {
    process.once('SIGINT', () => {
      resolve();
    });
    process.once('SIGTERM', () => {
      resolve();
    });
  });
}

try {
  const options = process.argv.slice(2);
  const unknown = options.find((option) => option !== '--exit');
  if (unknown !== undefined)
    throw new TrustError('usage', `Unknown option ${unknown}; there is only --exit.`);
  await demo(!options.includes('--exit'));
} catch (error) {
  process.stderr.write(`demo: ${error instanceof Error ? error.message : String(error)}\n`);
  if (error instanceof TrustError && error.help !== undefined) process.stderr.write(`help: ${error.help}\n`);
  process.exitCode = 1;
}
