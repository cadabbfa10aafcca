// The table organisations: who publishes a reviewer set here, and what they say of themselves. What others rely on is never
// in this table, but in the set that the organisation's key has signed (db/reviewer-sets.ts).

import { TrustError } from '../core/errors.ts';
import type { Identity } from '../core/identity.ts';
import type { Queryable } from './database.ts';
import { codeOf } from './failures.ts';
import { currentSetIndex } from './reviewer-sets.ts';

export interface Organisation {
  readonly id: string;
  /** The last part of its address. */
  readonly slug: string;
  readonly identity: Identity;
  readonly setName: string;
  readonly title: string;
  readonly description: string;
  readonly home: string | undefined;
  readonly domain: string | undefined;
  /** The policy that it recommends, as written, in the words of trust-check.yaml; may be empty. */
  readonly policy: string;
  readonly createdAt: Date;
}

/** What administrators may change; key and name of the set stay for good. */
export type OrganisationDetails = Pick<Organisation, 'title' | 'description' | 'home' | 'domain'>;

type Row = Omit<Organisation, 'home' | 'domain'> & {
  readonly home: string | null;
  readonly domain: string | null;
};

const columns = `
  organisations.id,
  organisations.slug,
  organisations.identity,
  organisations.set_name as "setName",
  organisations.title,
  organisations.description,
  organisations.home,
  organisations.domain,
  organisations.policy,
  organisations.created_at as "createdAt"`;

/** The organisation at an address; undefined when there is none. */
export async function findOrganisation(db: Queryable, slug: string): Promise<Organisation | undefined> {
  const { rows } = await db.query<Row>(`select ${columns} from organisations where slug = $1`, [slug]);
  return rows[0] && readRow(rows[0]);
}

/** The organisation that publishes a set here; undefined when none does. */
export async function findOrganisationOfSet(
  db: Queryable,
  identity: Identity,
  setName: string,
): Promise<Organisation | undefined> {
  const { rows } = await db.query<Row>(
    `select ${columns}
    from organisations
    where identity = $1 and set_name = $2`,
    [identity, setName],
  );
  return rows[0] && readRow(rows[0]);
}

/** The organisations that an account administers, by title. */
export async function findOrganisationsOf(db: Queryable, accountId: string): Promise<Organisation[]> {
  const { rows } = await db.query<Row>(
    `select ${columns}
    from organisation_admins
    join organisations on organisations.id = organisation_admins.organisation_id
    where organisation_admins.account_id = $1
    order by lower(organisations.title), organisations.slug`,
    [accountId],
  );
  return rows.map(readRow);
}

export type NewOrganisation = OrganisationDetails &
  Pick<Organisation, 'slug' | 'identity' | 'setName' | 'createdAt'>;

/** Makes an organisation. Throws name-taken when its address, or its key with that name of a set, is another's. */
export async function createOrganisation(
  transaction: Queryable,
  made: NewOrganisation,
): Promise<Organisation> {
  const { slug, identity, setName, title, description, home, domain, createdAt } = made;
  try {
    const { rows } = await transaction.query<Row>(
      `insert into organisations (slug, identity, set_name, title, description, home, domain, created_at)
      values ($1, $2, $3, $4, $5, $6, $7, $8)
      returning ${columns}`,
      [slug, identity, setName, title, description, home ?? null, domain ?? null, createdAt],
    );
    const [row] = rows;
    if (row === undefined) throw new Error('An organisation that was made is not there.');
    return readRow(row);
  } catch (cause) {
    if (codeOf(cause) !== '23505') throw cause;
    throw new TrustError('name-taken', 'That address, or that name of a set under this key, is taken.', {
      cause,
    });
  }
}

/** Changes what an organisation says of itself. */
export async function changeOrganisation(
  db: Queryable,
  id: string,
  { title, description, home, domain }: OrganisationDetails,
): Promise<void> {
  await db.query(
    `update organisations
    set title = $2, description = $3, home = $4, domain = $5
    where id = $1`,
    [id, title, description, home ?? null, domain ?? null],
  );
}

/** Changes the policy that an organisation recommends. */
export async function changeOrganisationPolicy(db: Queryable, id: string, policy: string): Promise<void> {
  await db.query('update organisations set policy = $2 where id = $1', [id, policy]);
}

/** Removes an organisation with all that was prepared. What it published stays in the ledger. */
export async function deleteOrganisation(db: Queryable, id: string): Promise<void> {
  await db.query('delete from organisations where id = $1', [id]);
}

/** An organisation as lists show it. */
export interface ListedOrganisation extends Organisation {
  /** Members of the set in force whom it trusts at all. */
  readonly members: number;
  readonly publishedAt: Date | undefined;
  /** Whether the domain that it names has proven the set; undefined when nobody has asked, or it names none. */
  readonly domainProven: boolean | undefined;
}

/** Organisations by their addresses, from the one after `after` on. */
export async function listOrganisations(
  db: Queryable,
  { after = '', limit }: { readonly after?: string | undefined; readonly limit: number },
): Promise<ListedOrganisation[]> {
  const { rows } = await db.query<
    Row & { members: number; publishedAt: Date | null; domainProven: boolean | null }
  >(
    `select
      ${columns},
      entries.recorded_at as "publishedAt",
      (
        select count(*)
        from reviewer_set_members
        where reviewer_set_members.idx = entries.idx and level in ('low', 'medium', 'high')
      ) as members,
      (
        select bool_or(proven)
        from domain_proofs
        where organisation_id = organisations.id and domain_proofs.domain = organisations.domain
      ) as "domainProven"
    from organisations
    left join entries on entries.idx = (${currentSetIndex('organisations.identity', 'organisations.set_name')})
    where organisations.slug > $1
    order by organisations.slug
    limit $2`,
    [after, limit],
  );
  return rows.map(({ members, publishedAt, domainProven, ...row }) => ({
    ...readRow(row),
    members,
    publishedAt: publishedAt ?? undefined,
    domainProven: domainProven ?? undefined,
  }));
}

function readRow({ home, domain, ...row }: Row): Organisation {
  return { ...row, home: home ?? undefined, domain: domain ?? undefined };
}
