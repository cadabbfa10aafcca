import {
  chmodSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { utf8 } from '../../../core/bytes.ts';
import { verifyEd25519 } from '../../../core/ed25519.ts';
import { formatVerifierKey } from '../../../core/log/note-key.ts';
import { createKeyFile, readKeyFile } from '../../../server/log/key-file.ts';
import { makeLogKey, openLogKeys, type LogKeysOptions } from '../../../server/log/log-keys.ts';
import { expectCode } from '../../support/matchers.ts';

const origin = 'ledger.example.org/log';
const folder = mkdtempSync(join(tmpdir(), 'trust-ledger-keys-'));
afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

let file: string;
let warnings: string[];
let counter = 0;
beforeEach(() => {
  file = join(folder, String(++counter), 'log-key');
  warnings = [];
});

const open = (options: Partial<LogKeysOptions> = {}) =>
  openLogKeys({ file, origin, mustExist: false, warn: (line) => warnings.push(line), ...options });
const write = (text: string): void => {
  if (!createKeyFile(file, text)) writeFileSync(file, text);
};

describe('the keys of a log that is new', () => {
  it('are made, kept for their owner alone, and told of loudly, but never shown', async () => {
    const { signers, retired } = await open();
    expect(signers).toHaveLength(1);
    expect(retired).toEqual([]);
    const { key, sign } = signers[0]!;
    expect(key).toMatchObject({ name: origin, type: 'ed25519' });
    expect(await verifyEd25519(key.publicKey, await sign(utf8('words')), utf8('words'))).toBe(true);
    expect(warnings.join('\n')).toContain(file);
    expect(warnings.join('\n')).toContain('Back it up');
    expect(warnings.join('\n')).toContain(formatVerifierKey(key));
    const secret = /PRIVATE\+KEY\+\S+/.exec(readFileSync(file, 'utf8'))![0];
    expect(warnings.join('\n')).not.toContain(secret.slice(-20));
    if (process.platform !== 'win32') expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(readdirSync(join(file, '..'))).toEqual(['log-key']);
  });

  it('are the same when the log starts again, without a word', async () => {
    const [first] = (await open()).signers;
    warnings = [];
    const [again] = (await open({ mustExist: true })).signers;
    expect(again!.key).toEqual(first!.key);
    expect(warnings).toEqual([]);
  });

  it('are one set of keys, when several processes start at once', async () => {
    const all = await Promise.all(Array.from({ length: 8 }, () => open()));
    expect(new Set(all.map(({ signers }) => signers[0]!.key.id)).size).toBe(1);
    expect(warnings.filter((line) => line.startsWith('Made'))).toHaveLength(1);
  });
});

describe('the keys of a log that has published', () => {
  it('are never made anew: their file is lost, and the way to go on is named', async () => {
    const error = await expectCode('config-invalid', () => open({ mustExist: true }));
    expect(error.message).toContain(file);
    expect(error.help).toMatch(/backup.*LOG_KEY_FILE/);
    expect(existsSync(file)).toBe(false);
  });
});

describe('a key file', () => {
  it('gives the Ed25519 keys first, the ML-DSA key behind them, and retired keys by their verifier key', async () => {
    const keys = await Promise.all([
      makeLogKey(origin, 'mlDsa'),
      makeLogKey(origin, 'ed25519'),
      makeLogKey(origin, 'ed25519'),
      makeLogKey(origin, 'ed25519'),
    ]);
    const [mlDsa, first, second, old] = keys.map(({ text, privateKey }) => ({ text, key: privateKey.key }));
    write(`# ours\n\n${mlDsa!.text}\n${first!.text}\r\n${formatVerifierKey(old!.key)}\n  ${second!.text}`);
    const { signers, retired } = await open();
    expect(signers.map(({ key }) => key.id)).toEqual([first!.key.id, second!.key.id, mlDsa!.key.id]);
    expect(retired).toEqual([old!.key]);
  });

  it.skipIf(process.platform === 'win32').each([0o640, 0o604, 0o620, 0o777])(
    'is refused when others may open it (mode %o), with the command that closes it',
    async (mode) => {
      await open();
      chmodSync(file, mode);
      const error = await expectCode('config-invalid', () => open());
      expect(error.help).toContain(`chmod 600 '${file}'`);
      chmodSync(file, 0o600);
      await open();
    },
  );

  const named = async (name: string): Promise<string> => (await makeLogKey(name, 'ed25519')).text;
  it.each([
    ['a key of another name', async () => await named('other.example.org')],
    ['a line of another kind', async () => `${await named(origin)}\nhunter2`],
    ['a key with one letter changed', async () => (await named(origin)).replace(/.{4}$/, 'AAA=')],
    ['one key twice', async () => (await named(origin)).replace(/.*/, '$&\n$&')],
    ['no key', () => '# nothing here\n'],
    ['only an ML-DSA key', async () => (await makeLogKey(origin, 'mlDsa')).text],
    ['nothing at all', () => ''],
    [
      'too many keys',
      async () => (await Promise.all(Array.from({ length: 17 }, () => named(origin)))).join('\n'),
    ],
  ])('is refused with %s, and its lines are not shown', async (_, make) => {
    const text = await make();
    write(text);
    const error = await expectCode('config-invalid', () => open());
    expect(error.message).toContain(file);
    for (const line of text.split('\n').filter((one) => /^(?:PRIVATE|hunter)/.test(one))) {
      expect(`${error.message} ${String(error.cause)} ${error.help ?? ''}`).not.toContain(line.slice(-12));
    }
  });

  it('never takes the place of one that is there', async () => {
    await open();
    const before = readKeyFile(file);
    expect(createKeyFile(file, 'other')).toBe(false);
    expect(readKeyFile(file)).toBe(before);
    expect(readdirSync(join(file, '..'))).toEqual(['log-key']);
  });

  it('that cannot be read is refused, and says why', async () => {
    const error = await expectCode('config-invalid', () => open({ file: folder }));
    expect(error.message).toContain(folder);
  });
});
