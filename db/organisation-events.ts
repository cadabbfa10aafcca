// The table organisation_events: who changed what in an organisation. Rows are only ever added.

import { z } from 'zod';
import type { Queryable } from './database.ts';

/** What can happen to an organisation; the details are texts for reading. */
export const organisationActions = [
  'created',
  'details-changed',
  'policy-changed',
  'member-proposed',
  'member-changed',
  'member-removed',
  'membership-accepted',
  'membership-declined',
  'include-put',
  'include-removed',
  'administrator-invited',
  'invitation-withdrawn',
  'administrator-joined',
  'administrator-removed',
  'domain-checked',
] as const;
export type OrganisationAction = (typeof organisationActions)[number];

export interface OrganisationEvent {
  readonly id: number;
  readonly at: Date;
  /** As the account was called then. */
  readonly actorName: string;
  readonly action: OrganisationAction;
  /** What it was about, by name: `member`, `before`, `after` and the like. */
  readonly detail: Readonly<Record<string, string>>;
}

const detailSchema = z.record(z.string(), z.string());

export interface NewEvent {
  readonly organisationId: string;
  readonly at: Date;
  readonly accountId: string;
  readonly actorName: string;
  readonly action: OrganisationAction;
  readonly detail?: Readonly<Record<string, string>>;
}

/** Notes what somebody did; in the transaction in which it is done. */
export async function addEvent(transaction: Queryable, event: NewEvent): Promise<void> {
  const { organisationId, at, accountId, actorName, action, detail = {} } = event;
  await transaction.query(
    `insert into organisation_events (organisation_id, at, actor, actor_name, action, detail)
    values ($1, $2, $3, $4, $5, $6)`,
    [organisationId, at, accountId, actorName, action, JSON.stringify(detail)],
  );
}

/** Events of an organisation, the last first, from below the id `before`. */
export async function findEvents(
  db: Queryable,
  organisationId: string,
  { before, limit }: { readonly before?: number | undefined; readonly limit: number },
): Promise<OrganisationEvent[]> {
  const { rows } = await db.query<Omit<OrganisationEvent, 'detail'> & { detail: unknown }>(
    `select id, at, actor_name as "actorName", action, detail
    from organisation_events
    where organisation_id = $1 and id < $2
    order by id desc
    limit $3`,
    [organisationId, before ?? Number.MAX_SAFE_INTEGER, limit],
  );
  return rows.map((row) => ({ ...row, detail: detailSchema.parse(row.detail) }));
}
