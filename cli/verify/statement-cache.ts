// Statements and certificates that this machine has seen, on disk, per server.
//
// A convenience and no authority: what comes out is parsed and verified like an answer of the server, so a wrong file can
// only make us ask again. Nothing here is ever needed; every failure to read or write is silent but for --debug.

import { createHash, randomBytes } from 'node:crypto';
import { mkdir, rename, unlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { z } from 'zod';
import {
  maxCertificateBytes,
  maxDocumentBytes,
  storedCertificateSchema,
  storedStatementSchema,
  type StoredCertificate,
  type StoredStatement,
} from '../../core/api/statements.ts';
import type { Identity } from '../../core/identity.ts';
import type { StatementId } from '../../core/statement/statement.ts';
import type { Io } from '../io.ts';
import { readTextBounded } from '../read-bounded.ts';

export interface StatementCache {
  readonly statement: (id: StatementId) => Promise<StoredStatement | undefined>;
  readonly certificate: (identity: Identity) => Promise<StoredCertificate | undefined>;
  readonly keepStatement: (stored: StoredStatement) => Promise<void>;
  readonly keepCertificate: (stored: StoredCertificate) => Promise<void>;
}

/** A cache that never has anything: for --no-cache, and for asking again. */
export const noCache: StatementCache = {
  statement: () => Promise.resolve(undefined),
  certificate: () => Promise.resolve(undefined),
  keepStatement: () => Promise.resolve(),
  keepCertificate: () => Promise.resolve(),
};

/** The folder for all that this program caches: XDG_CACHE_HOME or ~/.cache, then trust-check. */
export function cacheFolder(io: Io): string {
  const base = io.env['XDG_CACHE_HOME'];
  return join(base !== undefined && base.startsWith('/') ? base : join(io.homedir, '.cache'), 'trust-check');
}

/** The cache for one server, below `folder`. */
export function openCache(folder: string, server: URL): StatementCache {
  const own = join(folder, createHash('sha256').update(server.href).digest('hex').slice(0, 16));
  const statementFile = (id: string): string => join(own, 'statements', id.slice(0, 2), `${id}.json`);
  // An identity of crev is case-sensitive base64url, and disks may not be: its hash is the name.
  const certificateFile = (identity: string): string =>
    join(own, 'certificates', `${createHash('sha256').update(identity).digest('hex')}.json`);
  return {
    async statement(id) {
      const stored = await load(storedStatementSchema, statementFile(id), 4 * maxDocumentBytes);
      return stored?.id === id ? stored : undefined;
    },
    async certificate(identity) {
      const stored = await load(storedCertificateSchema, certificateFile(identity), 4 * maxCertificateBytes);
      return stored?.identity === identity ? stored : undefined;
    },
    keepStatement: (stored) => save(statementFile(stored.id), stored),
    keepCertificate: (stored) => save(certificateFile(stored.identity), stored),
  };
}

async function load<Schema extends z.ZodType>(
  schema: Schema,
  path: string,
  limit: number,
): Promise<z.output<Schema> | undefined> {
  try {
    return schema.parse(JSON.parse(await readTextBounded(path, limit)));
  } catch {
    return undefined;
  }
}

/** Writes beside and renames, so that a reader never sees half a file. */
async function save(path: string, value: unknown): Promise<void> {
  const beside = `${path}.${randomBytes(6).toString('hex')}`;
  try {
    await mkdir(dirname(path), { recursive: true, mode: 0o700 });
    await writeFile(beside, JSON.stringify(value), { mode: 0o600 });
    await rename(beside, path);
  } catch {
    await unlink(beside).catch(() => undefined);
  }
}
