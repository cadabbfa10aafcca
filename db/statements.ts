// Reading statements: by id, and by package, digest or author with the newest first.
//
// Pages continue from a ledger index, never from an offset, so nothing is skipped or repeated while the ledger grows.
// Retracted statements and those of revoked keys are found too: whoever looks one up is told, not protected.

import type { DigestKey } from '../core/digest/digest-set.ts';
import { packagePurl, parsePurl } from '../core/digest/purl.ts';
import { TrustError } from '../core/errors.ts';
import type { Identity } from '../core/identity.ts';
import type { Statement, StatementId, StatementKind } from '../core/statement/statement.ts';
import type { Envelope } from '../core/statement/verified.ts';
import type { Queryable } from './database.ts';
import { bytea } from './parameters.ts';

/** A statement as the ledger holds it. */
export interface StoredStatement {
  readonly id: StatementId;
  readonly kind: StatementKind;
  readonly author: Identity;
  readonly envelope: Envelope;
  readonly index: number;
  readonly recordedAt: Date;
  /** Index of the author's retraction of it. */
  readonly retractedBy: number | undefined;
  readonly statement: Statement;
  /** The signed document, byte for byte as stored. */
  readonly document: string;
}

export interface StatementQuery {
  /** With a version: statements on that version. Without: on any version of the package. */
  readonly purl?: string | undefined;
  readonly digest?: { readonly key: DigestKey; readonly hex: string } | undefined;
  readonly author?: Identity | undefined;
  readonly kind?: StatementKind | undefined;
  /** Only entries with a lower index. */
  readonly before?: number | undefined;
  readonly limit: number;
}

type Row = Omit<StoredStatement, 'retractedBy'> & { readonly retractedBy: number | null };

const columns = `
  encode(statements.id, 'hex') as id,
  statements.kind,
  statements.author,
  statements.envelope,
  statements.idx as index,
  statements.recorded_at as "recordedAt",
  case
    when not exists (
      select
      from certificates
      where certificates.identity = statements.author and certificates.void_from <= statements.retracted_by
    ) then statements.retracted_by
  end as "retractedBy",
  statements.body as statement,
  documents.body as document`;

const source = `
  statements
  join entries on entries.idx = statements.idx
  join documents on documents.hash = entries.document_hash`;

/** Those of the statements that the ledger holds, in ledger order. */
export async function findStatementsById(
  db: Queryable,
  ids: readonly StatementId[],
): Promise<StoredStatement[]> {
  const { rows } = await db.query<Row>(
    `select ${columns}
    from ${source}
    where statements.id = any ($1::bytea[])
    order by statements.idx`,
    [ids.map(bytea)],
  );
  return rows.map(readRow);
}

/**
 * Statements that meet every condition given, the newest entry first. A purl or digest finds the reviews and source
 * statements that are about it, not those that have it as the base of a difference. Throws purl-invalid.
 */
export async function findStatements(db: Queryable, query: StatementQuery): Promise<StoredStatement[]> {
  const values: unknown[] = [];
  const parameter = (value: unknown): string => `$${values.push(value)}`;
  const conditions = [
    ...(query.before === undefined ? [] : [`statements.idx < ${parameter(query.before)}`]),
    ...(query.author === undefined ? [] : [`statements.author = ${parameter(query.author)}`]),
    ...(query.kind === undefined ? [] : [`statements.kind = ${parameter(query.kind)}`]),
    ...(query.purl === undefined ? [] : [onPackage(query.purl, parameter)]),
    ...(query.digest === undefined ? [] : [onDigest(query.digest, parameter)]),
  ];
  const { rows } = await db.query<Row>(
    `select ${columns}
    from ${source}
    where ${conditions.length === 0 ? 'true' : conditions.join(' and ')}
    order by statements.idx desc
    limit ${parameter(query.limit)}`,
    values,
  );
  return rows.map(readRow);
}

type Parameter = (value: unknown) => string;

function onPackage(text: string, parameter: Parameter): string {
  const purl = parsePurl(text);
  const version = purl.version === undefined ? '' : `and version = ${parameter(purl.version)}`;
  return `statements.idx in (
    select idx
    from subjects
    where package = ${parameter(packagePurl(purl))} ${version} and role <> 'base'
  )`;
}

function onDigest(digest: { key: DigestKey; hex: string }, parameter: Parameter): string {
  return `statements.idx in (
    select idx
    from subject_digests
    where
      value = ${parameter(bytea(digest.hex))}::bytea
      and key = ${parameter(digest.key)}
      and role <> 'base'
  )`;
}

function readRow(row: Row): StoredStatement {
  // The body was written by us from a checked statement; the kind beside it shows a table that was meddled with.
  if (row.statement.kind !== row.kind) {
    throw new TrustError('ledger-corrupt', `Statement ${row.id} is stored as ${row.kind}`, {
      help: 'Rebuild the projections from the entries.',
    });
  }
  return { ...row, retractedBy: row.retractedBy ?? undefined };
}
