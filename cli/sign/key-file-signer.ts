// Signing with a secret key from a file: an armoured OpenPGP key, or a crev seed.
//
// The passphrase comes from a file, standard input or the terminal, never from a flag, where every process could read it.

import { statSync } from 'node:fs';
import { resolve } from 'node:path';
import { fromBase64Url } from '../../core/bytes.ts';
import { isTrustError, TrustError } from '../../core/errors.ts';
import { formatStatement } from '../../core/statement/canonical.ts';
import { signerOfSeed } from '../../core/statement/crev/ed25519.ts';
import { formatCrevBody, signCrevProof, type CrevContent } from '../../core/statement/crev/sign.ts';
import { certificateOfSigner, openSigner, signCleartext } from '../../core/statement/openpgp/sign.ts';
import type { OpenpgpSigner } from '../../core/statement/openpgp/sign.ts';
import type { Statement } from '../../core/statement/statement.ts';
import type { Context } from '../command-spec.ts';
import { escapeTerminal } from '../output/escape-terminal.ts';
import { decodeText, readTextBounded } from '../read-bounded.ts';
import type { Signer } from './signer.ts';

const maxKeyBytes = 256 * 1024;
const maxPassphraseBytes = 4096;

/** A signer for the key in a file. `passphraseFile` is where its passphrase is, `-` for standard input. */
export async function keyFileSigner(
  context: Context,
  path: string,
  passphraseFile: string | undefined,
): Promise<Signer> {
  const text = await readTextBounded(path, maxKeyBytes, 'signer-failed');
  warnWhenReadable(context, path);
  const seed = /^[A-Za-z0-9_-]{43}\s*$/.test(text) ? fromBase64Url(text.trim()) : undefined;
  if (seed !== undefined) return seedSigner(seed, path);
  const signer = await open(context, text, path, passphraseFile);
  const certificate = await certificateOfSigner(signer);
  return {
    identity: signer.identity,
    place: path,
    certificate: () => Promise.resolve(certificate.armored),
    textOf: formatStatement,
    sign: (statement) => signCleartext(formatStatement(statement), signer, context.io.clock()),
  };
}

async function seedSigner(seed: Uint8Array, path: string): Promise<Signer> {
  const key = await signerOfSeed(seed);
  return {
    identity: key.identity,
    place: path,
    certificate: () => Promise.resolve(undefined),
    textOf: (statement) => formatCrevBody(crevContent(statement)),
    sign: (statement) => signCrevProof(crevContent(statement), seed),
  };
}

function crevContent(statement: Statement): CrevContent {
  if (statement.kind === 'package review' || statement.kind === 'trust') return statement;
  throw new TrustError('signer-failed', `crev has no ${statement.kind}: sign it with an OpenPGP key.`);
}

async function open(
  context: Context,
  armored: string,
  path: string,
  passphraseFile: string | undefined,
): Promise<OpenpgpSigner> {
  if (passphraseFile !== undefined) {
    return openSigner(armored, await readPassphrase(context, passphraseFile));
  }
  try {
    return await openSigner(armored);
  } catch (error) {
    if (!isTrustError(error, 'signer-failed') || !/passphrase/.test(error.message)) throw error;
    const typed = await context.io.stdin.askSecret(`Passphrase of ${escapeTerminal(path)}: `);
    if (typed === undefined) {
      throw new TrustError(
        'signer-failed',
        'The key file needs its passphrase, and there is no terminal to ask on.',
        {
          help: 'Give it with --passphrase-file FILE, or on standard input with --passphrase-file -.',
          cause: error,
        },
      );
    }
    return openSigner(armored, typed);
  }
}

/** The first line of the file or of standard input. */
async function readPassphrase({ io }: Context, file: string): Promise<string> {
  const text =
    file === '-'
      ? decodeText(await io.stdin.read(maxPassphraseBytes), 'standard input')
      : await readTextBounded(resolve(io.cwd, file), maxPassphraseBytes, 'signer-failed');
  return text.split(/\r?\n/)[0] ?? '';
}

function warnWhenReadable({ terminal }: Context, path: string): void {
  const { mode } = statSync(path);
  if ((mode & 0o077) !== 0) {
    terminal.warn(`${escapeTerminal(path)} can be read by others on this machine: chmod 600 it`);
  }
}
