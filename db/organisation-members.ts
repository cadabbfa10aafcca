// The tables organisation_members and organisation_includes: the set that is being prepared, and who agreed to be in it.

import { TrustError } from '../core/errors.ts';
import type { Identity, Root } from '../core/identity.ts';
import type { TrustLevel } from '../core/statement/levels.ts';
import type { Queryable } from './database.ts';
import { textArray } from './parameters.ts';

export type MemberState = 'proposed' | 'accepted' | 'declined';

export interface ProposedMember {
  readonly identity: Identity;
  readonly trust: TrustLevel;
  readonly role: string | undefined;
  readonly scope: readonly string[] | undefined;
  readonly state: MemberState;
  readonly proposedAt: Date;
  readonly answeredAt: Date | undefined;
}

/** What an administrator says of a member. */
export type MemberTerms = Pick<ProposedMember, 'identity' | 'trust' | 'role' | 'scope'>;

export interface ProposedInclude {
  readonly included: Root;
  readonly cap: TrustLevel;
  readonly scope: readonly string[] | undefined;
}

/** Most members and included sets: what a statement can hold at all. */
export const maxMembers = 5000;
export const maxIncludes = 200;

type MemberRow = Omit<ProposedMember, 'role' | 'scope' | 'answeredAt'> & {
  readonly role: string | null;
  readonly scope: string[] | null;
  readonly answeredAt: Date | null;
};

const memberColumns = `
  identity,
  trust,
  role,
  scope,
  state,
  proposed_at as "proposedAt",
  answered_at as "answeredAt"`;

/** Members of the set that is being prepared, by identity, from the one after `after` on. */
export async function findMembers(
  db: Queryable,
  organisationId: string,
  { after = '', limit = maxMembers }: { readonly after?: string | undefined; readonly limit?: number } = {},
): Promise<ProposedMember[]> {
  const { rows } = await db.query<MemberRow>(
    `select ${memberColumns}
    from organisation_members
    where organisation_id = $1 and identity > $2
    order by identity
    limit $3`,
    [organisationId, after, limit],
  );
  return rows.map(readMember);
}

/** Those of the identities that are members of the set that is being prepared. */
export async function findMembersAmong(
  db: Queryable,
  organisationId: string,
  identities: readonly Identity[],
): Promise<ProposedMember[]> {
  const { rows } = await db.query<MemberRow>(
    `select ${memberColumns}
    from organisation_members
    where organisation_id = $1 and identity = any ($2::text[])
    order by identity`,
    [organisationId, identities],
  );
  return rows.map(readMember);
}

/** How many members have answered how, without those of whom no consent is asked. */
export async function countMembers(
  db: Queryable,
  organisationId: string,
): Promise<Record<MemberState, number>> {
  const { rows } = await db.query<Record<MemberState, number>>(
    `select
      count(*) filter (where state = 'proposed' and trust in ('low', 'medium', 'high')) as proposed,
      count(*) filter (where state = 'accepted' or trust in ('none', 'distrust')) as accepted,
      count(*) filter (where state = 'declined' and trust in ('low', 'medium', 'high')) as declined
    from organisation_members
    where organisation_id = $1`,
    [organisationId],
  );
  return rows[0] ?? { proposed: 0, accepted: 0, declined: 0 };
}

/**
 * Puts members into the set that is being prepared, or changes them. Who accepted other terms (a higher or lower level is
 * the organisation's own judgement; role and scope are not) is asked again. Throws request-invalid beyond 5,000 members.
 */
export async function putMembers(
  transaction: Queryable,
  organisationId: string,
  members: readonly MemberTerms[],
  at: Date,
): Promise<void> {
  await transaction.query(
    `insert into organisation_members as known (organisation_id, identity, trust, role, scope, proposed_at)
    select $1, identity, trust, role, scope::text[], $2
    from unnest($3::text[], $4::text[], $5::text[], $6::text[]) as put (identity, trust, role, scope)
    on conflict (organisation_id, identity) do update
    set
      trust = excluded.trust,
      role = excluded.role,
      scope = excluded.scope,
      state = case
        when known.role is not distinct from excluded.role and known.scope is not distinct from excluded.scope
          then known.state
        else 'proposed'
      end`,
    [
      organisationId,
      at,
      members.map(({ identity }) => identity),
      members.map(({ trust }) => trust),
      members.map(({ role }) => role ?? null),
      members.map(({ scope }) => (scope === undefined ? null : textArray(scope))),
    ],
  );
  const { rows } = await transaction.query<{ count: number }>(
    'select count(*) as count from organisation_members where organisation_id = $1',
    [organisationId],
  );
  if ((rows[0]?.count ?? 0) > maxMembers) {
    throw new TrustError('request-invalid', `A set has at most ${maxMembers} members.`, {
      help: 'Make a second set, and include it in this one.',
    });
  }
}

/** Takes a member out of the set that is being prepared; false when there was none. */
export async function removeMember(
  db: Queryable,
  organisationId: string,
  identity: Identity,
): Promise<boolean> {
  const { rowCount } = await db.query(
    `delete from organisation_members
    where organisation_id = $1 and identity = $2`,
    [organisationId, identity],
  );
  return (rowCount ?? 0) > 0;
}

/** Keeps what a member answered; false when nobody of that key was proposed. */
export async function answerMembership(
  db: Queryable,
  organisationId: string,
  identity: Identity,
  state: 'accepted' | 'declined',
  at: Date,
): Promise<boolean> {
  const { rowCount } = await db.query(
    `update organisation_members
    set state = $3, answered_at = $4
    where organisation_id = $1 and identity = $2`,
    [organisationId, identity, state, at],
  );
  return (rowCount ?? 0) > 0;
}

/** Memberships that were proposed to the keys of an account and wait for an answer. */
export async function findOpenMemberships(
  db: Queryable,
  keys: readonly Identity[],
): Promise<{ readonly slug: string; readonly title: string; readonly identity: Identity }[]> {
  const { rows } = await db.query<{ slug: string; title: string; identity: Identity }>(
    `select slug, title, organisation_members.identity
    from organisation_members
    join organisations on organisations.id = organisation_members.organisation_id
    where
      organisation_members.identity = any ($1::text[])
      and state = 'proposed'
      and trust in ('low', 'medium', 'high')
    order by proposed_at desc, slug
    limit 50`,
    [keys],
  );
  return rows;
}

/** The sets that the one being prepared includes. */
export async function findIncludes(db: Queryable, organisationId: string): Promise<ProposedInclude[]> {
  const { rows } = await db.query<Omit<ProposedInclude, 'scope'> & { scope: string[] | null }>(
    `select included, cap, scope
    from organisation_includes
    where organisation_id = $1
    order by included`,
    [organisationId],
  );
  return rows.map(({ scope, ...row }) => ({ ...row, scope: scope ?? undefined }));
}

/** Includes a set, or changes its terms. Throws request-invalid beyond 200. */
export async function putInclude(
  db: Queryable,
  organisationId: string,
  { included, cap, scope }: ProposedInclude,
): Promise<void> {
  const { rowCount } = await db.query(
    `insert into organisation_includes (organisation_id, included, cap, scope)
    select $1::uuid, $2::text, $3::text, $4::text[]
    where (
      select count(*)
      from organisation_includes
      where organisation_id = $1 and included <> $2
    ) < $5
    on conflict (organisation_id, included) do update
    set cap = excluded.cap, scope = excluded.scope`,
    [organisationId, included, cap, scope ?? null, maxIncludes],
  );
  if (rowCount === 0)
    throw new TrustError('request-invalid', `A set includes at most ${maxIncludes} others.`);
}

/** Includes a set no longer; false when it was not included. */
export async function removeInclude(db: Queryable, organisationId: string, included: Root): Promise<boolean> {
  const { rowCount } = await db.query(
    `delete from organisation_includes
    where organisation_id = $1 and included = $2`,
    [organisationId, included],
  );
  return (rowCount ?? 0) > 0;
}

function readMember({ role, scope, answeredAt, ...row }: MemberRow): ProposedMember {
  return {
    ...row,
    role: role ?? undefined,
    scope: scope ?? undefined,
    answeredAt: answeredAt ?? undefined,
  };
}
