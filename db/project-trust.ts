// Projection of the web of trust: trust_edges, reviewer_sets, reviewer_set_members and reviewer_set_includes.
//
// Superseded statements stay: which one is newest, and what a retraction brings back, is decided by core/trust, which
// holds the graph in memory and is fed from here (trust-feed.ts).

import { identityOf } from '../core/statement/statement.ts';
import type { ReviewerSet, TrustStatement } from '../core/statement/statement.ts';
import type { Command } from './command.ts';
import { bytea, nanoseconds, textArray } from './parameters.ts';
import type { PlacedStatement } from './placed.ts';

type Placed<Kind> = Omit<PlacedStatement, 'statement'> & { readonly statement: Kind };

/** The commands that add what trust statements and reviewer sets among the statements say. */
export function projectTrust(statements: readonly PlacedStatement[]): Command[] {
  const trust: Placed<TrustStatement>[] = [];
  const sets: Placed<ReviewerSet>[] = [];
  for (const placed of statements) {
    const { statement } = placed;
    if (statement.kind === 'trust') trust.push({ ...placed, statement });
    if (statement.kind === 'reviewer set') sets.push({ ...placed, statement });
  }
  return [...(trust.length > 0 ? [insertEdges(trust)] : []), ...(sets.length > 0 ? insertSets(sets) : [])];
}

function insertEdges(statements: readonly Placed<TrustStatement>[]): Command {
  const rows = statements.flatMap(({ index, id, author, statement }) => {
    const date = nanoseconds(statement.date);
    const overrides = statement.override?.length ? textArray(statement.override.map(identityOf)) : null;
    return statement.ids.map((target, position) => ({
      ...{ index, position, id, author, target: identityOf(target), level: statement.trust, date, overrides },
    }));
  });
  return {
    text: `insert into trust_edges (idx, position, author, target, level, date_ns, statement_id, overrides)
    select idx, position, author, target, level, date_ns, statement_id, overrides::text[]
    from unnest(
      $1::bigint[], $2::integer[], $3::text[], $4::text[], $5::text[], $6::bigint[], $7::bytea[], $8::text[]
    ) as added (idx, position, author, target, level, date_ns, statement_id, overrides)`,
    values: [
      rows.map((row) => row.index),
      rows.map((row) => row.position),
      rows.map((row) => row.author),
      rows.map((row) => row.target),
      rows.map((row) => row.level),
      rows.map((row) => row.date),
      rows.map((row) => bytea(row.id)),
      rows.map((row) => row.overrides),
    ],
  };
}

function insertSets(sets: readonly Placed<ReviewerSet>[]): Command[] {
  const named = {
    text: `insert into reviewer_sets (idx, author, name, title, date_ns)
    select idx, author, name, title, date_ns
    from unnest($1::bigint[], $2::text[], $3::text[], $4::text[], $5::bigint[])
      as added (idx, author, name, title, date_ns)`,
    values: [
      sets.map(({ index }) => index),
      sets.map(({ author }) => author),
      sets.map(({ statement }) => statement.name),
      sets.map(({ statement }) => statement.title),
      sets.map(({ statement }) => nanoseconds(statement.date)),
    ],
  };
  const members = sets.flatMap(({ index, statement }) =>
    statement.members.map((member, position) => ({ index, position, member })),
  );
  const membered = {
    text: `insert into reviewer_set_members (idx, position, member, level, role, scope)
    select idx, position, member, level, role, scope::text[]
    from unnest($1::bigint[], $2::integer[], $3::text[], $4::text[], $5::text[], $6::text[])
      as added (idx, position, member, level, role, scope)`,
    values: [
      members.map(({ index }) => index),
      members.map(({ position }) => position),
      members.map(({ member }) => identityOf(member.id)),
      members.map(({ member }) => member.trust),
      members.map(({ member }) => member.role ?? null),
      members.map(({ member }) => (member.scope === undefined ? null : textArray(member.scope))),
    ],
  };
  const includes = sets.flatMap(({ index, statement }) =>
    (statement.includes ?? []).map((include, position) => ({ index, position, include })),
  );
  if (includes.length === 0) return [named, membered];
  const including = {
    text: `insert into reviewer_set_includes (idx, position, included, cap, scope)
    select idx, position, included, cap, scope::text[]
    from unnest($1::bigint[], $2::integer[], $3::text[], $4::text[], $5::text[])
      as added (idx, position, included, cap, scope)`,
    values: [
      includes.map(({ index }) => index),
      includes.map(({ position }) => position),
      includes.map(({ include }) => include.set),
      includes.map(({ include }) => include.cap),
      includes.map(({ include }) => (include.scope === undefined ? null : textArray(include.scope))),
    ],
  };
  return [named, membered, including];
}
