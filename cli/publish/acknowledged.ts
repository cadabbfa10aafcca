// After many documents were published: everything that the ledger acknowledged has to be in its log.
//
// One pass over the tiles, however many entries; a batch has no receipts with proofs.

import { leafOfStatement } from '../../core/log/leaf-of.ts';
import { statementIdSchema } from '../../core/statement/statement.ts';
import { verifyCrevProof, parseProof } from '../../core/statement/crev/proof.ts';
import type { ApiClient } from '../http/api-client.ts';
import type { CheckedLog } from '../ledger/checked-log.ts';
import { inclusionFindings, type LeafClaim } from '../verify/inclusion.ts';

export interface NamedClaim extends LeafClaim {
  /** Where it came from, for reports. */
  readonly name: string;
  /** Whether the ledger held it before: then perhaps as another document of the same text. */
  readonly known: boolean;
}

const lookupSize = 500;

/** What is acknowledged and not in the log, each with where it came from. Throws what reading the log throws. */
export async function findingsOfClaims(
  log: CheckedLog,
  api: ApiClient,
  claims: readonly NamedClaim[],
): Promise<{ name: string; message: string }[]> {
  const size = claims.reduce((most, { index }) => Math.max(most, index + 1), 0);
  const checkpoint = await log.atLeast(size);
  const first = await inclusionFindings(log, checkpoint, claims, [], 0);
  if (first.length === 0) return [];
  const wrong = new Set(first.map(({ statement }) => statement));
  const again = claims.filter(({ known, leaf }) => known && wrong.has(leaf.id));
  const held = await heldForms(api, again);
  const second = await inclusionFindings(
    log,
    checkpoint,
    claims.map((claim) => held.get(claim.leaf.id) ?? claim),
    [],
    0,
  );
  const names = new Map(claims.map(({ leaf, name }) => [leaf.id, name]));
  return second.map(({ statement, message }) => ({ name: names.get(statement ?? '') ?? 'the log', message }));
}

/** The claims with the document that the ledger has under the same id, by id: a text may be in two envelopes. */
async function heldForms(api: ApiClient, claims: readonly NamedClaim[]): Promise<Map<string, LeafClaim>> {
  const held = new Map<string, LeafClaim>();
  const byId = new Map(claims.map((claim) => [claim.leaf.id, claim]));
  const ids = [...byId.keys()].map((id) => statementIdSchema.parse(id));
  for (let start = 0; start < ids.length; start += lookupSize) {
    const { statements } = await api.lookup(ids.slice(start, start + lookupSize));
    for (const { id, document, envelope } of statements) {
      const claim = byId.get(id);
      if (claim === undefined || envelope !== 'crev') continue;
      const verified = await verifyCrevProof(parseProof(document));
      if (verified.id !== id) continue;
      held.set(id, { index: claim.index, leaf: leafOfStatement(verified, claim.leaf.recordedAt) });
    }
  }
  return held;
}
