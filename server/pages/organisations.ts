// GET /organisations: who publishes reviewer sets here, and the sets that stand in the ledger without an organisation.

import { Router } from 'express';
import { z } from 'zod';
import { findInvitedTo, invitedAs } from '../../db/organisation-admins.ts';
import { findOpenMemberships } from '../../db/organisation-members.ts';
import { findOrganisationsOf, listOrganisations } from '../../db/organisations.ts';
import { describeIdentities } from '../../db/people.ts';
import { listSetsElsewhere } from '../../db/reviewer-sets.ts';
import type { AppDeps } from '../app-deps.ts';
import { parseRequest } from '../parse-request.ts';
import { definePage, renderPage } from '../site/page.ts';
import { personModel, personOf } from '../site/person-model.ts';
import { viewerOf } from '../site/viewer.ts';

/** How many of either list stand on one page. */
const pageSize = 50;

const link = z.strictObject({ slug: z.string(), title: z.string() });

const listPage = definePage(
  'organisations/list',
  z.strictObject({
    mine: z.array(link),
    /** What waits for an answer of the account that is signed in. */
    memberships: z.array(link),
    invitations: z.array(link),
    organisations: z.array(
      z.strictObject({
        slug: z.string(),
        title: z.string(),
        home: z.string().optional(),
        domain: z.string().optional(),
        domainProven: z.boolean().optional(),
        members: z.number().int(),
        publishedAt: z.iso.datetime().optional(),
      }),
    ),
    nextOrganisation: z.string().optional(),
    sets: z.array(
      z.strictObject({
        owner: personModel,
        name: z.string(),
        title: z.string(),
        members: z.number().int(),
        recordedAt: z.iso.datetime(),
      }),
    ),
    nextSet: z.number().int().optional(),
  }),
);

const listQuery = z.object({
  after: z.string().max(64).optional(),
  before: z.coerce.number().int().min(0).max(Number.MAX_SAFE_INTEGER).optional(),
});

/** Routes for the list of organisations. */
export function organisationsRouter({ state, limits }: AppDeps): Router {
  const router = Router();

  router.get('/organisations', limits.read, async (request, response) => {
    const { after, before } = parseRequest(listQuery, request.query, 'query');
    const { db } = state.service();
    const { account, now } = viewerOf(response);
    const organisations = await listOrganisations(db, { after, limit: pageSize + 1 });
    const sets = await listSetsElsewhere(db, { before, limit: pageSize + 1 });
    const [shownOrganisations, shownSets] = [organisations.slice(0, pageSize), sets.slice(0, pageSize)];
    const people = await describeIdentities(
      db,
      shownSets.map(({ owner }) => owner),
      now,
    );
    renderPage(request, response, listPage, {
      mine: account === undefined ? [] : (await findOrganisationsOf(db, account.id)).map(linkOf),
      memberships: account === undefined ? [] : (await findOpenMemberships(db, account.keys)).map(linkOf),
      invitations: account === undefined ? [] : (await findInvitedTo(db, invitedAs(account))).map(linkOf),
      organisations: shownOrganisations.map((one) => ({
        ...linkOf(one),
        home: one.home,
        domain: one.domain,
        domainProven: one.domainProven,
        members: one.members,
        publishedAt: one.publishedAt?.toISOString(),
      })),
      nextOrganisation: organisations.length > pageSize ? shownOrganisations.at(-1)?.slug : undefined,
      sets: shownSets.map(({ owner, name, title, members, recordedAt }) => ({
        ...{ name, title, members },
        owner: personOf(people, owner),
        recordedAt: recordedAt.toISOString(),
      })),
      nextSet: sets.length > pageSize ? shownSets.at(-1)?.index : undefined,
    });
  });

  return router;
}

function linkOf({ slug, title }: { readonly slug: string; readonly title: string }): z.input<typeof link> {
  return { slug, title };
}
