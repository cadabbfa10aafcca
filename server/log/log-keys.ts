// The keys of the log, opened at start: read from their file, or made when the log is new.
//
// A key is made only for a log that has published nothing. Once it has, a missing file is a lost one: a log that went on
// under another key would be refused by everybody who knows the old one, so the service does not start.

import { TrustError } from '../../core/errors.ts';
import { formatPrivateKey, formatVerifierKey, makePrivateKey } from '../../core/log/note-key.ts';
import type { KeyType, PrivateKey } from '../../core/log/note-key.ts';
import { createKeyFile, keyLines, parseKeyFile, readKeyFile, type LogKeys } from './key-file.ts';

export type { LogKeys } from './key-file.ts';

export interface LogKeysOptions {
  /** Where the keys are. */
  readonly file: string;
  /** First line of every checkpoint, and name of every key. */
  readonly origin: string;
  /** Whether the log has published a checkpoint: then its keys are somewhere, and none are made. */
  readonly mustExist: boolean;
  /** Told, line by line, what an operator has to know and do. */
  readonly warn: (line: string) => void;
}

/**
 * The log's keys. Throws config-invalid when others may read the file, when it holds anything but keys of this log, and
 * when it is missing although the log has published.
 */
export async function openLogKeys({ file, origin, mustExist, warn }: LogKeysOptions): Promise<LogKeys> {
  const text = readKeyFile(file);
  if (text !== undefined) return parseKeyFile(text, file, origin);
  if (mustExist) throw lost(file, origin);
  const { privateKey, text: line } = await makeLogKey(origin, 'ed25519');
  const isOurs = createKeyFile(file, keyLines(line, privateKey.key, new Date()));
  if (isOurs) {
    warn(`Made a new key for the log ${origin}, in ${file}`);
    warn(`Back it up now, apart from the database: without it nobody can go on with this log`);
    warn(`Its verifier key, for those who check this log: ${formatVerifierKey(privateKey.key)}`);
  }
  return parseKeyFile(readKeyFile(file) ?? '', file, origin);
}

/** A new key of the log, with its line for a key file. Throws note-invalid when ML-DSA is asked for and not installed. */
export async function makeLogKey(
  origin: string,
  type: Extract<KeyType, 'ed25519' | 'mlDsa'>,
): Promise<{ readonly privateKey: PrivateKey; readonly text: string }> {
  const seed = crypto.getRandomValues(new Uint8Array(32));
  const privateKey = await makePrivateKey(origin, type, seed);
  return { privateKey, text: formatPrivateKey(privateKey.key, seed) };
}

function lost(file: string, origin: string): TrustError {
  return new TrustError(
    'config-invalid',
    `The log ${origin} has published, and its keys are not in ${file}`,
    {
      help:
        `Put the key file back from your backup, or set LOG_KEY_FILE to where it is, and start again. ` +
        `If every copy is lost, this log can't go on: start a new one under another origin, and tell its readers (docs/OPERATIONS.md).`,
    },
  );
}
