// Getting every statement that an answer names, with the certificates of its authors: from the cache, then in batches.

import type { StoredCertificate, StoredStatement } from '../../core/api/statements.ts';
import type { Identity } from '../../core/identity.ts';
import type { StatementId } from '../../core/statement/statement.ts';
import type { ApiClient } from '../http/api-client.ts';
import type { Finding } from './finding.ts';
import { noCache, type StatementCache } from './statement-cache.ts';

const batchSize = 500;
const cacheReadsAtOnce = 32;

export interface Fetched {
  /** By the id under which they were asked for. Nothing in here is verified. */
  readonly statements: ReadonlyMap<StatementId, StoredStatement>;
  readonly certificates: ReadonlyMap<Identity, StoredCertificate>;
  /** How many came from the cache. */
  readonly cached: number;
  readonly findings: readonly Finding[];
}

/**
 * Fetches statements by id. What the server leaves out, adds or answers twice is a finding, because it was the server that
 * named these ids. Throws network and server-answer.
 */
export async function fetchStatements(
  api: ApiClient,
  ids: readonly StatementId[],
  cache: StatementCache,
  onProgress: (done: number, total: number) => void,
): Promise<Fetched> {
  const wanted = [...new Set(ids)];
  const statements = new Map<StatementId, StoredStatement>();
  const certificates = new Map<Identity, StoredCertificate>();
  const findings: Finding[] = [];

  if (cache !== noCache) await fromCache(wanted, cache, statements, certificates);
  const cached = statements.size;
  const asked = wanted.filter((id) => !statements.has(id));

  for (let start = 0; start < asked.length; start += batchSize) {
    onProgress(cached + start, wanted.length);
    const batch = asked.slice(start, start + batchSize);
    const answer = await api.lookup(batch);
    const open = new Set(batch);
    for (const stored of answer.statements) {
      if (!open.delete(stored.id)) {
        findings.push({
          kind: 'statement-unasked',
          statement: stored.id,
          message: 'The server handed out a statement that was not asked for, or the same one twice.',
        });
      } else {
        statements.set(stored.id, stored);
      }
    }
    for (const id of open) {
      findings.push({
        kind: 'statement-missing',
        statement: id,
        message: 'The server rests its answer on this statement and does not hand it out.',
      });
    }
    for (const certificate of answer.certificates) certificates.set(certificate.identity, certificate);
    await keep(answer.statements, answer.certificates, cache);
  }
  return { statements, certificates, cached, findings };
}

/** A cached OpenPGP statement is of use only with its author's certificate. */
async function fromCache(
  wanted: readonly StatementId[],
  cache: StatementCache,
  statements: Map<StatementId, StoredStatement>,
  certificates: Map<Identity, StoredCertificate>,
): Promise<void> {
  const known = new Map<Identity, Promise<StoredCertificate | undefined>>();
  for (let start = 0; start < wanted.length; start += cacheReadsAtOnce) {
    const found = await Promise.all(
      wanted.slice(start, start + cacheReadsAtOnce).map((id) => cache.statement(id)),
    );
    for (const stored of found) {
      if (stored === undefined) continue;
      if (stored.envelope === 'openpgp') {
        const reading = known.get(stored.author) ?? cache.certificate(stored.author);
        known.set(stored.author, reading);
        const certificate = await reading;
        if (certificate === undefined) continue;
        certificates.set(stored.author, certificate);
      }
      statements.set(stored.id, stored);
    }
  }
}

async function keep(
  statements: readonly StoredStatement[],
  certificates: readonly StoredCertificate[],
  cache: StatementCache,
): Promise<void> {
  for (const certificate of certificates) await cache.keepCertificate(certificate);
  for (let start = 0; start < statements.length; start += cacheReadsAtOnce) {
    await Promise.all(
      statements.slice(start, start + cacheReadsAtOnce).map((stored) => cache.keepStatement(stored)),
    );
  }
}
