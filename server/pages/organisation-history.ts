// GET /organisations/:slug/history: the versions of the set in the ledger and the difference between any two, for everybody;
// who changed what here, for administrators.

import { Router } from 'express';
import { z } from 'zod';
import { TrustError } from '../../core/errors.ts';
import { isAdministrator } from '../../db/organisation-admins.ts';
import { findEvents, organisationActions } from '../../db/organisation-events.ts';
import {
  findCurrentSet,
  findSetVersion,
  findSetVersions,
  type PublishedSet,
} from '../../db/reviewer-sets.ts';
import type { AppDeps } from '../app-deps.ts';
import { describeDifference, differenceModel } from '../organisations/difference-model.ts';
import { organisationOf } from '../organisations/find-organisation.ts';
import { headingModel, headingOf } from '../organisations/heading-model.ts';
import { parseRequest } from '../parse-request.ts';
import { definePage, renderPage } from '../site/page.ts';
import { viewerOf } from '../site/viewer.ts';

/** Versions and events on one page. */
const pageSize = 50;

const versionModel = z.strictObject({
  id: z.string(),
  index: z.number().int(),
  recordedAt: z.iso.datetime(),
  /** As the signed text says. */
  date: z.string(),
  title: z.string(),
  members: z.number().int(),
  state: z.enum(['in-force', 'superseded', 'retracted', 'void']),
});

const historyPage = definePage(
  'organisations/history',
  z.strictObject({
    heading: headingModel,
    isAdministrator: z.boolean(),
    versions: z.array(versionModel),
    nextVersion: z.number().int().optional(),
    /** The two versions that are compared: those asked for, else the newest and the one before. */
    compared: z
      .strictObject({ from: z.number().int().optional(), to: z.number().int(), difference: differenceModel })
      .optional(),
    events: z.array(
      z.strictObject({
        at: z.iso.datetime(),
        actorName: z.string(),
        action: z.enum(organisationActions),
        detail: z.record(z.string(), z.string()),
      }),
    ),
    nextEvent: z.number().int().optional(),
  }),
);

const index = z.coerce.number().int().min(0).max(Number.MAX_SAFE_INTEGER).optional();
const historyQuery = z.object({ from: index, to: index, before: index, events: index });

/** Routes for the history of an organisation. */
export function organisationHistoryRouter({ state, limits }: AppDeps): Router {
  const router = Router();
  router.get('/organisations/:slug/history', limits.read, async (request, response) => {
    const { db } = state.service();
    const { account, now } = viewerOf(response);
    const organisation = await organisationOf(db, request);
    const { identity, setName } = organisation;
    const query = parseRequest(historyQuery, request.query, 'query');
    const administers = account !== undefined && (await isAdministrator(db, organisation.id, account.id));
    const current = await findCurrentSet(db, identity, setName);
    const found = await findSetVersions(db, identity, setName, { before: query.before, limit: pageSize + 1 });
    const shown = found.slice(0, pageSize);
    const events = administers
      ? await findEvents(db, organisation.id, { before: query.events, limit: pageSize + 1 })
      : [];

    const version = async (at: number): Promise<(typeof found)[number]> => {
      const one =
        found.find((known) => known.index === at) ?? (await findSetVersion(db, identity, setName, at));
      if (one !== undefined) return one;
      throw new TrustError('not-found', `Entry ${at} of the ledger is not a version of this set.`);
    };
    const to = query.to ?? found[0]?.index;
    const from = query.from ?? found.find((one) => one.index < (to ?? 0))?.index;
    const compared = to !== undefined && {
      ...{ from, to },
      difference: await describeDifference(
        db,
        from === undefined ? undefined : (await version(from)).set,
        (await version(to)).set,
        now,
      ),
    };
    renderPage(request, response, historyPage, {
      heading: headingOf(organisation),
      isAdministrator: administers,
      versions: shown.map(({ id, index: at, recordedAt, set, state: standing }) => ({
        ...{ id, index: at, date: set.date, title: set.title },
        state: stateOf(standing, at === current?.index),
        recordedAt: recordedAt.toISOString(),
        members: set.members.length,
      })),
      nextVersion: found.length > pageSize ? shown.at(-1)?.index : undefined,
      compared: compared === false ? undefined : compared,
      events: events.slice(0, pageSize).map(({ at, actorName, action, detail }) => ({
        ...{ at: at.toISOString(), actorName, action, detail },
      })),
      nextEvent: events.length > pageSize ? events.at(pageSize - 1)?.id : undefined,
    });
  });
  return router;
}

function stateOf(
  standing: PublishedSet['state'],
  isCurrent: boolean,
): z.output<typeof versionModel>['state'] {
  if (standing !== 'holds') return standing;
  return isCurrent ? 'in-force' : 'superseded';
}
