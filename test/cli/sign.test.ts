// Writing, signing and publishing: with a stock gpg, with key files, with an editor, and what happens when it goes wrong.

import { chmodSync, existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseListing } from '../../cli/sign/gpg-signer.ts';
import { treeDigests } from '../../core/digest/tree-digests.ts';
import { readFileTree } from '../../cli/source/file-tree.ts';
import { verifyCrevProof, parseProof } from '../../core/statement/crev/proof.ts';
import { GpgHome, hasGpg } from './support/gpg-home.ts';
import { serveLedger } from './support/memory-ledger.ts';
import { makeReviewer, World, type Reviewer } from './support/world.ts';

const levels = ['--thoroughness', 'low', '--understanding', 'high', '--rating', 'positive'];
const purl = 'pkg:npm/left-pad@1.3.0';

describe('signing', () => {
  const world = new World();
  let server: { url: string; close: () => Promise<void> };
  let reviewer: Reviewer;
  let keyFile: string;
  let sourced: string[];

  beforeAll(async () => {
    // Later than the keys that gpg makes in these tests.
    world.ledger.now = new Date();
    server = await serveLedger(world.ledger);
    reviewer = await makeReviewer('Alice');
    keyFile = world.write('alice.asc', reviewer.privateKey);
    chmodSync(keyFile, 0o600);
    world.write('left-pad/index.js', 'module.exports = 1;\n');
    sourced = [purl, 'left-pad', '--server', server.url];
  });
  afterAll(async () => {
    await server.close();
    world.remove();
  });

  const last = () => world.ledger.entries.at(-1)!.verified;
  const drafts = () => {
    const folder = join(world.home, '.local/state/trust-check/drafts');
    return existsSync(folder) ? readdirSync(folder).map((name) => join(folder, name)) : [];
  };

  it('publishes a review with every digest of an unpacked source, signed by a key file', async () => {
    const { exit, stdout, stderr } = await world.run([
      ...['review', ...sourced, '--key-file', keyFile, '--no-edit', ...levels],
      ...['--comment', 'Read it all.'],
    ]);
    expect(stderr).toContain('Published your certificate');
    expect(stdout).toContain(`published: package review ${last().id} by ${reviewer.identity}`);
    expect(exit).toBe(0);
    const { statement } = last();
    if (statement.kind !== 'package review') throw new Error('not a review');
    const expected = await treeDigests(await readFileTree(join(world.project, 'left-pad')));
    expect(statement.package).toEqual({ purl, digests: expected });
    expect(statement.comment).toBe('Read it all.');
  });

  it('prints the canonical text with --dry-run, and publishes nothing', async () => {
    const before = world.ledger.entries.length;
    const { exit, stdout } = await world.run([
      ...['review', ...sourced, '--key-file', keyFile, '--no-edit', ...levels, '--dry-run'],
    ]);
    expect(exit).toBe(0);
    expect(stdout).toMatch(/^kind: package review\nversion: 1\n/);
    expect(world.ledger.entries.length).toBe(before);
  });

  it('opens the editor on a form, and takes what was written there', async () => {
    const script = world.write(
      'editor.sh',
      '#!/bin/sh\nsed -i -e "s/thoroughness: low/thoroughness: high/" -e "s/^comment:.*/comment: Typed by hand/" "$1"\n',
    );
    chmodSync(script, 0o755);
    const { exit } = await world.run(['review', ...sourced, '--key-file', keyFile, '--rating', 'positive'], {
      env: { EDITOR: script },
    });
    expect(exit).toBe(0);
    const { statement } = last();
    expect(statement).toMatchObject({
      review: { thoroughness: 'high', rating: 'positive' },
      comment: 'Typed by hand',
    });
    expect(drafts()).toEqual([]);
  });

  it('loses nothing that was written when the form cannot be read, and goes on from there', async () => {
    const script = world.write('broken.sh', '#!/bin/sh\necho "rating: [unclosed" >> "$1"\n');
    chmodSync(script, 0o755);
    const argv = ['review', ...sourced, '--key-file', keyFile];
    const { exit, stderr } = await world.run(argv, { env: { EDITOR: script } });
    expect(exit).toBe(3);
    const [draft = ''] = drafts();
    expect(stderr).toContain(draft);
    const repaired = readFileSync(draft, 'utf8').replace('rating: [unclosed', '');
    writeFileSync(draft, repaired);
    const again = await world.run([...argv, '--draft', draft, '--no-edit']);
    expect(again.stderr).not.toContain('error');
    expect(again.exit).toBe(0);
    expect(existsSync(draft)).toBe(true);
  });

  it('keeps what was signed when the ledger cannot be reached, for publish to send', async () => {
    const argv = [
      'review',
      purl,
      'left-pad',
      '--key-file',
      keyFile,
      '--no-edit',
      ...levels,
      '--comment',
      'Offline.',
    ];
    const { exit, stderr } = await world.run([...argv, '--server', 'http://127.0.0.1:1']);
    expect(exit).toBe(4);
    const kept = drafts().find((path) => path.endsWith('.asc')) ?? '';
    expect(stderr).toContain(kept);
    const sent = await world.run(['publish', kept, '--server', server.url]);
    expect(sent.exit).toBe(0);
    expect(last().statement.comment).toBe('Offline.');
  });

  it('refuses bytes that contradict each other', async () => {
    const wrong = `crevDigest:${'0'.repeat(64)}`;
    const { exit, stderr } = await world.run([
      ...['review', ...sourced, '--digest', wrong, '--key-file', keyFile, '--no-edit', ...levels],
    ]);
    expect(exit).toBe(3);
    expect(stderr).toContain('not the same bytes');
  });

  it('publishes trust, and withdraws it by a retraction of its author only', async () => {
    const other = await makeReviewer('Bob');
    const bobFile = world.write('bob.asc', other.privateKey);
    chmodSync(bobFile, 0o600);
    const said = await world.run([
      ...[
        'trust',
        other.identity,
        '--level',
        'medium',
        '--no-edit',
        '--key-file',
        keyFile,
        '--server',
        server.url,
      ],
    ]);
    expect(said.exit).toBe(0);
    expect(last().statement).toMatchObject({ kind: 'trust', trust: 'medium' });
    const { id } = last();
    const stranger = await world.run(['retract', id, '--key-file', bobFile, '--server', server.url]);
    expect(stranger.exit).toBe(2);
    expect(stranger.stderr).toContain('Only its author');
    const own = await world.run([
      'retract',
      id,
      '--reason',
      'mistake',
      '--key-file',
      keyFile,
      '--server',
      server.url,
    ]);
    expect(own.exit).toBe(0);
    expect(last().statement).toMatchObject({ kind: 'retraction', statement: id, reason: 'mistake' });
  });

  it('publishes a reviewer set from a file', async () => {
    const other = await makeReviewer('Carol');
    const yaml = `name: security\ntitle: Security team\nmembers:\n  - id: ${other.identity}\n    trust: high\n    scope: [pkg:npm/*]\n`;
    world.write('set.yaml', yaml);
    const { exit } = await world.run([
      'set',
      'publish',
      'set.yaml',
      '--key-file',
      keyFile,
      '--server',
      server.url,
    ]);
    expect(exit).toBe(0);
    expect(last().statement).toMatchObject({ kind: 'reviewer set', name: 'security' });
  });

  it("takes a key file's passphrase from a file, from standard input or from the terminal, and never goes on without it", async () => {
    const locked = await makeReviewer('Dave', 'open sesame');
    const file = world.write('dave.asc', locked.privateKey);
    chmodSync(file, 0o600);
    world.write('passphrase', 'open sesame\n');
    const argv = ['review', ...sourced, '--no-edit', ...levels, '--key-file', file];
    const outcomes = [
      await world.run([...argv, '--passphrase-file', 'passphrase']),
      await world.run([...argv, '--passphrase-file', '-'], { stdin: 'open sesame\n' }),
      await world.run(argv, { secret: 'open sesame' }),
      await world.run(argv),
      await world.run(argv, { secret: 'wrong' }),
    ];
    expect(outcomes.map(({ exit }) => exit)).toEqual([0, 0, 0, 2, 2]);
    expect(outcomes.map(({ stderr }) => stderr).join('')).not.toContain('open sesame');
  });

  it('warns when others can read the key file', async () => {
    chmodSync(keyFile, 0o644);
    const { stderr } = await world.run([
      'review',
      ...sourced,
      '--key-file',
      keyFile,
      '--no-edit',
      ...levels,
      '--dry-run',
    ]);
    chmodSync(keyFile, 0o600);
    expect(stderr).toContain('chmod 600');
  });

  it('signs a crev proof with a seed, naming crev’s digest alone', async () => {
    const seed = world.write('seed', `${Buffer.alloc(32, 0x42).toString('base64url')}\n`);
    chmodSync(seed, 0o600);
    const argv = ['review', 'pkg:cargo/left-pad@1.3.0', 'left-pad', '--server', server.url];
    const { exit } = await world.run([...argv, '--key-file', seed, '--no-edit', ...levels]);
    expect(exit).toBe(0);
    expect(last().author).toBe('crev:IVL40Zt5HSRFMkLhXy6rbLfP-ntqXtMAl5YOBpiB2xI');
    await expect(verifyCrevProof(parseProof(last().document))).resolves.toMatchObject({ id: last().id });
  });

  it('refuses to publish a secret key', async () => {
    const { exit, stdout } = await world.run(['publish', keyFile, '--server', server.url]);
    expect(exit).toBe(2);
    expect(stdout).toContain('It is not sent anywhere');
  });

  it('reads gpg’s listing: usable keys only', () => {
    const key = (validity: string, capabilities: string, fingerprint: string) =>
      `sec:${validity}:255:22:0000:1:::u:::${capabilities}:::+::ed25519:::0:\nfpr:::::::::${fingerprint}:\nuid:u::::1::X::A <a@b>::::::::::0:\n`;
    const listing = [
      key('u', 'scSC', 'AA'),
      key('r', 'scSC', 'BB'),
      key('e', 'scSC', 'CC'),
      key('u', 'eE', 'DD'),
    ].join('');
    expect(parseListing(listing).map(({ fingerprint }) => fingerprint)).toEqual(['AA']);
  });

  describe.skipIf(!hasGpg())('by a stock gpg', () => {
    const home = new GpgHome();
    afterAll(() => {
      home.remove();
    });

    it.each(['ed25519', 'nistp256', 'rsa4096'])(
      'publishes what a key of kind %s signs, and gpg verifies what the ledger stores',
      async (algorithm) => {
        const user = `${algorithm} <${algorithm}@example.org>`;
        const fingerprint = home.generate(user, algorithm);
        const { exit, stderr } = await world.run(
          [
            'review',
            ...sourced,
            '--key',
            fingerprint,
            '--no-edit',
            ...levels,
            '--comment',
            `With ${algorithm}.`,
          ],
          { env: home.env, ...liveClock },
        );
        expect(stderr).not.toContain('error');
        expect(exit).toBe(0);
        expect(last().author).toBe(`openpgp:${fingerprint}`);
        expect(() => home.run(['--verify'], last().document)).not.toThrow();
        expect(() => home.run(['--verify'], last().document.replace('With', 'Wiht'))).toThrow();
      },
    );

    it('publishes what was signed by hand, with its certificate', async () => {
      const fingerprint = home.generate('Hand <hand@example.org>');
      const text = (
        await world.run(
          [
            'review',
            ...sourced,
            '--key',
            fingerprint,
            '--no-edit',
            ...levels,
            '--comment',
            'By hand.',
            '--dry-run',
          ],
          { env: home.env, ...liveClock },
        )
      ).stdout;
      world.write('hand.asc', home.run(['--clearsign', '--local-user', fingerprint, '--output', '-'], text));
      world.write('hand.pub', home.run(['--armor', '--export', fingerprint]));
      const alone = await world.run(['publish', 'hand.asc', '--server', server.url]);
      expect(alone.exit).toBe(3);
      expect(alone.stdout).toContain('[key-unknown]');
      const both = await world.run(['publish', 'hand.asc', 'hand.pub', '--server', server.url]);
      expect(both.exit).toBe(0);
      expect(last().statement.comment).toBe('By hand.');
      const again = await world.run(['publish', 'hand.asc', '--server', server.url]);
      expect(again.stdout).toContain('already known');
    });

    it('asks which key when there are several, and says when there is none', async () => {
      const several = await world.run(['review', ...sourced, '--no-edit', ...levels], { env: home.env });
      expect(several.exit).toBe(2);
      expect(several.stderr).toContain('several signing keys');
      const none = await world.run(
        ['review', ...sourced, '--no-edit', ...levels, '--key', 'nobody@example.org'],
        { env: home.env },
      );
      expect(none.exit).toBe(2);
      expect(none.stderr).toContain('no usable signing key');
    });

    it('says what to do when there is no gpg', async () => {
      const { exit, stderr } = await world.run(['review', ...sourced, '--no-edit', ...levels], {
        env: { TRUST_CHECK_GPG: '/nonexistent/gpg' },
      });
      expect(exit).toBe(2);
      expect(stderr).toContain('--key-file');
    });
  });
});

/** gpg stamps its signatures with the real time, so the ledger and the command have to live in it too. */
const liveClock = { clock: () => new Date() };
