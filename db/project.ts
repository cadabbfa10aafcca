// Projection: what entries say, laid out in tables for questions. The same code runs when an entry is appended and when
// everything is rebuilt, so both give the same rows.
//
// Owns identities, statements and retractions, and calls those who own the other tables. Entries come in ledger order.
// A retraction takes effect on statements of its author before it; it can't itself be withdrawn (core/trust agrees).

import type { Identity } from '../core/identity.ts';
import type { Queryable } from './database.ts';
import type { Command } from './command.ts';
import { bytea, nanoseconds } from './parameters.ts';
import type { PlacedCertificate, PlacedStatement } from './placed.ts';
import { projectCertificates } from './project-certificates.ts';
import { projectSubjects } from './project-subjects.ts';
import { projectTrust } from './project-trust.ts';

/** The commands that add statements, in ledger order, to every projection; to be run in this order by `project`. */
export function projectionOf(statements: readonly PlacedStatement[]): Command[] {
  if (statements.length === 0) return [];
  return [
    insertIdentities(
      statements.map(({ author, index, statement }) => ({
        identity: author,
        index,
        url: statement.from.url,
      })),
    ),
    insertStatements(statements),
    ...projectSubjects(statements),
    ...projectTrust(statements),
    ...retract(statements),
  ];
}

/** Runs the commands of a projection, in their order. */
export async function project(db: Queryable, projection: readonly Command[]): Promise<void> {
  for (const { text, values } of projection) await db.query(text, [...values]);
}

/** Adds certificates, in ledger order, to every projection. */
export async function projectCertificateEntries(
  db: Queryable,
  certificates: readonly PlacedCertificate[],
): Promise<void> {
  if (certificates.length === 0) return;
  await project(db, [
    insertIdentities(
      certificates.map(({ certificate, index }) => ({
        identity: certificate.identity,
        index,
        url: undefined,
      })),
    ),
  ]);
  await projectCertificates(db, certificates);
}

interface Sighting {
  readonly identity: Identity;
  readonly index: number;
  readonly url: string | undefined;
}

function insertIdentities(sightings: readonly Sighting[]): Command {
  const seen = new Map<Identity, Sighting>();
  for (const { identity, index, url } of sightings) {
    const before = seen.get(identity);
    seen.set(identity, { identity, index: before?.index ?? index, url: url ?? before?.url });
  }
  const rows = [...seen.values()];
  return {
    text: `insert into identities (identity, first_idx, url)
    select identity, first_idx, url
    from unnest($1::text[], $2::bigint[], $3::text[]) as added (identity, first_idx, url)
    on conflict (identity) do update
    set url = excluded.url
    where excluded.url is not null and excluded.url is distinct from identities.url`,
    values: [
      rows.map((row) => row.identity),
      rows.map((row) => row.index),
      rows.map((row) => row.url ?? null),
    ],
  };
}

function insertStatements(statements: readonly PlacedStatement[]): Command {
  return {
    text: `insert into statements (idx, id, kind, author, envelope, date_ns, recorded_at, body)
    select idx, id, kind, author, envelope, date_ns, recorded_at, body
    from unnest(
      $1::bigint[], $2::bytea[], $3::text[], $4::text[], $5::text[], $6::bigint[], $7::timestamptz[], $8::json[]
    ) as added (idx, id, kind, author, envelope, date_ns, recorded_at, body)`,
    values: [
      statements.map(({ index }) => index),
      statements.map(({ id }) => bytea(id)),
      statements.map(({ statement }) => statement.kind),
      statements.map(({ author }) => author),
      statements.map(({ envelope }) => envelope),
      statements.map(({ statement }) => nanoseconds(statement.date)),
      statements.map(({ recordedAt }) => recordedAt),
      statements.map(({ statement }) => JSON.stringify(statement)),
    ],
  };
}

function retract(statements: readonly PlacedStatement[]): Command[] {
  const retractions = statements.flatMap(({ index, author, statement }) =>
    statement.kind === 'retraction' ? [{ index, author, statement }] : [],
  );
  if (retractions.length === 0) return [];
  return [
    {
      text: `with added as (
      insert into retractions (idx, author, target, reason)
      select idx, author, target, reason
      from unnest($1::bigint[], $2::text[], $3::bytea[], $4::text[]) as added (idx, author, target, reason)
      returning idx, author, target
    )
    update statements
    set retracted_by = first.idx
    from (select author, target, min(idx) as idx from added group by author, target) as first
    where
      statements.id = first.target
      and statements.author = first.author
      and statements.idx < first.idx
      and statements.kind <> 'retraction'
      and statements.retracted_by is null`,
      values: [
        retractions.map(({ index }) => index),
        retractions.map(({ author }) => author),
        retractions.map(({ statement }) => bytea(statement.statement)),
        retractions.map(({ statement }) => statement.reason),
      ],
    },
  ];
}
