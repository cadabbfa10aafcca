// Which key signs: the options and variables that every signing command has.

import { resolve } from 'node:path';
import { z } from 'zod';
import type { Context, OptionSpec } from '../command-spec.ts';
import { receiptOption } from '../ledger/receipts.ts';
import { gpgSigner } from './gpg-signer.ts';
import { keyFileSigner } from './key-file-signer.ts';
import type { Signer } from './signer.ts';

export const signingOptions: readonly OptionSpec[] = [
  {
    flags: '--key <id>',
    description: 'which key of your gpg signs: fingerprint or address (TRUST_CHECK_KEY)',
  },
  {
    flags: '--key-file <file>',
    description: 'sign with the OpenPGP secret key in this file (TRUST_CHECK_KEY_FILE)',
  },
  {
    flags: '--passphrase-file <file>',
    description: "where the key file's passphrase is, - for standard input",
  },
  receiptOption,
  { flags: '--dry-run', description: 'sign nothing, publish nothing: print the text that would be signed' },
];

const schema = z.object({
  key: z.string().optional(),
  keyFile: z.string().optional(),
  passphraseFile: z.string().optional(),
});

/** The signer that the options name: a key file when one is given, the person's gpg otherwise. Throws signer-failed. */
export async function chooseSigner(
  context: Context,
  options: Readonly<Record<string, unknown>>,
): Promise<Signer> {
  const { key, keyFile, passphraseFile } = schema.parse(options);
  const { io } = context;
  const file = keyFile ?? (key === undefined ? io.env['TRUST_CHECK_KEY_FILE'] : undefined);
  if (file !== undefined && file !== '') {
    return keyFileSigner(context, resolve(io.cwd, file), passphraseFile);
  }
  return gpgSigner(io, key ?? io.env['TRUST_CHECK_KEY']);
}
