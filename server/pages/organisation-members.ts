// /organisations/:slug/edit and …/edit/members: the members of the set that is being prepared, for administrators.

import { Router, type Request, type Response } from 'express';
import { z } from 'zod';
import { isTrustError, TrustError } from '../../core/errors.ts';
import { parseIdentity } from '../../core/identity.ts';
import { trustLevelSchema } from '../../core/statement/levels.ts';
import {
  countMembers,
  findMembers,
  findMembersAmong,
  putMembers,
  removeMember,
  type ProposedMember,
} from '../../db/organisation-members.ts';
import type { Organisation } from '../../db/organisations.ts';
import { describeIdentities } from '../../db/people.ts';
import type { AppDeps } from '../app-deps.ts';
import { requireAccount } from '../auth/require-account.ts';
import { formFields, readForm } from '../middleware/form.ts';
import { needsConsent } from '../organisations/compose-set.ts';
import { administeredBy } from '../organisations/find-organisation.ts';
import { headingModel, headingOf } from '../organisations/heading-model.ts';
import { memberLevels, memberTermsForm, proposeForm } from '../organisations/member-form.ts';
import { noteEvent } from '../organisations/note-event.ts';
import { readMember } from '../organisations/read-member.ts';
import { typedTexts } from '../organisations/typed-texts.ts';
import { parseRequest } from '../parse-request.ts';
import { formErrors, formErrorSchema, type FormError } from '../site/form-errors.ts';
import { definePage, renderPage } from '../site/page.ts';
import { personModel, personOf } from '../site/person-model.ts';

/** Members on one page. */
const pageSize = 100;

const memberModel = z.strictObject({
  person: personModel,
  trust: trustLevelSchema,
  role: z.string().optional(),
  scope: z.array(z.string()),
  /** `not-asked`: whom nobody is to rely on needs not agree. */
  state: z.enum(['proposed', 'accepted', 'declined', 'not-asked']),
  answeredAt: z.iso.datetime().optional(),
});
const levelChoices = z.array(z.tuple([trustLevelSchema, z.string()]).readonly()).readonly();
const formModel = {
  values: z.record(z.string(), z.string()),
  errors: z.array(formErrorSchema),
  levels: levelChoices,
};

const membersPage = definePage(
  'organisations/members',
  z.strictObject({
    heading: headingModel,
    members: z.array(memberModel),
    counts: z.strictObject({ proposed: z.number(), accepted: z.number(), declined: z.number() }),
    next: z.string().optional(),
    ...formModel,
  }),
);

const memberPage = definePage(
  'organisations/member',
  z.strictObject({ heading: headingModel, member: memberModel, ...formModel }),
);

const removePage = definePage(
  'organisations/member-remove',
  z.strictObject({ heading: headingModel, member: memberModel }),
);

const membersQuery = z.object({
  after: z.string().max(80).optional(),
  /** Whom a profile page proposes. */
  propose: z.string().max(200).optional(),
});

/** Routes for the members of a set that is being prepared. */
export function organisationMembersRouter({ state, limits, config, clock }: AppDeps): Router {
  const router = Router();
  const form = readForm(config.bodySeconds);
  const account = requireAccount();

  async function describe(members: readonly ProposedMember[]): Promise<z.input<typeof memberModel>[]> {
    const identities = members.map(({ identity }) => identity);
    const people = await describeIdentities(state.service().db, identities, clock());
    return members.map((member) => ({
      person: personOf(people, member.identity),
      trust: member.trust,
      role: member.role,
      scope: [...(member.scope ?? [])],
      state: needsConsent(member) ? member.state : 'not-asked',
      answeredAt: member.answeredAt?.toISOString(),
    }));
  }

  async function showMembers(
    request: Request,
    response: Response,
    organisation: Organisation,
    values: Readonly<Record<string, string>>,
    errors: FormError[],
  ): Promise<void> {
    const { db } = state.service();
    const { after } = parseRequest(membersQuery, request.query, 'query');
    const found = await findMembers(db, organisation.id, { after, limit: pageSize + 1 });
    const shown = found.slice(0, pageSize);
    if (errors.length > 0) response.status(422);
    renderPage(request, response, membersPage, {
      heading: headingOf(organisation),
      members: await describe(shown),
      counts: await countMembers(db, organisation.id),
      next: found.length > pageSize ? shown.at(-1)?.identity : undefined,
      ...{ values, errors, levels: memberLevels },
    });
  }

  router.get('/organisations/:slug/edit', limits.read, account, async (request, response) => {
    const { organisation } = await administeredBy(state.service().db, request);
    const { propose = '' } = parseRequest(membersQuery, request.query, 'query');
    await showMembers(request, response, organisation, { member: propose, trust: 'medium' }, []);
  });

  router.post(
    '/organisations/:slug/edit/members',
    limits.submit,
    account,
    form,
    async (request, response) => {
      const { db } = state.service();
      const { organisation, account: actor } = await administeredBy(db, request);
      const fields = formFields(request);
      const values = typedTexts(fields);
      const checked = proposeForm.safeParse(fields);
      if (!checked.success) {
        await showMembers(request, response, organisation, values, formErrors(checked.error));
        return;
      }
      const { member, ...terms } = checked.data;
      const at = clock();
      try {
        const identity = await readMember(member);
        await db.transaction(async (transaction) => {
          const [before] = await findMembersAmong(transaction, organisation.id, [identity]);
          await putMembers(transaction, organisation.id, [{ identity, ...terms }], at);
          const action = before === undefined ? 'member-proposed' : 'member-changed';
          const detail = { member: identity, ...describeTerms(terms, before) };
          await noteEvent(transaction, organisation.id, { account: actor, at }, action, detail);
        });
      } catch (error) {
        const problem = fieldError(error);
        // What holds a secret key is not shown again.
        const kept = isTrustError(error, 'certificate-secret') ? { ...values, member: '' } : values;
        await showMembers(request, response, organisation, kept, [problem]);
        return;
      }
      response.redirect(303, `/organisations/${organisation.slug}/edit#members`);
    },
  );

  /** The member that an address names; throws not-found. */
  async function memberOf(request: Request, organisation: Organisation): Promise<ProposedMember> {
    const text = request.params['identity'];
    const identity = typeof text === 'string' ? parseIdentity(text) : undefined;
    const found = identity && (await findMembersAmong(state.service().db, organisation.id, [identity]));
    if (found?.[0] === undefined) throw new TrustError('not-found', 'Nobody of that key is a member.');
    return found[0];
  }

  async function showMember(
    request: Request,
    response: Response,
    organisation: Organisation,
    member: ProposedMember,
    values: Readonly<Record<string, string>>,
    errors: FormError[],
  ): Promise<void> {
    const [described] = await describe([member]);
    if (described === undefined) throw new TrustError('internal', 'A member was not described.');
    if (errors.length > 0) response.status(422);
    renderPage(request, response, memberPage, {
      ...{ heading: headingOf(organisation), member: described },
      ...{ values, errors, levels: memberLevels },
    });
  }

  router.get(
    '/organisations/:slug/edit/members/:identity',
    limits.read,
    account,
    async (request, response) => {
      const { organisation } = await administeredBy(state.service().db, request);
      const member = await memberOf(request, organisation);
      const scope = (member.scope ?? []).join('\n');
      await showMember(
        request,
        response,
        organisation,
        member,
        { trust: member.trust, role: member.role ?? '', scope },
        [],
      );
    },
  );

  router.post(
    '/organisations/:slug/edit/members/:identity',
    ...[limits.submit, account, form],
    async (request, response) => {
      const { db } = state.service();
      const { organisation, account: actor } = await administeredBy(db, request);
      const member = await memberOf(request, organisation);
      const fields = formFields(request);
      const checked = memberTermsForm.safeParse(fields);
      if (!checked.success) {
        await showMember(
          request,
          response,
          organisation,
          member,
          typedTexts(fields),
          formErrors(checked.error),
        );
        return;
      }
      const at = clock();
      await db.transaction(async (transaction) => {
        await putMembers(transaction, organisation.id, [{ identity: member.identity, ...checked.data }], at);
        const detail = { member: member.identity, ...describeTerms(checked.data, member) };
        await noteEvent(transaction, organisation.id, { account: actor, at }, 'member-changed', detail);
      });
      response.redirect(303, `/organisations/${organisation.slug}/edit#members`);
    },
  );

  router.get(
    '/organisations/:slug/edit/members/:identity/remove',
    ...[limits.read, account],
    async (request, response) => {
      const { organisation } = await administeredBy(state.service().db, request);
      const [member] = await describe([await memberOf(request, organisation)]);
      if (member === undefined) throw new TrustError('internal', 'A member was not described.');
      renderPage(request, response, removePage, { heading: headingOf(organisation), member });
    },
  );

  router.post(
    '/organisations/:slug/edit/members/:identity/remove',
    ...[limits.submit, account, form],
    async (request, response) => {
      const { db } = state.service();
      const { organisation, account: actor } = await administeredBy(db, request);
      const { identity } = await memberOf(request, organisation);
      await db.transaction(async (transaction) => {
        if (!(await removeMember(transaction, organisation.id, identity))) return;
        const by = { account: actor, at: clock() };
        await noteEvent(transaction, organisation.id, by, 'member-removed', { member: identity });
      });
      response.redirect(303, `/organisations/${organisation.slug}/edit#members`);
    },
  );
  return router;
}

type Terms = Pick<ProposedMember, 'trust' | 'role' | 'scope'>;

/** The terms of a member as the history keeps them. */
function describeTerms(after: Terms, before: Terms | undefined): Record<string, string> {
  const text = ({ trust, role, scope }: Terms): string =>
    [trust, ...(role === undefined ? [] : [role]), ...(scope ?? [])].join(', ');
  return { ...(before !== undefined && { before: text(before) }), after: text(after) };
}

/** What is wrong with the field `member`; rethrows what is no fault of the form. */
function fieldError(error: unknown): FormError {
  if (!(error instanceof TrustError)) throw error;
  const ofForm = ['identity-invalid', 'certificate-invalid', 'certificate-secret', 'request-invalid'];
  const isArmour = ['envelope-unrecognised', 'text-too-large', 'key-weak', 'text-outside-signature'];
  if (![...ofForm, ...isArmour].includes(error.code)) throw error;
  return { field: 'member', message: [error.message, error.help ?? ''].join(' ').trim() };
}
