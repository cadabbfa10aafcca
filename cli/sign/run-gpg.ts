// Running gpg as a child process: text in, bytes out, its own words kept for when it fails.

import { spawn } from 'node:child_process';
import { TrustError } from '../../core/errors.ts';
import { escapeLines } from '../output/escape-terminal.ts';
import type { Io } from '../io.ts';

const outputLimit = 4 * 1024 * 1024;

/**
 * The standard output of `gpg ...args`. The program is TRUST_CHECK_GPG, or gpg on the path; passphrases are asked for by
 * gpg's own agent and never pass through here. Throws signer-failed with what gpg said.
 */
export function runGpg(io: Io, args: readonly string[], input = ''): Promise<string> {
  const program = io.env['TRUST_CHECK_GPG'] ?? 'gpg';
  return new Promise((resolve, reject) => {
    const child = spawn(program, ['--no-tty', '--yes', ...args], {
      env: io.env,
      cwd: io.cwd,
      stdio: ['pipe', 'pipe', 'pipe'],
    });
    let output = '';
    let words = '';
    child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
      output += chunk;
      if (output.length > outputLimit) child.kill();
    });
    child.stderr.setEncoding('utf8').on('data', (chunk: string) => {
      words = (words + chunk).slice(-8192);
    });
    child.on('error', (cause) => {
      reject(
        new TrustError('signer-failed', `Cannot run ${program}: ${cause.message}`, {
          help: 'Install GnuPG, name it with TRUST_CHECK_GPG, or sign with --key-file FILE.',
          cause,
        }),
      );
    });
    child.on('close', (code) => {
      if (code === 0) {
        resolve(output);
        return;
      }
      const said = escapeLines(words).join('; ');
      reject(
        new TrustError('signer-failed', `gpg failed: ${said === '' ? `status ${String(code)}` : said}`, {
          help: 'Try the same key by hand: echo test | gpg --clearsign. Without a terminal of its own gpg needs GPG_TTY=$(tty).',
        }),
      );
    });
    // gpg may end before it has read everything; its exit status says why.
    child.stdin.on('error', () => undefined);
    child.stdin.end(input);
  });
}
