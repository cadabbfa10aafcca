// /organisations/:slug/membership: members accept or decline being named, each for the keys of their own account.

import { Router, type Request } from 'express';
import { z } from 'zod';
import { identitySchema } from '../../core/identity-schema.ts';
import { trustLevelSchema } from '../../core/statement/levels.ts';
import { answerMembership, findMembersAmong } from '../../db/organisation-members.ts';
import { describeIdentities } from '../../db/people.ts';
import type { AppDeps } from '../app-deps.ts';
import { accountOf, requireAccount } from '../auth/require-account.ts';
import { formFields, readForm } from '../middleware/form.ts';
import { needsConsent } from '../organisations/compose-set.ts';
import { organisationOf } from '../organisations/find-organisation.ts';
import { headingModel, headingOf } from '../organisations/heading-model.ts';
import { noteEvent } from '../organisations/note-event.ts';
import { parseRequest } from '../parse-request.ts';
import { RequestError } from '../problems.ts';
import { definePage, renderPage } from '../site/page.ts';
import { personModel, personOf } from '../site/person-model.ts';

const membershipPage = definePage(
  'organisations/membership',
  z.strictObject({
    heading: headingModel,
    memberships: z.array(
      z.strictObject({
        person: personModel,
        trust: trustLevelSchema,
        role: z.string().optional(),
        scope: z.array(z.string()),
        state: z.enum(['proposed', 'accepted', 'declined']),
      }),
    ),
  }),
);

const answerForm = z.object({ identity: identitySchema, answer: z.enum(['accepted', 'declined']) });

/** Routes for answering to being named as a member. */
export function organisationMembershipRouter({ state, limits, config, clock }: AppDeps): Router {
  const router = Router();

  router.get('/organisations/:slug/membership', limits.read, requireAccount(), async (request, response) => {
    const { db } = state.service();
    const organisation = await organisationOf(db, request);
    const mine = await findMembersAmong(db, organisation.id, accountOf(request).keys);
    const people = await describeIdentities(
      db,
      mine.map(({ identity }) => identity),
      clock(),
    );
    renderPage(request, response, membershipPage, {
      heading: headingOf(organisation),
      memberships: mine.filter(needsConsent).map(({ identity, trust, role, scope, state: answer }) => ({
        person: personOf(people, identity),
        ...{ trust, role, scope: [...(scope ?? [])], state: answer },
      })),
    });
  });

  router.post(
    '/organisations/:slug/membership',
    ...[limits.submit, requireAccount(), readForm(config.bodySeconds)],
    async (request: Request, response) => {
      const { db } = state.service();
      const account = accountOf(request);
      const organisation = await organisationOf(db, request);
      const { identity, answer } = parseRequest(answerForm, formFields(request), 'form');
      const mine = account.keys.includes(identity)
        ? await findMembersAmong(db, organisation.id, [identity])
        : [];
      if (!mine.some(needsConsent)) {
        throw new RequestError('request-invalid', 'No key of your account was proposed as that member.', {
          status: 403,
          help: 'Sign in with the account that has proven the key.',
        });
      }
      const at = clock();
      await db.transaction(async (transaction) => {
        await answerMembership(transaction, organisation.id, identity, answer, at);
        const action = answer === 'accepted' ? 'membership-accepted' : 'membership-declined';
        await noteEvent(transaction, organisation.id, { account, at }, action, { member: identity });
      });
      response.redirect(303, `/organisations/${organisation.slug}/membership`);
    },
  );
  return router;
}
