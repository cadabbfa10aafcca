// Which key came after which: two trust statements, one by each key, that name the other as successor and as predecessor.
//
// Neither alone says anything: a stranger may call anybody's key its predecessor. Reads by the index on whom trust is about.

import type { Identity } from '../core/identity.ts';
import type { StatementId } from '../core/statement/statement.ts';
import type { Queryable } from './database.ts';

export interface Succession {
  /** What the other key is to the one asked about. */
  readonly relation: 'successor' | 'predecessor';
  readonly identity: Identity;
  /** The statement of the key asked about, and that of the other. */
  readonly ownStatement: StatementId;
  readonly otherStatement: StatementId;
}

// Of each author and subject the newest statement counts, unless it was retracted or a revocation voids it.
const saying = `
  select
    trust_edges.author,
    trust_edges.target,
    encode(trust_edges.statement_id, 'hex') as id,
    statements.body ->> 'succession' as says
  from trust_edges
  join statements on statements.idx = trust_edges.idx
  left join certificates on certificates.identity = trust_edges.author
  where statements.retracted_by is null
    and (certificates.void_from is null or trust_edges.idx < certificates.void_from)
    and not exists (
      select
      from trust_edges as later
      where later.target = trust_edges.target
        and later.author = trust_edges.author
        and (later.date_ns, later.idx) > (trust_edges.date_ns, trust_edges.idx)
    )`;

/** The keys before and after a key, as both say. */
export async function findSuccessions(db: Queryable, identity: Identity): Promise<Succession[]> {
  const { rows } = await db.query<Succession>(
    `select
      own.says as relation,
      other.author as identity,
      own.id as "ownStatement",
      other.id as "otherStatement"
    from (${saying} and trust_edges.target = $1) as other
    cross join lateral (
      ${saying} and trust_edges.target = other.author and trust_edges.author = $1
    ) as own
    where (own.says, other.says) in (('successor', 'predecessor'), ('predecessor', 'successor'))
    order by relation desc, identity`,
    [identity],
  );
  return rows;
}

/** Which of the two statements of a succession are in the ledger. */
export async function readSuccession(
  db: Queryable,
  { from, to }: { readonly from: Identity; readonly to: Identity },
): Promise<{ readonly bySuccessor: boolean; readonly byPredecessor: boolean }> {
  const { rows } = await db.query<{ author: Identity }>(
    `select author
    from (${saying} and trust_edges.target in ($1, $2)) as said
    where (author, target, says) in (($1, $2, 'successor'), ($2, $1, 'predecessor'))`,
    [from, to],
  );
  return {
    byPredecessor: rows.some(({ author }) => author === from),
    bySuccessor: rows.some(({ author }) => author === to),
  };
}
