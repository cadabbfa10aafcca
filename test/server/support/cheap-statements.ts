// Statements that nobody signed, for tests of what comes after verification: as many as wanted, at no cost.

import { createHash } from 'node:crypto';
import { parseIdentity } from '../../../core/identity.ts';
import { statementIdSchema, statementSchema } from '../../../core/statement/statement.ts';
import type { VerifiedStatement } from '../../../core/statement/verified.ts';
import type { LedgerTime } from '../../../server/ingest/ledger-time.ts';
import type { Verifier } from '../../../server/ingest/verifier.ts';

const author = parseIdentity(`openpgp:${'AB'.repeat(20)}`);
const from = { 'id-type': 'openpgp', id: 'AB'.repeat(20) };
const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

/** A statement that goes by a name: of the same name, the same statement. */
export function cheapStatement(name: string): VerifiedStatement {
  const purl = `pkg:npm/${name}@1.0.0`;
  const statement = statementSchema.parse({
    kind: 'package review',
    version: '1',
    date: '2026-11-20T12:00:00Z',
    from,
    package: { purl, digests: { sha256: sha256(purl) } },
    review: { thoroughness: 'low', understanding: 'medium', rating: 'positive' },
  });
  const text = JSON.stringify(statement);
  return {
    id: statementIdSchema.parse(sha256(text)),
    envelope: 'openpgp',
    ...{ author, statement, text },
    document: text,
    documentHash: sha256(text),
    signature: { algorithm: 'ed25519/sha512', key: 'AB'.repeat(20), created: undefined },
  };
}

/** Takes a name for a document, and finds nothing wrong with it. */
export function cheapVerifier(time: LedgerTime): Verifier {
  return {
    verify: (name) =>
      Promise.resolve({ statement: cheapStatement(name), used: undefined, at: time.now().getTime() }),
    close: () => Promise.resolve(),
  };
}
