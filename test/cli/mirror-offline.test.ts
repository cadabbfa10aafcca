// With all network off, a mirror of a real ledger answers what the service answers: every verdict, every explanation, every
// statement (issue 3, acceptance 6). The ledger and the questions are random, over everything that moves a verdict.

import { createHash } from 'node:crypto';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeApiClient, type ApiClient } from '../../cli/http/api-client.ts';
import { parseServerUrl } from '../../cli/http/server-url.ts';
import type { Io } from '../../cli/io.ts';
import { openMirrorClient } from '../../cli/mirror/mirror-client.ts';
import type { StatementId } from '../../core/statement/statement.ts';
import { openDatabase } from '../../db/connect.ts';
import { listen, type HttpServer } from '../../server/http-server.ts';
import { makeWorld, type World as ServerWorld } from '../server/support/world.ts';
import { usePlaces } from '../support/database.ts';
import { fillRandomly, lockfile, policyFlags, sha512Of, type RandomLedger } from './support/random-ledger.ts';
import { World, type Outcome } from './support/world.ts';

const noNetwork: typeof fetch = () => {
  throw new Error('Nothing may be asked of the network.');
};

describe('a mirror, offline, against the service that it mirrors', () => {
  const world = new World();
  const places = usePlaces('embedded');
  const folder = join(world.folder, 'mirror');
  let server: ServerWorld;
  let http: HttpServer;
  let ledger: RandomLedger;

  beforeAll(async () => {
    server = await makeWorld(await openDatabase(await places()));
    http = await listen(server.app, { host: '127.0.0.1', port: 0 });
    ledger = await fillRandomly(server.service, server.time, 320, 20261122);
    const { exit, stderr } = await world.run(['mirror', folder, '--server', http.address], { clock });
    expect(exit, stderr).toBe(0);
  });
  afterAll(async () => {
    await http.stop(0);
    await server.service.close();
    world.remove();
  });

  const clock = (): Date => new Date(server.time.now);
  const online = (argv: readonly string[]): Promise<Outcome> =>
    world.run([...argv, '--server', http.address, '--json'], { clock });
  const offline = (argv: readonly string[]): Promise<Outcome> =>
    world.run([...argv, '--mirror', folder, '--json'], { clock, fetch: noNetwork });
  /** What is said of the mirror itself is the one thing that may differ. */
  const withoutAge = (text: string): unknown => {
    const report = JSON.parse(text) as Record<string, unknown>;
    delete report['mirror'];
    return report;
  };

  it('gives the same report on random closures under random policies', async () => {
    const seen = new Set<string>();
    await fc.assert(
      fc.asyncProperty(lockfile, policyFlags(ledger), async (lock, flags) => {
        world.write('package-lock.json', lock);
        const [theirs, ours] = [await online(['check', ...flags]), await offline(['check', ...flags])];
        expect(theirs.exit, theirs.stdout + theirs.stderr).toBeLessThan(2);
        expect(withoutAge(ours.stdout)).toEqual(withoutAge(theirs.stdout));
        expect(ours.exit).toBe(theirs.exit);
        for (const [word] of theirs.stdout.matchAll(/"verdict": "[a-z]+"/g)) seen.add(word);
      }),
      { numRuns: 60, seed: 3 },
    );
    // Equal answers about nothing would prove nothing.
    for (const verdict of ['reviewed', 'insufficient', 'unreviewed', 'flagged', 'mismatch'])
      expect(seen).toContain(`"verdict": "${verdict}"`);
  }, 300_000);

  it('gives the same explanations', async () => {
    await fc.assert(
      fc.asyncProperty(lockfile, policyFlags(ledger), async (lock, flags) => {
        world.write('package-lock.json', lock);
        const argv = ['explain', 'alpha', ...flags];
        const [theirs, ours] = [await online(argv), await offline(argv)];
        expect(ours.stdout).toBe(theirs.stdout);
        expect(ours.exit).toBe(theirs.exit);
      }),
      { numRuns: 15, seed: 4 },
    );
  }, 300_000);

  it('finds the same statements and certificates', async () => {
    const io = { cwd: world.folder, clock } as Io;
    const theirs = makeApiClient({
      server: parseServerUrl(http.address),
      fetch: (input, init) => fetch(input, init),
      timeoutMs: 60_000,
      signal: new AbortController().signal,
      debug: () => undefined,
    });
    const ours = openMirrorClient(io, folder);
    const same = async (ask: (api: ApiClient) => Promise<unknown>): Promise<unknown> => {
      const [expected, found] = [await ask(theirs), await ask(ours)];
      expect(plain(found)).toEqual(plain(expected));
      return expected;
    };
    for (const id of ledger.ids) await same((api) => api.statement(id as StatementId));
    const nowhere = 'f'.repeat(64) as StatementId;
    await same((api) => api.lookup([...ledger.ids, nowhere] as StatementId[]));
    for (const person of ledger.people) await same((api) => api.certificate(person));
    const queries: Record<string, string>[] = [
      { purl: 'pkg:npm/alpha' },
      { purl: 'pkg:npm/alpha@1.0.0' },
      { purl: 'pkg:npm/alpha', kind: 'source' },
      { digest: `sha512:${sha512Of('beta', '1.1.0', 'x')}` },
      { purl: 'pkg:npm/gamma', author: ledger.people[1]! },
      { author: ledger.people[8]!, limit: '3' },
      { author: ledger.people[2]!, kind: 'trust' },
      { author: ledger.people[2]!, before: '150', limit: '20' },
      { digest: `sha1:${createHash('sha1').update('delta').digest('hex')}` },
    ];
    for (const query of queries) {
      const found = await same((api) => api.statementsOf(query));
      expect(found, JSON.stringify(query)).not.toEqual([]);
    }
    await expect(ours.statement(nowhere)).rejects.toMatchObject({ code: 'not-found' });
    await expect(ours.statementsOf({})).rejects.toMatchObject({ code: 'request-invalid' });
  });

  it('publishes nothing, and says what to do', async () => {
    const { document } = (
      await openMirrorClient({ cwd: world.folder, clock } as Io, folder).statementsOf({
        author: ledger.people[1]!,
      })
    )[0]!;
    world.write('some.asc', document);
    const { exit, stdout } = await offline(['publish', 'some.asc']);
    expect(exit).toBe(2);
    expect(stdout).toContain('A mirror is a copy');
  });

  it('says how old it is, to people and to programs', async () => {
    world.write('package-lock.json', fc.sample(lockfile, { numRuns: 1, seed: 1 })[0]!);
    const root = ledger.people[0]!;
    const later = (): Date => new Date(server.time.now + 3 * 86_400_000);
    const said = await world.run(['--mirror', folder, '--root', root], { clock: later, fetch: noNetwork });
    expect(said.stderr).toMatch(
      /From a mirror of http:\S+, brought up to date 3 days ago: \d+ entries, the last one 3 days old \(2026-11-22T\d\d:\d\d:\d\dZ\)/,
    );
    const { stdout } = await offline(['--root', root]);
    expect(JSON.parse(stdout)).toMatchObject({ mirror: { size: server.service.graph.size } });
  });

  it('is taken from the environment and from the policy file, unless a server is named more closely', async () => {
    const root = ledger.people[0]!;
    const argv = ['--root', root, '--json'];
    const more = { clock, fetch: noNetwork };
    const byVariable = await world.run(argv, { ...more, env: { TRUST_CHECK_MIRROR: folder } });
    expect(JSON.parse(byVariable.stdout)).toHaveProperty('mirror');
    world.write('trust-check.yaml', `server: ${http.address}\nmirror: ../mirror\n`);
    const byFile = await world.run(argv, more);
    expect(JSON.parse(byFile.stdout)).toHaveProperty('mirror');
    const byServer = await world.run([...argv, '--server', http.address], { clock });
    expect(JSON.parse(byServer.stdout)).not.toHaveProperty('mirror');
    world.write('trust-check.yaml', '');
  });

  it('says what is missing where there is no mirror', async () => {
    const { exit, stderr } = await world.run(['--mirror', 'nothing-here', '--root', ledger.people[0]!], {
      clock,
    });
    expect(exit).toBe(2);
    expect(stderr).toContain('There is no mirror in');
  });
});

/** As JSON has it: without what is undefined; certificates come in no particular order. */
function plain(value: unknown): unknown {
  const json = JSON.parse(JSON.stringify(value ?? null)) as { certificates?: { id: string }[] } | null;
  json?.certificates?.sort((a, b) => (a.id < b.id ? -1 : 1));
  return json;
}
