// /organisations/:slug/edit/text: the exact text of the set that is being prepared, what it changes, and signing it.

import { Router } from 'express';
import { z } from 'zod';
import { isTrustError } from '../../core/errors.ts';
import { formatStatement } from '../../core/statement/canonical.ts';
import { maxStatementBytes } from '../../core/statement/statement.ts';
import { identitySchema } from '../../core/identity-schema.ts';
import { countMembers } from '../../db/organisation-members.ts';
import { describeIdentities } from '../../db/people.ts';
import { findCurrentSet } from '../../db/reviewer-sets.ts';
import type { AppDeps } from '../app-deps.ts';
import { requireAccount } from '../auth/require-account.ts';
import { composeSet } from '../organisations/compose-set.ts';
import { describeDifference, differenceModel } from '../organisations/difference-model.ts';
import { administeredBy } from '../organisations/find-organisation.ts';
import { headingModel, headingOf } from '../organisations/heading-model.ts';
import { definePage, renderPage } from '../site/page.ts';

const textPage = definePage(
  'organisations/text',
  z.strictObject({
    heading: headingModel,
    author: identitySchema,
    /** Whether the ledger has the certificate of the key, without which nothing signed can be verified. */
    key: z.enum(['valid', 'expired', 'revoked', 'unknown']),
    /** Undefined when the set does not fit into a statement, or says nothing yet. */
    text: z.string().optional(),
    problem: z.string().optional(),
    withPending: z.boolean(),
    counts: z.strictObject({ proposed: z.number(), accepted: z.number(), declined: z.number() }),
    members: z.number().int(),
    published: z.strictObject({ id: z.string(), index: z.number(), recordedAt: z.iso.datetime() }).optional(),
    difference: differenceModel,
  }),
);

const textQuery = z.object({ pending: z.enum(['include', 'leave']).catch('leave').default('leave') });

/** Routes for the text of a set that is being prepared. */
export function organisationTextRouter({ state, limits, clock }: AppDeps): Router {
  const router = Router();
  router.get('/organisations/:slug/edit/text', limits.read, requireAccount(), async (request, response) => {
    const { db } = state.service();
    const { organisation } = await administeredBy(db, request);
    const withPending = textQuery.parse(request.query).pending === 'include';
    const { set } = await composeSet(db, organisation, { at: clock(), withPending });
    const published = await findCurrentSet(db, organisation.identity, organisation.setName);
    const { text, problem } = write(set);
    const people = await describeIdentities(db, [organisation.identity], clock());
    renderPage(request, response, textPage, {
      heading: headingOf(organisation),
      author: organisation.identity,
      key: people.get(organisation.identity)?.key ?? 'unknown',
      ...{ text, problem, withPending },
      counts: await countMembers(db, organisation.id),
      members: set.members.length,
      published: published && {
        ...{ id: published.id, index: published.index },
        recordedAt: published.recordedAt.toISOString(),
      },
      difference: await describeDifference(db, published?.set, set, clock()),
    });
  });
  return router;
}

/** The text of a set, or why there is none. */
function write(set: Parameters<typeof formatStatement>[0]): { text?: string; problem?: string } {
  try {
    return { text: formatStatement(set) };
  } catch (error) {
    if (isTrustError(error, 'text-too-large')) {
      return {
        problem: `The set does not fit into a statement of ${maxStatementBytes / 1024} KiB. Split it: make a second set, and include it in this one.`,
      };
    }
    if (isTrustError(error, 'text-forbidden-character')) return { problem: error.message };
    throw error;
  }
}
