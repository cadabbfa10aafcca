// The table domain_proofs: what the last look at an organisation's domain found, by the way of looking.

import type { Queryable } from './database.ts';

export const proofMethods = ['well-known', 'dns'] as const;
export type ProofMethod = (typeof proofMethods)[number];

export interface DomainProof {
  readonly domain: string;
  readonly method: ProofMethod;
  readonly checkedAt: Date;
  readonly proven: boolean;
  /** What was found, or why nothing was. */
  readonly detail: string;
}

/** Keeps what a look found, in place of the one before. */
export async function putDomainProof(
  db: Queryable,
  organisationId: string,
  proof: DomainProof,
): Promise<void> {
  await db.query(
    `insert into domain_proofs (organisation_id, domain, method, checked_at, proven, detail)
    values ($1, $2, $3, $4, $5, $6)
    on conflict (organisation_id, domain, method) do update
    set checked_at = excluded.checked_at, proven = excluded.proven, detail = excluded.detail`,
    [organisationId, proof.domain, proof.method, proof.checkedAt, proof.proven, proof.detail],
  );
}

/** What was found at a domain, by each way at most once. */
export async function findDomainProofs(
  db: Queryable,
  organisationId: string,
  domain: string,
): Promise<DomainProof[]> {
  const { rows } = await db.query<DomainProof>(
    `select domain, method, checked_at as "checkedAt", proven, detail
    from domain_proofs
    where organisation_id = $1 and domain = $2
    order by proven desc, method`,
    [organisationId, domain],
  );
  return rows;
}
