// Deleting an account, and what to say before: what stays in the ledger, and what goes with it.

import type { Identity } from '../core/identity.ts';
import type { Queryable } from './database.ts';

/** How many entries of the ledger are by an identity. */
export interface Published {
  readonly identity: Identity;
  readonly statements: number;
}

/** What each of the identities has published, in the order asked for. */
export async function countPublished(db: Queryable, identities: readonly Identity[]): Promise<Published[]> {
  const { rows } = await db.query<Published>(
    `select identity, (
      select count(*)::integer
      from statements
      where author = identity
    ) as statements
    from unnest($1::text[]) with ordinality as asked (identity, position)
    order by position`,
    [identities],
  );
  return rows;
}

/** An organisation's page here. */
export interface LedOrganisation {
  readonly slug: string;
  readonly title: string;
}

/** Organisations that nobody but this account leads. */
export async function soleOrganisations(db: Queryable, accountId: string): Promise<LedOrganisation[]> {
  const { rows } = await db.query<LedOrganisation>(
    `select slug, title
    from organisations
    join organisation_admins on organisation_id = organisations.id
    where account_id = $1
      and not exists (
        select
        from organisation_admins as others
        where others.organisation_id = organisations.id and others.account_id <> $1
      )
    order by slug`,
    [accountId],
  );
  return rows;
}

/** Deletes an account with all that it keeps here, and the organisations that nobody else leads; in a transaction. */
export async function deleteAccount(transaction: Queryable, accountId: string): Promise<void> {
  const organisations = await soleOrganisations(transaction, accountId);
  await transaction.query('delete from organisations where slug = any ($1::text[])', [
    organisations.map(({ slug }) => slug),
  ]);
  await transaction.query('delete from accounts where id = $1', [accountId]);
}
