// The log of a ledger, as people meet it: keys on first use and after, settings, receipts, and the commands under `log`.

import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { fromUtf8, toHex, utf8 } from '../../core/bytes.ts';
import { parseLeaf } from '../../core/log/leaf.ts';
import { formatVerifierKey } from '../../core/log/note-key.ts';
import { formatTlogProof, parseTlogProof } from '../../core/log/tlog-proof.ts';
import { runTypeScript } from '../support/run-typescript.ts';
import { serveLies, type Lie } from './support/lying-server.ts';
import { MemoryLedger, serveLedger } from './support/memory-ledger.ts';
import { logKey } from './support/signed-log.ts';
import { makeReviewer, review, say, sign, trust, World, type Reviewer } from './support/world.ts';

const digest = 'a'.repeat(128);
const stateFolder = '.local/state/trust-check';

describe('the log of a ledger', () => {
  let reader: Reviewer;
  let world: World;
  let url: string;
  let closers: (() => Promise<void>)[];
  let vkey: string;

  beforeAll(async () => {
    reader = await makeReviewer('Reader');
    vkey = formatVerifierKey((await logKey()).key);
  });
  beforeEach(async () => {
    world = new World();
    await say(world.ledger, reader, review('pkg:npm/good@1.0.0', digest));
    const served = await serveLedger(world.ledger);
    url = served.url;
    closers = [served.close];
  });
  afterEach(async () => {
    for (const close of closers) await close();
    world.remove();
  });

  const checkpoint = (...more: string[]) => world.run(['log', 'checkpoint', '--server', url, ...more]);

  describe('keys', () => {
    it('are pinned on first use, which is said once', async () => {
      const first = await checkpoint();
      expect(first).toMatchObject({ exit: 0 });
      expect(first.stderr).toBe(`First use of ${url}/: its log key is pinned from now on: ${vkey}\n`);
      expect((await checkpoint()).stderr).toBe('');
    });

    it('are not pinned, and nothing is asked of discovery, when they are configured', async () => {
      let asked = 0;
      const lying = await serveLies(url, {
        file: (path) => {
          if (path.startsWith('.well-known')) asked++;
          return undefined;
        },
      });
      closers.push(lying.close);
      world.write('trust-check.yaml', `server: ${lying.url}\nlog-key: ${vkey}\n`);
      const { exit, stderr } = await world.run(['log', 'checkpoint']);
      expect([exit, stderr, asked]).toEqual([0, '', 0]);
    });

    interface Given {
      readonly argv?: readonly string[];
      readonly env?: Record<string, string>;
      readonly files?: Record<string, string>;
    }
    it.each<[string, (key: string) => Given]>([
      ['a flag', (key) => ({ argv: ['--log-key', key] })],
      ['a variable', (key) => ({ env: { TRUST_CHECK_LOG_KEY: key } })],
      ['the policy file', (key) => ({ files: { 'trust-check.yaml': `log-key: [${key}]\n` } })],
      ['a log policy', (key) => ({ argv: ['--log-policy', 'p'], files: { p: `log ${key}\nquorum none\n` } })],
    ])('can be given by %s', async (_name, make) => {
      const outcomes = [];
      for (const number of [1, 2]) {
        const { argv = [], env = {}, files = {} } = make(formatVerifierKey((await logKey(number)).key));
        for (const [name, content] of Object.entries(files)) world.write(name, content);
        outcomes.push(await world.run(['log', 'checkpoint', '--server', url, ...argv], { env }));
      }
      expect(outcomes.map(({ exit }) => exit)).toEqual([0, 3]);
    });

    it('that cannot be read are a matter of configuration, with the place', async () => {
      expect((await checkpoint('--log-key', 'nonsense')).exit).toBe(2);
      world.write('wrong', 'log nonsense\nquorum none\n');
      const { exit, stderr } = await checkpoint('--log-policy', 'wrong');
      expect(exit).toBe(2);
      expect(stderr).toContain('wrong: Not a witness policy: line 1');
    });

    it('are told by config show, each with where it comes from', async () => {
      world.write('trust-check.yaml', `log-policy: keys/log.tlog-policy\nlog-key: ${vkey}\n`);
      const { stdout } = await world.run(['config', 'show', '--origin', '--no-log-check']);
      expect(stdout).toMatch(/log-policy: \S+\/project\/keys\/log\.tlog-policy +trust-check\.yaml:1/);
      expect(stdout).toMatch(/log-key: .*fe10bdb7.* +trust-check\.yaml:2/);
      expect(stdout).toMatch(/log-check: false +--no-log-check/);
    });

    it('change with a notice that the old key has signed, which is said once, and the old one can go', async () => {
      await checkpoint();
      const { log } = world.ledger;
      log.signers = [logKey(2), logKey(1)];
      const rotated = await checkpoint();
      expect(rotated.exit).toBe(0);
      expect(rotated.stderr).toContain('has a new key, named by the one that was pinned');
      expect((await checkpoint()).stderr).toBe('');
      log.signers = [logKey(2)];
      expect(await checkpoint()).toMatchObject({ exit: 0, stderr: '' });
      log.signers = [logKey(3)];
      expect((await checkpoint()).exit).toBe(3);
    });

    it('do not change without that notice, though both keys sign', async () => {
      await checkpoint();
      const { log } = world.ledger;
      log.notice = false;
      log.signers = [logKey(2), logKey(1)];
      expect(await checkpoint()).toMatchObject({ exit: 0, stderr: '' });
      log.signers = [logKey(2)];
      expect((await checkpoint()).exit).toBe(3);
    });

    it('in a damaged file are an error, not a first use', async () => {
      await checkpoint();
      const pins = join(world.home, stateFolder, 'ledgers/pins');
      writeFileSync(join(pins, readdirSync(pins)[0]!), '{"schema": 1}');
      expect((await checkpoint()).exit).toBe(2);
    });
  });

  describe('what was seen', () => {
    it('is stored as it came, and grows with the log', async () => {
      const seen = async (): Promise<unknown> => {
        const { stdout } = await checkpoint('--json');
        return (JSON.parse(stdout) as { seen: unknown }).seen;
      };
      expect(await seen()).toEqual({ relation: 'first', knownSize: null });
      expect(await seen()).toEqual({ relation: 'same', knownSize: 2 });
      await say(world.ledger, reader, review('pkg:npm/other@1.0.0', digest));
      expect(await seen()).toEqual({ relation: 'grown', knownSize: 2 });
      const ledgers = join(world.home, stateFolder, 'ledgers');
      const folder = readdirSync(ledgers).find((name) => name.startsWith('ledger.example.org-'))!;
      expect(readdirSync(join(ledgers, folder))).toEqual(['checkpoint.2']);
      const note = readFileSync(join(ledgers, folder, 'checkpoint.2'), 'utf8');
      expect(note).toBe(await world.ledger.log.checkpoint());
    });

    it('is an error when its file is damaged, not forgotten', async () => {
      await checkpoint();
      const ledgers = join(world.home, stateFolder, 'ledgers');
      const folder = readdirSync(ledgers).find((name) => name.startsWith('ledger.example.org-'))!;
      writeFileSync(join(ledgers, folder, 'checkpoint.1'), 'gone');
      const { exit, stderr } = await checkpoint();
      expect(exit).toBe(2);
      expect(stderr).toContain('checkpoint.1');
    });

    it('is one for two processes at once: of those that are shown a fork, one fails', async () => {
      // Two histories of one log beyond two entries: whoever comes first decides which is known, and nobody sees both.
      await checkpoint();
      const forked = new MemoryLedger();
      await forked.addCertificate(reader.armored);
      await forked.addStatement(world.ledger.entries[0]!.verified.document);
      for (let version = 0; version < 4; version++) {
        await say(world.ledger, reader, review(`pkg:npm/one@1.0.${version}`, digest));
        await say(forked, reader, review(`pkg:npm/two@1.0.${version}`, digest));
      }
      const other = await serveLedger(forked);
      closers.push(other.close);
      const main = fileURLToPath(new URL('../../cli/main.ts', import.meta.url));
      const env = { HOME: world.home, XDG_STATE_HOME: '', XDG_CACHE_HOME: '' };
      const ends = await Promise.all(
        [url, other.url].map(async (server) => {
          const argv = ['log', 'checkpoint', '--json', '--log-key', vkey, '--server', server];
          const child = runTypeScript(main, argv, { env });
          const [stdout, [code]] = await Promise.all([
            text(child.stdout!),
            once(child, 'exit') as Promise<[number]>,
          ]);
          return { server, code, stdout };
        }),
      );
      const won = ends.filter(({ code }) => code === 0).map(({ server }) => server);
      const lost = ends.filter(({ code }) => code === 3);
      expect(won).toHaveLength(1);
      expect(lost).toHaveLength(1);
      for (const { stdout } of lost) expect(stdout).toContain('"code": "ledger-fork"');
    }, 240_000);

    it('is one for many runs at once, whatever they are shown first', async () => {
      const log = world.ledger.log;
      for (let version = 0; version < 8; version++) {
        await say(world.ledger, reader, review(`pkg:npm/one@1.0.${version}`, digest));
      }
      const notes = await Promise.all([3, 9, 5, 10, 4, 7, 10, 8].map((size) => log.checkpoint(size)));
      const urls = await Promise.all(
        notes.map(async (note) => {
          const lagging = await serveLies(url, {
            file: (path) => (path === 'checkpoint' ? utf8(note) : undefined),
          });
          closers.push(lagging.close);
          return lagging.url;
        }),
      );
      const ends = await Promise.all(
        urls.map((one) => world.run(['log', 'checkpoint', '--log-key', vkey, '--server', one])),
      );
      expect(ends.map(({ exit }) => exit)).toEqual(urls.map(() => 0));
      const { stdout } = await checkpoint('--log-key', vkey, '--json');
      expect(JSON.parse(stdout)).toMatchObject({ seen: { relation: 'same', knownSize: 10 } });
    });

    it('cannot be kept where nothing can be written: an error, with the way out', async () => {
      const state = world.write('a-file', '');
      const { exit, stderr } = await world.run(['log', 'checkpoint', '--server', url], {
        env: { XDG_STATE_HOME: state },
      });
      expect(exit).toBe(2);
      expect(stderr).toContain('XDG_STATE_HOME');
    });
  });

  it('checkpoint prints size, root, signers and, with -v, the note', async () => {
    const { stdout } = await checkpoint('-v');
    expect(stdout).toContain(`Log ledger.example.org: 2 entries, root ${toHex(world.ledger.log.root())}`);
    expect(stdout).toContain('signed by the log; no witness is asked for');
    expect(stdout).toContain(await world.ledger.log.checkpoint());
  });

  describe('receipts', () => {
    const publish = (...more: string[]) => world.run(['publish', '--server', url, ...more]);

    beforeEach(async () => {
      world.write('trust.asc', await sign(reader, trust([reader.identity])));
      world.write('reader.pub', reader.armored);
    });

    it('are checked and kept, with the leaf record, for statements and certificates', async () => {
      const { exit, stderr } = await publish('trust.asc', 'reader.pub');
      expect(exit).toBe(0);
      expect(stderr).toContain('2 receipts checked, and kept in ~/.local/state/trust-check/receipts');
      const { verified, index } = world.ledger.entries.at(-1)!;
      const file = join(world.home, stateFolder, 'receipts', `${verified.id}.tlog-proof`);
      const proof = parseTlogProof(readFileSync(file, 'utf8'));
      expect(proof.index).toBe(index);
      expect(parseLeaf(fromUtf8(proof.extra!))).toMatchObject({ id: verified.id, author: reader.identity });
    });

    it('go where --receipt says', async () => {
      expect((await publish('trust.asc', '--receipt', 'mine.tlog-proof')).exit).toBe(0);
      mkdirSync(join(world.project, 'receipts'));
      expect((await publish('trust.asc', '--receipt', 'receipts')).exit).toBe(0);
      const one = readFileSync(join(world.project, 'mine.tlog-proof'), 'utf8');
      const [name] = readdirSync(join(world.project, 'receipts'));
      expect(parseTlogProof(one).index).toBe(2);
      expect(readFileSync(join(world.project, 'receipts', name!), 'utf8')).toBe(one);
      expect((await publish('trust.asc', '--receipt', 'x', '--no-log-check')).exit).toBe(2);
    });

    it('without a proof are proven by tiles', async () => {
      const lying = await serveLies(url, {
        receipt: (receipt) => {
          delete receipt.proof;
        },
      });
      closers.push(lying.close);
      const { exit } = await publish('trust.asc', '--server', lying.url, '--receipt', 'r.tlog-proof');
      expect(exit).toBe(0);
      const { proof } = await world.ledger.addStatement(
        readFileSync(join(world.project, 'trust.asc'), 'utf8'),
      );
      const kept = parseTlogProof(readFileSync(join(world.project, 'r.tlog-proof'), 'utf8'));
      expect(formatTlogProof({ ...kept, extra: undefined })).toBe(proof);
    });

    it.each([
      ['for another entry', (receipt) => void (receipt.index -= 1)],
      ['with another time', (receipt) => void (receipt.recordedAt = '2026-11-22T19:00:00Z')],
      ['with another leaf hash', (receipt) => void (receipt.leafHash = 'b'.repeat(64))],
      [
        'with the proof of another entry',
        async (receipt) => {
          receipt.proof = await world.ledger.log.proof(0);
          receipt.index = 0;
        },
      ],
      [
        'under a checkpoint of another key',
        async (receipt) => {
          world.ledger.log.signers = [logKey(7)];
          receipt.proof = await world.ledger.log.proof(receipt.index);
          world.ledger.log.signers = [logKey(1)];
        },
      ],
    ] satisfies [string, Lie['receipt']][])('%s do not hold: status 3', async (_name, lie) => {
      const lying = await serveLies(url, { receipt: lie });
      closers.push(lying.close);
      const { exit, stdout } = await publish('trust.asc', '--server', lying.url);
      expect(exit).toBe(3);
      expect(stdout).toMatch(/proof-invalid|signature-missing/);
    });

    it('under a fork are evidence like any other fork', async () => {
      await checkpoint();
      const forked = new MemoryLedger();
      await forked.addCertificate(reader.armored);
      await forked.addStatement(await sign(reader, review('pkg:npm/else@1.0.0', digest)));
      const lying = await serveLies(url, {
        receipt: async (receipt) => {
          receipt.proof = await forked.log.proof(receipt.index);
        },
        file: async (path) => (await forked.log.file(path))?.body,
      });
      closers.push(lying.close);
      const document = readFileSync(join(world.project, 'trust.asc'), 'utf8');
      await forked.addStatement(document);
      // Two entries before it, as in the real one, but others.
      const { exit, stderr } = await publish('trust.asc', '--server', lying.url, '--log-key', vkey);
      expect(exit).toBe(3);
      expect(stderr).toContain('[ledger-fork]');
    });

    it('are verified later, without the ledger', async () => {
      await publish('trust.asc', 'reader.pub', '--receipt', '.');
      const { verified } = world.ledger.entries.at(-1)!;
      const certificate = world.ledger.certificates.get(reader.identity)!.certificate;
      for (const close of closers.splice(0)) await close();
      const verify = (...argv: string[]) => world.run(['log', 'verify', ...argv]);
      const receipt = `${verified.id}.tlog-proof`;
      const good = await verify(receipt, 'trust.asc', '--certificate', 'reader.pub', '--server', url);
      expect(good).toMatchObject({ exit: 0, stderr: '' });
      expect(good.stdout).toContain(`trust ${verified.id}`);
      expect(good.stdout).toContain('recorded 2026-11-22T20:00:00Z as entry 2 of ledger.example.org');
      const key = ['--log-key', vkey];
      const ofKey = await verify(`${certificate.id}.tlog-proof`, 'reader.pub', ...key, '--json');
      expect(JSON.parse(ofKey.stdout)).toMatchObject({
        exit: 0,
        entry: { index: 0, kind: 'certificate', id: certificate.id },
        checkpoint: { origin: 'ledger.example.org', size: 2 },
      });
      world.write('other.asc', await sign(reader, trust([reader.identity], 'low')));
      expect((await verify(receipt, 'other.asc', '--certificate', 'reader.pub', ...key)).exit).toBe(3);
      const wrongKey = formatVerifierKey((await logKey(2)).key);
      expect(
        (await verify(receipt, 'trust.asc', '--certificate', 'reader.pub', '--log-key', wrongKey)).exit,
      ).toBe(3);
      expect((await verify(receipt, 'trust.asc', '--certificate', 'reader.pub')).exit).toBe(2);
      expect((await verify(receipt, 'trust.asc', ...key)).exit).toBe(2);
      const bare = formatTlogProof({
        ...parseTlogProof(readFileSync(join(world.project, receipt), 'utf8')),
        extra: undefined,
      });
      world.write('bare.tlog-proof', bare);
      const withoutTime = ['bare.tlog-proof', 'trust.asc', '--certificate', 'reader.pub', ...key];
      expect((await verify(...withoutTime)).exit).toBe(2);
      expect((await verify(...withoutTime, '--time', '2026-11-22T20:00:00Z')).exit).toBe(0);
      expect((await verify(...withoutTime, '--time', '2026-11-22T20:00:01Z')).exit).toBe(3);
    });
  });
});
