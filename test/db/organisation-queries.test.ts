import { beforeAll, expect, it } from 'vitest';
import { parseIdentity } from '../../core/identity.ts';
import type { Database, Queryable } from '../../db/database.ts';
import { findDomainProofs } from '../../db/domain-proofs.ts';
import { findCoverage, findNewestReviews } from '../../db/member-coverage.ts';
import { findAdministrators, findInvitedTo } from '../../db/organisation-admins.ts';
import { findEvents } from '../../db/organisation-events.ts';
import {
  countMembers,
  findIncludes,
  findMembers,
  findOpenMemberships,
} from '../../db/organisation-members.ts';
import {
  findOrganisation,
  findOrganisationOfSet,
  findOrganisationsOf,
  listOrganisations,
} from '../../db/organisations.ts';
import {
  findCurrentSet,
  findSetVersion,
  findSetVersions,
  listSetsElsewhere,
} from '../../db/reviewer-sets.ts';
import { describeDatabases } from '../support/database.ts';

describeDatabases('queries of the pages about organisations', (open) => {
  let db: Database;
  beforeAll(async () => {
    db = await open();
  });

  const owner = parseIdentity(`openpgp:${'AB'.repeat(20)}`);
  const id = '00000000-0000-4000-8000-000000000000';

  const asked: readonly (readonly [string, (db: Queryable) => Promise<unknown>])[] = [
    ['the list of organisations', (one) => listOrganisations(one, { limit: 50 })],
    ['the list of other sets', (one) => listSetsElsewhere(one, { limit: 50 })],
    ['an organisation', (one) => findOrganisation(one, 'acme')],
    ['the organisation of a set', (one) => findOrganisationOfSet(one, owner, 'core')],
    ['organisations of an account', (one) => findOrganisationsOf(one, id)],
    ['invitations of an account', (one) => findInvitedTo(one, ['ada'])],
    ['open memberships', (one) => findOpenMemberships(one, [owner])],
    ['the set in force', (one) => findCurrentSet(one, owner, 'core')],
    ['its versions', (one) => findSetVersions(one, owner, 'core', { limit: 50 })],
    ['one version', (one) => findSetVersion(one, owner, 'core', 7)],
    ['what members covered', (one) => findCoverage(one, [owner])],
    ['newest reviews of members', (one) => findNewestReviews(one, [owner], 10)],
    ['members', (one) => findMembers(one, id)],
    ['counts of members', (one) => countMembers(one, id)],
    ['included sets', (one) => findIncludes(one, id)],
    ['administrators', (one) => findAdministrators(one, id)],
    ['events', (one) => findEvents(one, id, { limit: 50 })],
    ['domain proofs', (one) => findDomainProofs(one, id, 'example.org')],
  ];

  it.each(asked)('need no scan of a table: %s', async (_what, ask) => {
    const plans = await db.transaction(async (transaction) => {
      // Tables are empty here, so the planner would scan them; told not to, it does only where no index serves.
      await transaction.query('set local enable_seqscan = off');
      const seen: string[] = [];
      await ask({
        query: async (text, values) => {
          const { rows } = await transaction.query<{ 'QUERY PLAN': string }>(
            `explain (costs off) ${text}`,
            values,
          );
          seen.push(rows.map((row) => row['QUERY PLAN']).join('\n'));
          return { rows: [], rowCount: 0 };
        },
      });
      return seen;
    });
    expect(plans.length).toBeGreaterThan(0);
    for (const plan of plans) expect(plan).not.toContain('Seq Scan');
  });
});
