// keys: listing the log's keys, adding one, and retiring one. Together they are rotation: add, let everybody learn the new
// key while both sign, retire the old one.
//
// It works on the key file alone, so the service may run; it reads the file when it starts. A private key is never shown.

import { TrustError } from '../../core/errors.ts';
import { formatVerifierKey, parsePrivateKey } from '../../core/log/note-key.ts';
import type { VerifierKey } from '../../core/log/note-key.ts';
import { keyLines, maxLogKeys, parseKeyFile, readKeyFile, replaceKeyFile } from '../log/key-file.ts';
import { makeLogKey, type LogKeys } from '../log/log-keys.ts';

export interface KeyFile {
  readonly file: string;
  readonly text: string;
  /** The origin that the keys are named like. */
  readonly origin: string;
  readonly keys: LogKeys;
}

/** Reads a key file; throws config-invalid when it is missing, open to others, or holds anything else. */
export async function loadKeyFile(file: string, origin: string | undefined): Promise<KeyFile> {
  const text = readKeyFile(file);
  if (text === undefined) {
    throw new TrustError('config-invalid', `There is no key file ${file}`, {
      help: 'The service makes the first key when it starts for the first time. If the log had one, put it back from your backup, or set LOG_KEY_FILE.',
    });
  }
  const name = origin ?? nameInFile(text);
  return { file, text, origin: name, keys: await parseKeyFile(text, file, name) };
}

/** Adds a key behind those that are there; returns its verifier key. Throws config-invalid when there is no room. */
export async function addKey(
  { file, text, origin, keys }: KeyFile,
  type: 'ed25519' | 'mlDsa',
  now: Date,
): Promise<VerifierKey> {
  if (keys.signers.length + keys.retired.length >= maxLogKeys) {
    throw new TrustError('config-invalid', `The file ${file} has ${maxLogKeys} keys already`, {
      help: 'Take out the line of the oldest retired key.',
    });
  }
  const { privateKey, text: line } = await makeLogKey(origin, type);
  replaceKeyFile(file, `${text.replace(/\n*$/, '\n')}${keyLines(line, privateKey.key, now)}`);
  return privateKey.key;
}

/**
 * Takes the private part of a key out of the file and leaves its verifier key, which what it has signed is checked by.
 * Throws config-invalid when there is no such key, and when it is the last one that can sign.
 */
export async function retireKey({ file, text, keys }: KeyFile, id: string, now: Date): Promise<VerifierKey> {
  const signer = keys.signers.find(({ key }) => key.id === id);
  if (signer === undefined) {
    const isRetired = keys.retired.some((key) => key.id === id);
    throw new TrustError(
      'config-invalid',
      isRetired ? `The key ${id} is retired already` : `No key ${id} signs for this log`,
      { help: `Those that do: ${keys.signers.map(({ key }) => key.id).join(', ')}.` },
    );
  }
  const others = keys.signers.filter(({ key }) => key.id !== id && key.type === 'ed25519');
  if (others.length === 0) {
    throw new TrustError('config-invalid', `${id} is the last Ed25519 key of this log`, {
      help: 'Add the next one first (keys add), restart the service, and give everybody time to learn it.',
    });
  }
  const lines = await Promise.all(
    text.split('\n').map(async (line) => {
      const isIt =
        line.trim().startsWith('PRIVATE+KEY+') && (await parsePrivateKey(line.trim())).key.id === id;
      return isIt ? `# retired ${now.toISOString()}\n${formatVerifierKey(signer.key)}` : line;
    }),
  );
  replaceKeyFile(file, lines.join('\n'));
  return signer.key;
}

/** The name in the first key of a file, or nothing that any key could be named. */
function nameInFile(text: string): string {
  for (const raw of text.split('\n')) {
    const line = raw.trim();
    if (line === '' || line.startsWith('#')) continue;
    return line.replace(/^PRIVATE\+KEY\+/, '').split('+')[0] ?? '';
  }
  return '';
}
