// The file with a witness's private keys: made on the first start, readable for its owner only.
//
//   # a comment
//   PRIVATE+KEY+<name>+<key id>+<base64>      one Ed25519 cosignature key; at most one ML-DSA-44 key of the same name
//
// Refused: a file that others may open, keys of other types, two of one type, two names. A message never shows a line.

import { stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { TrustError } from '../../core/errors.ts';
import {
  formatPrivateKey,
  isKeyName,
  makePrivateKey,
  parsePrivateKey,
  type KeyType,
  type PrivateKey,
} from '../../core/log/note-key.ts';
import { escapeTerminal } from '../output/escape-terminal.ts';
import { readTextBounded } from '../read-bounded.ts';
import { createFile, makeFolder, reasonOf, replaceFile } from './durable-file.ts';

export interface WitnessKeys {
  readonly name: string;
  /** The Ed25519 key first. */
  readonly signers: readonly PrivateKey[];
  /** Types of keys that were made just now. */
  readonly made: readonly KeyType[];
}

const maxFileBytes = 64 * 1024;
const header =
  '# Private keys of a witness. Who has them can sign in its name. Keep a copy, and show them to nobody.\n';

/**
 * The keys in a file, made when there is none. Throws usage when a new witness has no name or the given one is not the
 * file's, config-invalid when the file can't be used.
 * @param withMlDsa whether an ML-DSA-44 key is added when there is none
 */
export async function openWitnessKeys(
  path: string,
  name: string | undefined,
  withMlDsa: boolean,
): Promise<WitnessKeys> {
  const text = await readKeys(path);
  const signers = text === undefined ? [] : await parseKeys(text, path);
  const known = signers[0]?.key.name;
  const ownName = known ?? name;
  if (ownName === undefined || !isKeyName(ownName)) {
    throw new TrustError('usage', 'A new witness needs a name: --name witness.example.org/main', {
      help: 'A name stands in every signature and never changes: by custom an address without scheme; no spaces, no plus sign.',
    });
  }
  if (name !== undefined && name !== ownName) {
    throw new TrustError(
      'usage',
      `The keys in ${escapeTerminal(path)} are of the witness ${ownName}, not of ${escapeTerminal(name)}`,
      { help: 'Leave --name out, or name another file with --key. A witness keeps its name.' },
    );
  }
  const wanted: readonly KeyType[] = withMlDsa ? ['cosignature', 'mlDsa'] : ['cosignature'];
  const made = wanted.filter((type) => !signers.some(({ key }) => key.type === type));
  if (made.length === 0) return { name: ownName, signers, made };
  let written = text ?? header;
  if (!written.endsWith('\n')) written += '\n';
  for (const type of made) {
    const seed = crypto.getRandomValues(new Uint8Array(32));
    const signer = await makePrivateKey(ownName, type, seed);
    signers.push(signer);
    written += `${formatPrivateKey(signer.key, seed)}\n`;
  }
  try {
    await makeFolder(dirname(path));
    await (text === undefined ? createFile : replaceFile)(path, written);
  } catch (cause) {
    throw unusable(path, `it can't be written (${reasonOf(cause)})`, cause);
  }
  return { name: ownName, signers, made };
}

async function readKeys(path: string): Promise<string | undefined> {
  let mode: number;
  try {
    ({ mode } = await stat(path));
  } catch (cause) {
    if (reasonOf(cause) === 'ENOENT') return undefined;
    throw unusable(path, reasonOf(cause), cause);
  }
  if (process.platform !== 'win32' && (mode & 0o077) !== 0) {
    throw new TrustError(
      'config-invalid',
      `Others than its owner may open the keys in ${escapeTerminal(path)}`,
      {
        help: 'Close the file with chmod 600. If others had access, make a new witness under a new name.',
      },
    );
  }
  return readTextBounded(path, maxFileBytes, 'config-invalid');
}

async function parseKeys(text: string, path: string): Promise<PrivateKey[]> {
  const signers: PrivateKey[] = [];
  for (const [position, raw] of text.split('\n').entries()) {
    const line = raw.trim();
    if (line === '' || line.startsWith('#')) continue;
    const refuse = (why: string, cause?: unknown): TrustError =>
      unusable(path, `line ${position + 1}: ${why}`, cause);
    let signer: PrivateKey;
    try {
      signer = await parsePrivateKey(line);
    } catch (cause) {
      throw refuse('it is no private key', cause);
    }
    const { type, name } = signer.key;
    if (type === 'ed25519') throw refuse('it is the key of a log; a witness has one of its own');
    if (signers.some(({ key }) => key.type === type)) throw refuse('there is a key of this type already');
    if (signers.some(({ key }) => key.name !== name)) throw refuse('it has another name than the key above');
    signers.push(signer);
  }
  if (!signers.some(({ key }) => key.type === 'cosignature')) throw unusable(path, 'it holds no Ed25519 key');
  return signers.sort((a, b) => Number(a.key.type === 'mlDsa') - Number(b.key.type === 'mlDsa'));
}

function unusable(path: string, why: string, cause?: unknown): TrustError {
  return new TrustError(
    'config-invalid',
    `The witness's key file ${escapeTerminal(path)} can't be used: ${why}`,
    {
      ...(cause !== undefined && { cause }),
    },
  );
}
