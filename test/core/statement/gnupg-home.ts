// A real gpg in a home folder of its own, which is deleted afterwards. Keys have no passphrase; time is faked where asked.

import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const gpgProgram = 'gpg';
const gpgconfProgram = 'gpgconf';

/** Version of the gpg that is installed; undefined, and said loudly, when there is none. */
export const gpgVersion = ((): string | undefined => {
  const run = spawnSync(gpgProgram, ['--version'], { encoding: 'utf8' });
  if (run.status === 0) return /gpg \(GnuPG\S*\) (\S+)/.exec(run.stdout)?.[1];
  process.stderr.write('\n!!! NOT TESTED, gpg is not installed: compatibility with GnuPG\n');
  return undefined;
})();

export class GnupgHome {
  readonly #path = mkdtempSync(join(tmpdir(), 'trl-gpg-'));

  /** Runs gpg and gives its standard output; throws with its standard error when it fails. */
  run(args: readonly string[], input = '', time?: Date): string {
    return execFileSync(gpgProgram, [...this.#options(time), ...args], {
      input,
      encoding: 'utf8',
      stdio: 'pipe',
    });
  }

  /** Exit status of a gpg run. */
  status(args: readonly string[], input: string, time?: Date): number | null {
    return spawnSync(gpgProgram, [...this.#options(time), ...args], { input, encoding: 'utf8' }).status;
  }

  /** Makes a key and gives its fingerprint. */
  makeKey(
    name: string,
    algorithm: string,
    time: Date,
    expire = 'never',
    options: readonly string[] = [],
  ): string {
    const userId = `${name} <${name}@example.org>`;
    this.run([...options, '--quick-generate-key', userId, algorithm, 'sign', expire], '', time);
    return this.fingerprints(userId)[0] ?? '';
  }

  /** Fingerprints of a key and its subkeys. */
  fingerprints(key: string): string[] {
    const listing = this.run(['--with-colons', '--list-keys', key]);
    return [...listing.matchAll(/^fpr:+([0-9A-F]+):/gm)].map(([, fingerprint]) => fingerprint ?? '');
  }

  export(fingerprint: string): string {
    return this.run(['--export', '--armor', fingerprint]);
  }

  clearsign(fingerprint: string, text: string, time: Date, options: readonly string[] = []): string {
    return this.run([...options, '--local-user', fingerprint, '--clearsign'], text, time);
  }

  /** Revokes a key; reasons are gpg's: 0 none, 1 compromised, 2 superseded, 3 no longer used. */
  revoke(fingerprint: string, reason: 0 | 1 | 2 | 3, time: Date): void {
    const certificate = this.run(
      ['--command-fd', '0', '--no-batch', '--gen-revoke', fingerprint],
      `y\n${reason}\n\ny\n`,
      time,
    );
    this.run(['--import'], certificate, time);
  }

  close(): void {
    spawnSync(gpgconfProgram, ['--homedir', this.#path, '--kill', 'all']);
    rmSync(this.#path, { recursive: true, force: true });
  }

  #options(time: Date | undefined): string[] {
    const faked = time === undefined ? [] : ['--faked-system-time', `${Math.floor(time.getTime() / 1000)}!`];
    return [
      ...['--homedir', this.#path, '--batch', '--no-tty', '--quiet', '--pinentry-mode', 'loopback'],
      ...['--passphrase', '', '--trust-model', 'always'],
      ...faked,
    ];
  }
}
