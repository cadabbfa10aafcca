// The tables organisation_admins and organisation_invitations: who may change an organisation, and who was asked to.
//
// An invitation is kept for a user name or key whether or not an account has it, so that inviting tells nobody which
// accounts there are. The last administrator can't be removed here; an organisation whose administrators deleted their
// accounts is reached again by whoever proves its key.

import { TrustError } from '../core/errors.ts';
import type { Identity } from '../core/identity.ts';
import type { Account } from './accounts.ts';
import type { Queryable } from './database.ts';

export interface Administrator {
  readonly accountId: string;
  readonly userName: string | undefined;
  readonly keys: readonly Identity[];
  readonly addedAt: Date;
}

/** Most administrators, and most open invitations, of one organisation. */
export const maxAdministrators = 50;

/** Whether an account administers an organisation. */
export async function isAdministrator(
  db: Queryable,
  organisationId: string,
  accountId: string,
): Promise<boolean> {
  const { rows } = await db.query(
    `select
    from organisation_admins
    where organisation_id = $1 and account_id = $2`,
    [organisationId, accountId],
  );
  return rows.length > 0;
}

/** The administrators of an organisation, the first one first. */
export async function findAdministrators(db: Queryable, organisationId: string): Promise<Administrator[]> {
  const { rows } = await db.query<Omit<Administrator, 'userName'> & { userName: string | null }>(
    `select
      account_id as "accountId",
      user_name as "userName",
      array(
        select identity
        from account_keys
        where account_keys.account_id = accounts.id
        order by proven_at, identity
      ) as keys,
      added_at as "addedAt"
    from organisation_admins
    join accounts on accounts.id = organisation_admins.account_id
    where organisation_id = $1
    order by added_at, account_id`,
    [organisationId],
  );
  return rows.map(({ userName, ...row }) => ({ ...row, userName: userName ?? undefined }));
}

/** Makes an account an administrator; being one already changes nothing. */
export async function addAdministrator(
  db: Queryable,
  organisationId: string,
  accountId: string,
  at: Date,
): Promise<void> {
  await db.query(
    `insert into organisation_admins (organisation_id, account_id, added_at)
    values ($1, $2, $3)
    on conflict do nothing`,
    [organisationId, accountId, at],
  );
}

/** Removes an administrator. Throws request-invalid for the last one. Two who remove each other wait for one another. */
export async function removeAdministrator(
  transaction: Queryable,
  organisationId: string,
  accountId: string,
): Promise<void> {
  await transaction.query('select from organisations where id = $1 for update', [organisationId]);
  const { rowCount } = await transaction.query(
    `delete from organisation_admins
    where
      organisation_id = $1
      and account_id = $2
      and exists (
        select
        from organisation_admins as others
        where others.organisation_id = $1 and others.account_id <> $2
      )`,
    [organisationId, accountId],
  );
  if (rowCount === 0) {
    throw new TrustError('request-invalid', 'The last administrator can’t be removed.', {
      help: 'Invite somebody else first; or delete the organisation.',
    });
  }
}

/** Invites a user name or key. Throws request-invalid when there are too many open invitations. */
export async function invite(
  db: Queryable,
  organisationId: string,
  invited: string,
  at: Date,
): Promise<void> {
  const { rowCount } = await db.query(
    `insert into organisation_invitations (organisation_id, invited, invited_at)
    select $1::uuid, $2::text, $3::timestamptz
    where (
      select count(*)
      from organisation_invitations
      where organisation_id = $1
    ) < $4
    on conflict (organisation_id, invited) do update
    set invited_at = excluded.invited_at`,
    [organisationId, invited, at, maxAdministrators],
  );
  if (rowCount === 0) {
    throw new TrustError(
      'request-invalid',
      `An organisation has at most ${maxAdministrators} open invitations.`,
      {
        help: 'Take one back first.',
      },
    );
  }
}

/** The open invitations of an organisation, the newest first. */
export async function findInvitations(
  db: Queryable,
  organisationId: string,
): Promise<{ readonly invited: string; readonly invitedAt: Date }[]> {
  const { rows } = await db.query<{ invited: string; invitedAt: Date }>(
    `select invited, invited_at as "invitedAt"
    from organisation_invitations
    where organisation_id = $1
    order by invited_at desc, invited`,
    [organisationId],
  );
  return rows;
}

/** Takes back, or uses up, invitations; true when there was one. */
export async function removeInvitations(
  db: Queryable,
  organisationId: string,
  invited: readonly string[],
): Promise<boolean> {
  const { rowCount } = await db.query(
    `delete from organisation_invitations
    where organisation_id = $1 and invited = any ($2::text[])`,
    [organisationId, invited],
  );
  return (rowCount ?? 0) > 0;
}

/** The organisations that any of these texts invites to. */
export async function findInvitedTo(
  db: Queryable,
  invited: readonly string[],
): Promise<{ readonly slug: string; readonly title: string }[]> {
  const { rows } = await db.query<{ slug: string; title: string }>(
    `select distinct slug, title
    from organisation_invitations
    join organisations on organisations.id = organisation_invitations.organisation_id
    where invited = any ($1::text[])
    order by title, slug
    limit 50`,
    [invited],
  );
  return rows;
}

/** The texts by which an account may have been invited. */
export function invitedAs({ userName, keys }: Account): string[] {
  return [...(userName === undefined ? [] : [userName]), ...keys];
}
