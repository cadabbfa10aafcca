// Statements without a signature, for benches and tests of what comes after verification. Nobody else may do this, and only
// into a database of its own.

import { createHash } from 'node:crypto';
import { makeIdentity } from '../core/identity.ts';
import type { Statement, StatementId } from '../core/statement/statement.ts';
import type { VerifiedStatement } from '../core/statement/verified.ts';

/** What verification would give for a statement. Its document is its JSON. */
export function unsigned(statement: Statement): VerifiedStatement {
  const text = JSON.stringify(statement);
  const id = createHash('sha256').update(text).digest('hex');
  const author = makeIdentity(statement.from['id-type'], statement.from.id);
  return {
    id: id as StatementId,
    envelope: 'crev',
    author,
    statement,
    text,
    document: text,
    documentHash: id,
    signature: { algorithm: 'none', key: statement.from.id, created: undefined },
  };
}
