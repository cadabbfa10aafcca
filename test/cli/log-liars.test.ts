// A server that lies about its log is caught: entries that are not there, another order or time, forged tiles, forks.

import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { CheckResponse } from '../../core/api/checks.ts';
import { tilePath } from '../../core/log/tile.ts';
import { formatVerifierKey } from '../../core/log/note-key.ts';
import { utf8 } from '../../core/bytes.ts';
import type { StoredStatement } from '../../core/api/statements.ts';
import { serveLies, type Lie } from './support/lying-server.ts';
import { listen, MemoryLedger, serveLedger } from './support/memory-ledger.ts';
import { logKey, SignedLog, witnessKey } from './support/signed-log.ts';
import {
  makeReviewer,
  packageLock,
  review,
  sign,
  trust,
  World,
  type Outcome,
  type Reviewer,
} from './support/world.ts';

const good = 'a'.repeat(128);
const evil = 'b'.repeat(128);
const lock = packageLock([
  { name: 'good', version: '1.0.0', sha512: good },
  { name: 'evil', version: '2.0.0', sha512: evil },
]);

interface JsonError {
  readonly code: string;
  readonly findings?: readonly { kind: string; statement?: string; server?: string; verified?: string }[];
  readonly notes?: { known: string; contradicting: string };
}

describe('a server that lies about its log', () => {
  let root: Reviewer;
  let reader: Reviewer;
  let documents: string[];
  let world: World;
  let positive: string;
  let closers: (() => Promise<void>)[];

  beforeAll(async () => {
    [root, reader] = [await makeReviewer('Root'), await makeReviewer('Reader')];
    documents = [
      await sign(root, trust([reader.identity])),
      await sign(reader, review('pkg:npm/good@1.0.0', good)),
      await sign(reader, review('pkg:npm/evil@2.0.0', evil, 'negative')),
      await sign(reader, review('pkg:npm/other@1.0.0', 'c'.repeat(128))),
    ];
  });
  beforeEach(async () => {
    world = new World();
    closers = [];
    world.write('package-lock.json', lock);
    await fill(world.ledger, documents);
    positive = world.ledger.entries[1]!.verified.id;
  });
  afterEach(async () => {
    for (const close of closers) await close();
    world.remove();
  });

  async function fill(ledger: MemoryLedger, all: readonly string[]): Promise<void> {
    await ledger.addCertificate(root.armored);
    await ledger.addCertificate(reader.armored);
    for (const document of all) await ledger.addStatement(document);
  }

  async function serve(ledger: MemoryLedger, lie?: Lie): Promise<string> {
    const honest = await serveLedger(ledger);
    closers.push(honest.close);
    if (lie === undefined) return honest.url;
    const lying = await serveLies(honest.url, lie);
    closers.push(lying.close);
    return lying.url;
  }

  const check = (url: string, ...more: string[]): Promise<Outcome> =>
    world.run(['--server', url, '--root', root.identity, ...more]);
  const errorOf = ({ stdout }: Outcome): JsonError => {
    const parsed = JSON.parse(stdout) as { error?: JsonError; lockfiles?: { error?: JsonError }[] };
    return parsed.error ?? parsed.lockfiles![0]!.error!;
  };
  const alter =
    (change: (stored: StoredStatement) => Partial<StoredStatement>): Lie['lookup'] =>
    (answer) => {
      const at = answer.statements.findIndex(({ id }) => id === positive);
      const stored = answer.statements[at];
      if (stored !== undefined) answer.statements[at] = { ...stored, ...change(stored) };
    };

  it.each([
    ['places a statement elsewhere', alter(() => ({ index: 5 })), 'not-included'],
    ['backdates a statement', alter(() => ({ recordedAt: '2026-11-21T20:00:00Z' })), 'not-included'],
    [
      'places a certificate elsewhere',
      (answer) => {
        answer.certificates = answer.certificates.map((one) => ({ ...one, indices: [0, 1, 2] }));
      },
      'not-included',
    ],
    ['says that a statement was withdrawn which was not', alter(() => ({ retractedBy: 5 })), 'not-included'],
  ] satisfies [string, Lie['lookup'], string][])('and %s is caught', async (_name, lookup, kind) => {
    const outcome = await check(await serve(world.ledger, { lookup: lookup! }), '--json');
    expect(outcome.exit).toBe(3);
    const { code, findings } = errorOf(outcome);
    expect(code).toBe('evidence-invalid');
    expect(findings!.map((finding) => finding.kind)).toContain(kind);
  });

  it('is told what the log has there instead, with its time', async () => {
    const lookup = alter(() => ({ recordedAt: '2026-11-21T20:00:00Z' }));
    const { exit, stdout } = await check(await serve(world.ledger, { lookup: lookup! }));
    expect(exit).toBe(3);
    expect(stdout).toContain('not-included: The log has recorded entry 3 at another time.');
    expect(stdout).toContain(`package review ${positive}, recorded 2026-11-22T20:00:00Z`);
    expect(stdout).not.toMatch(/policy (?:not )?met/);
  });

  it('and answers with a statement that never entered the log is caught', async () => {
    const { log } = world.ledger;
    // Everything else grows as it should: only this one leaf was left out of the tree.
    log.replace(3, log.entries[5]!);
    const outcome = await check(await serve(world.ledger), '--json');
    expect(outcome.exit).toBe(3);
    expect(errorOf(outcome).findings).toMatchObject([{ kind: 'not-included', statement: positive }]);
  });

  it.each([
    ['another tile', (bytes: Uint8Array) => bytes.map((byte, at) => (at === 40 ? byte ^ 1 : byte))],
    ['a tile that is too short', (bytes: Uint8Array) => bytes.subarray(0, 32)],
  ])('and hands out %s is caught', async (_name, change) => {
    const file: Lie['file'] = (path, bytes) => (path.startsWith('tile/0/') ? change(bytes) : undefined);
    const outcome = await check(await serve(world.ledger, { file }), '--json');
    expect(outcome.exit).toBe(3);
    expect(errorOf(outcome).findings).toMatchObject([{ kind: 'log-tiles' }]);
  });

  it('and signs with another key than the pinned one is refused, with how to accept a new one', async () => {
    const url = await serve(world.ledger);
    expect((await check(url)).exit).toBe(1);
    world.ledger.log.signers = [logKey(2)];
    const { exit, stdout } = await check(url);
    expect(exit).toBe(3);
    expect(stdout).toContain('is not signed by a key that is pinned for it');
    expect(stdout).toContain('--log-key');
    const accepted = formatVerifierKey((await logKey(2)).key);
    expect((await check(url, '--log-key', accepted)).exit).toBe(1);
  });

  it('and names a key in discovery that does not sign is refused on first use', async () => {
    const other = new SignedLog();
    other.signers = [logKey(2)];
    const file: Lie['file'] = async (path) =>
      path.startsWith('.well-known') ? utf8(JSON.stringify(await other.discovery())) : undefined;
    expect((await check(await serve(world.ledger, { file }))).exit).toBe(3);
    expect(existsSync(join(world.home, '.local/state/trust-check/ledgers/pins'))).toBe(false);
  });

  it('and breaks a signature is refused', async () => {
    const file: Lie['file'] = (path, bytes) =>
      path === 'checkpoint' ? utf8(new TextDecoder().decode(bytes).replace(/^6$/m, '7')) : undefined;
    const outcome = await check(await serve(world.ledger, { file }), '--json');
    expect([outcome.exit, errorOf(outcome).code]).toEqual([3, 'signature-invalid']);
  });

  it('cannot slip in a key by adding its own signature to an honest checkpoint', async () => {
    const url = await serve(world.ledger);
    expect((await check(url)).exit).toBe(1);
    const { log } = world.ledger;
    const thief = new SignedLog();
    thief.entries.push(...log.entries);
    thief.signers = [logKey(1), logKey(9)];
    // The thief has no key of the log: the notice that would introduce the new key is signed by the new key alone.
    const notice = new SignedLog();
    notice.signers = [logKey(9)];
    log.checkpoint = () => thief.checkpoint();
    log.discovery = () => notice.discovery();
    const after = await check(url);
    expect([after.exit, after.stderr]).toEqual([1, '']);
    thief.signers = [logKey(9)];
    expect((await check(url)).exit).toBe(3);
  });

  it.each([
    ['of the same size', (all: string[]) => [all[0]!, all[1]!, all[3]!, all[2]!]],
    ['that is smaller', (all: string[]) => [all[0]!, all[2]!, all[1]!]],
    ['that is larger', (all: string[]) => [all[1]!, all[0]!, all[2]!, all[3]!, all[4]!]],
  ])('and shows a fork %s is caught, with both notes as evidence', async (_name, order) => {
    const url = await serve(world.ledger);
    expect((await check(url)).exit).toBe(1);
    const known = await world.ledger.log.checkpoint();
    const forked = new MemoryLedger();
    const fifth = await sign(reader, review('pkg:npm/fifth@1.0.0', 'd'.repeat(128)));
    await fill(forked, order([...documents, fifth]));
    const shown = await forked.log.checkpoint();
    // Another server with the same log key: what was seen is remembered for the key, wherever it is served.
    const otherUrl = await serve(forked);
    const json = await check(otherUrl, '--json');
    expect(json.exit).toBe(3);
    expect(errorOf(json)).toMatchObject({
      code: 'ledger-fork',
      notes: { known, contradicting: shown },
    });
    const human = await check(otherUrl);
    expect([human.exit, human.stdout]).toEqual([3, '']);
    expect(human.stderr).toContain(known);
    expect(human.stderr).toContain(shown);
    const path = /kept in (\S+\.txt)\./.exec(human.stderr)![1]!;
    const kept = readFileSync(path, 'utf8');
    expect(kept).toContain(known);
    expect(kept).toContain(shown);
    // What was seen first stays what is known.
    expect((await check(url)).exit).toBe(1);
  });

  it('and was set back without what proves it is refused, and nothing is forgotten', async () => {
    const url = await serve(world.ledger);
    expect((await check(url)).exit).toBe(1);
    const { log } = world.ledger;
    const back = new MemoryLedger();
    await fill(back, documents.slice(0, 2));
    const away = await serve(back);
    // Without a cache there are no tiles of the larger tree but those that the server withholds.
    const outcome = await check(away, '--no-cache', '--json');
    expect([outcome.exit, errorOf(outcome).code]).toEqual([4, 'ledger-rolled-back']);
    log.published = undefined;
    expect((await check(url)).exit).toBe(1);
  });

  it('that lags behind, and proves it, is believed and said to be behind', async () => {
    const url = await serve(world.ledger);
    expect((await check(url)).exit).toBe(1);
    const old = await world.ledger.log.checkpoint(5);
    const lagging = await serve(world.ledger, {
      check: (answer: CheckResponse) => {
        answer.ledger.size = 5;
        const last = world.ledger.entries.at(-1)!.verified.id;
        answer.evidence!.statements = answer.evidence!.statements.filter((id) => id !== last);
      },
      file: (path) => (path === 'checkpoint' ? utf8(old) : undefined),
    });
    const { exit, stdout } = await check(lagging, '-v');
    expect(exit).toBe(1);
    expect(stdout).toContain('older than what was last seen here: 5 of 6 entries');
  });

  it('and withholds its checkpoint gets no verdict: status 4', async () => {
    const file: Lie['file'] = (path) => (path === 'checkpoint' ? { status: 404 } : undefined);
    const outcome = await check(await serve(world.ledger, { file }), '--json');
    expect([outcome.exit, errorOf(outcome).code]).toEqual([4, 'server-answer']);
  });

  it('and speaks of more entries than it has signed gets no verdict: status 4 after some seconds', async () => {
    world.ledger.log.published = 4;
    const outcome = await check(await serve(world.ledger), '--json');
    expect([outcome.exit, errorOf(outcome).code]).toEqual([4, 'unavailable']);
  }, 20_000);

  it('whose checkpoint comes a moment after its answer is waited for', async () => {
    const { log } = world.ledger;
    log.published = 4;
    setTimeout(() => (log.published = undefined), 200);
    expect((await check(await serve(world.ledger))).exit).toBe(1);
  });

  it('and lacks the witnesses that the policy asks for is refused', async () => {
    const [first, second] = [await witnessKey(1), await witnessKey(2)];
    const log = formatVerifierKey((await logKey()).key);
    world.write(
      'two.tlog-policy',
      `log ${log}\nwitness one ${formatVerifierKey(first.key)}\nwitness two ${formatVerifierKey(second.key)}\n` +
        'group both all one two\nquorum both\n',
    );
    world.ledger.log.witnesses = [witnessKey(1)];
    const url = await serve(world.ledger);
    const refused = await check(url, '--log-policy', 'two.tlog-policy', '--json');
    expect([refused.exit, errorOf(refused).code]).toEqual([3, 'cosignatures-missing']);
    world.ledger.log.witnesses = [witnessKey(1), witnessKey(2)];
    const met = await check(url, '--log-policy', 'two.tlog-policy', '-v');
    expect(met.exit).toBe(1);
    expect(met.stdout).toContain('witness1.example.org at 2026-11-22T20:00:00Z');
  });

  it('is not accused for what a damaged cache says', async () => {
    for (let entry = 0; entry < 300; entry++) {
      world.ledger.log.entries.push({
        leaf: utf8(`entry ${entry}`),
        document: '',
        documentHash: 'e'.repeat(64),
      });
    }
    const url = await serve(world.ledger);
    expect((await check(url)).exit).toBe(1);
    const cache = join(world.home, '.cache', 'trust-check');
    const full = readdirSync(cache, { recursive: true, encoding: 'utf8' }).find((name) =>
      name.endsWith(tilePath({ level: 0, index: 0, width: 256 })),
    )!;
    const before = readFileSync(join(cache, full));
    writeFileSync(
      join(cache, full),
      before.map((byte, at) => (at === 97 ? byte ^ 4 : byte)),
    );
    expect((await check(url)).exit).toBe(1);
    expect(readFileSync(join(cache, full))).toEqual(before);
  });

  it('is not believed either where nothing but its tiles are missing', async () => {
    const file: Lie['file'] = (path) => (path.startsWith('tile/') ? { status: 404 } : undefined);
    const { exit } = await check(await serve(world.ledger, { file }));
    expect(exit).not.toBe(0);
    expect(exit).not.toBe(1);
  });

  it('has nothing checked with --no-log-check, and everybody hears it', async () => {
    const lookup = alter(() => ({ recordedAt: '2026-11-21T20:00:00Z' }));
    const { exit, stderr, stdout } = await check(
      await serve(world.ledger, { lookup: lookup! }),
      '--no-log-check',
      '--json',
      '--quiet',
    );
    expect(exit).toBe(1);
    expect(stderr).toContain('the log of this ledger is not checked (--no-log-check)');
    expect(stdout).toContain('"checkpoint": null');
  });

  it('is no ledger with a log at all when it has no discovery', async () => {
    const bare = await listen((request, response) => {
      response.writeHead(request.url === '/checkpoint' ? 200 : 404).end('nothing');
    });
    closers.push(bare.close);
    expect((await world.run(['log', 'checkpoint', '--server', bare.url])).exit).toBe(4);
  });
});
