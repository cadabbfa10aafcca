// crev's key file: an Ed25519 seed sealed with AES-256-SIV under a key that Argon2id makes from a passphrase (crev-data,
// `LockedId`). Read only; keys are made by cargo-crev.
//
// Costs that the file may ask for are bounded, so that a hostile file cannot take the machine.

import { argon2idAsync } from '@noble/hashes/argon2.js';
import { z } from 'zod';
import { fromBase64Url, utf8 } from '../../bytes.ts';
import { TrustError } from '../../errors.ts';
import { checkHostileText } from '../hostile-text.ts';
import { parseYaml } from '../yaml.ts';
import { openAesSiv } from './aes-siv.ts';
import { signerOfSeed, type CrevSigner } from './ed25519.ts';

const maxKeyFileBytes = 16 * 1024;

const wholeNumber = (most: number) =>
  z
    .string()
    .regex(/^\d{1,9}$/)
    .transform(Number)
    .pipe(z.number().int().min(1).max(most));

const bytes = z
  .string()
  .max(200)
  .transform((text, context) => {
    try {
      return fromBase64Url(text);
    } catch {
      context.addIssue({ code: 'custom', message: 'Not base64url.' });
      return z.NEVER;
    }
  });

const keyFileSchema = z.object({
  'public-key': z.string().length(43),
  'sealed-secret-key': bytes,
  'seal-nonce': bytes,
  url: z.string().max(2048).optional(),
  pass: z.object({
    version: z.literal('19'),
    variant: z.literal('argon2id'),
    iterations: wholeNumber(10_000),
    /** KiB. Memory times iterations is what it costs. */
    'memory-size': wholeNumber(64 * 1024),
    lanes: wholeNumber(64),
    salt: bytes,
  }),
});

export interface CrevKey {
  readonly seed: Uint8Array;
  readonly signer: CrevSigner;
  /** Address of the proof repository, as the file says. */
  readonly url: string | undefined;
}

/**
 * Opens a crev key file with its passphrase (empty when it has none). Throws signer-failed when the file is not one, asks
 * for more work than is bearable, or does not open to its own public key.
 */
export async function openCrevKey(text: string, passphrase: string): Promise<CrevKey> {
  const file = readKeyFile(text);
  const { pass } = file;
  if (pass.iterations * pass['memory-size'] > 8 * 1024 * 1024) {
    throw new TrustError('signer-failed', 'The key file asks for an unbearable amount of work to open it.');
  }
  const key = await argon2idAsync(utf8(passphrase), pass.salt, {
    t: pass.iterations,
    m: pass['memory-size'],
    p: pass.lanes,
    dkLen: 64,
    version: 0x13,
  });
  const seed = await openAesSiv(key, file['sealed-secret-key'], [new Uint8Array(), file['seal-nonce']]);
  if (seed?.length !== 32)
    throw new TrustError('signer-failed', 'The passphrase does not open the crev key.');
  const signer = await signerOfSeed(seed);
  if (signer.identity !== `crev:${file['public-key']}`) {
    throw new TrustError('signer-failed', 'The crev key opens to another public key than its file says.');
  }
  return { seed, signer, url: file.url };
}

function readKeyFile(text: string): z.output<typeof keyFileSchema> {
  try {
    const normalised = text.replaceAll('\r\n', '\n');
    checkHostileText(normalised, maxKeyFileBytes);
    return keyFileSchema.parse(parseYaml(normalised));
  } catch (cause) {
    throw new TrustError('signer-failed', 'Not a crev key file.', {
      help: 'cargo crev id export writes one.',
      cause,
    });
  }
}
