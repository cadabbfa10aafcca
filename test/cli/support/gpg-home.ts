// A gpg of its own: a keyring in a temporary folder, whose agent is stopped in the end.

import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export class GpgHome {
  // Short: the agent's socket lies below it, and socket paths are at most about 100 characters.
  readonly folder = mkdtempSync(join(tmpdir(), 'tc-gpg-'));
  readonly env = { GNUPGHOME: this.folder };

  /** Makes a key without passphrase and returns its fingerprint. */
  generate(user: string, algorithm = 'ed25519', usage = 'sign'): string {
    this.gpg('--passphrase', '', '--quick-generate-key', user, algorithm, usage, 'never');
    const listing = this.gpg('--with-colons', '--list-secret-keys', user);
    return /^fpr:(?:[^:]*:){8}([0-9A-F]+):/m.exec(listing)?.[1] ?? '';
  }

  gpg(...args: string[]): string {
    return this.run(args);
  }

  /** Runs gpg with text on its standard input; throws when it fails. */
  run(args: readonly string[], input = ''): string {
    return execFileSync('gpg', ['--batch', '--quiet', '--pinentry-mode', 'loopback', ...args], {
      env: { ...process.env, ...this.env },
      input,
      encoding: 'utf8',
      stdio: ['pipe', 'pipe', 'pipe'],
    });
  }

  remove(): void {
    execFileSync('gpgconf', ['--kill', 'all'], { env: { ...process.env, ...this.env } });
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/** Whether gpg is there to be tested with. */
export function hasGpg(): boolean {
  try {
    execFileSync('gpg', ['--version'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}
