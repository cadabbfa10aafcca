// /organisations/:slug/administrators: who may change an organisation: inviting, joining, removing, and the key's own way in.

import { Router, type Request, type Response } from 'express';
import { z } from 'zod';
import { isTrustError, TrustError } from '../../core/errors.ts';
import type { Account } from '../../db/accounts.ts';
import {
  addAdministrator,
  findAdministrators,
  findInvitations,
  invite,
  invitedAs,
  isAdministrator,
  maxAdministrators,
  removeAdministrator,
  removeInvitations,
} from '../../db/organisation-admins.ts';
import type { Organisation } from '../../db/organisations.ts';
import type { AppDeps } from '../app-deps.ts';
import { accountName } from '../auth/account-name.ts';
import { accountOf, requireAccount } from '../auth/require-account.ts';
import { formFields, readForm } from '../middleware/form.ts';
import { administeredBy, organisationOf } from '../organisations/find-organisation.ts';
import { headingModel, headingOf } from '../organisations/heading-model.ts';
import { noteEvent } from '../organisations/note-event.ts';
import { maxMemberText, readMember } from '../organisations/read-member.ts';
import { typedTexts } from '../organisations/typed-texts.ts';
import { parseRequest } from '../parse-request.ts';
import { RequestError } from '../problems.ts';
import { formErrors, formErrorSchema, type FormError } from '../site/form-errors.ts';
import { definePage, renderPage } from '../site/page.ts';

const administratorModel = z.strictObject({ id: z.uuid(), name: z.string(), addedAt: z.iso.datetime() });

const administratorsPage = definePage(
  'organisations/administrators',
  z.strictObject({
    heading: headingModel,
    administrators: z.array(administratorModel),
    invitations: z.array(z.strictObject({ invited: z.string(), invitedAt: z.iso.datetime() })),
    values: z.record(z.string(), z.string()),
    errors: z.array(formErrorSchema),
  }),
);

const removePage = definePage(
  'organisations/administrator-remove',
  z.strictObject({ heading: headingModel, administrator: administratorModel, isSelf: z.boolean() }),
);

const joinPage = definePage(
  'organisations/administrators-join',
  z.strictObject({
    heading: headingModel,
    /** Why the account may join; undefined when it may not. */
    reason: z.enum(['invited', 'holds-key', 'is-one']).optional(),
  }),
);

const inviteForm = z.object({
  invited: z.string().trim().min(1, 'Enter a user name or a key.').max(maxMemberText, 'That is too long.'),
});
const invitedForm = z.object({ invited: z.string().max(100) });
const joinForm = z.object({ answer: z.enum(['join', 'decline']) });

/** Routes for the administrators of an organisation. */
export function organisationAdminsRouter({ state, limits, config, clock }: AppDeps): Router {
  const router = Router();
  const form = readForm(config.bodySeconds);
  const account = requireAccount();

  async function show(
    request: Request,
    response: Response,
    organisation: Organisation,
    values: Readonly<Record<string, string>>,
    errors: FormError[],
  ): Promise<void> {
    const { db } = state.service();
    const invitations = await findInvitations(db, organisation.id);
    if (errors.length > 0) response.status(422);
    renderPage(request, response, administratorsPage, {
      heading: headingOf(organisation),
      administrators: await list(organisation),
      invitations: invitations.map(({ invited, invitedAt }) => ({
        invited,
        invitedAt: invitedAt.toISOString(),
      })),
      ...{ values, errors },
    });
  }

  async function list(organisation: Organisation): Promise<z.input<typeof administratorModel>[]> {
    const found = await findAdministrators(state.service().db, organisation.id);
    return found.map(({ accountId, userName, keys, addedAt }) => ({
      id: accountId,
      name: accountName({ userName, keys }),
      addedAt: addedAt.toISOString(),
    }));
  }

  router.get('/organisations/:slug/administrators', limits.read, account, async (request, response) => {
    const { organisation } = await administeredBy(state.service().db, request);
    await show(request, response, organisation, {}, []);
  });

  router.post(
    '/organisations/:slug/administrators',
    limits.submit,
    account,
    form,
    async (request, response) => {
      const { db } = state.service();
      const { organisation, account: actor } = await administeredBy(db, request);
      const fields = formFields(request);
      const checked = inviteForm.safeParse(fields);
      if (!checked.success) {
        await show(request, response, organisation, typedTexts(fields), formErrors(checked.error));
        return;
      }
      const at = clock();
      try {
        const invited = await readInvited(checked.data.invited);
        await db.transaction(async (transaction) => {
          await invite(transaction, organisation.id, invited, at);
          await noteEvent(transaction, organisation.id, { account: actor, at }, 'administrator-invited', {
            invited,
          });
        });
      } catch (error) {
        if (!isTrustError(error) || error.code === 'internal') throw error;
        const kept = error.code === 'certificate-secret' ? {} : typedTexts(fields);
        const message = [error.message, error.help ?? ''].join(' ').trim();
        await show(request, response, organisation, kept, [{ field: 'invited', message }]);
        return;
      }
      response.redirect(303, `/organisations/${organisation.slug}/administrators`);
    },
  );

  router.post(
    '/organisations/:slug/administrators/withdraw',
    ...[limits.submit, account, form],
    async (request, response) => {
      const { db } = state.service();
      const { organisation, account: actor } = await administeredBy(db, request);
      const { invited } = parseRequest(invitedForm, formFields(request), 'form');
      await db.transaction(async (transaction) => {
        if (!(await removeInvitations(transaction, organisation.id, [invited]))) return;
        const by = { account: actor, at: clock() };
        await noteEvent(transaction, organisation.id, by, 'invitation-withdrawn', { invited });
      });
      response.redirect(303, `/organisations/${organisation.slug}/administrators`);
    },
  );

  /** Why an account may become an administrator. */
  async function reasonOf(
    organisation: Organisation,
    who: Account,
  ): Promise<'invited' | 'holds-key' | 'is-one' | undefined> {
    const { db } = state.service();
    if (await isAdministrator(db, organisation.id, who.id)) return 'is-one';
    if (who.keys.includes(organisation.identity)) return 'holds-key';
    const invitations = await findInvitations(db, organisation.id);
    const names = invitedAs(who);
    return invitations.some(({ invited }) => names.includes(invited)) ? 'invited' : undefined;
  }

  router.get('/organisations/:slug/administrators/join', limits.read, account, async (request, response) => {
    const organisation = await organisationOf(state.service().db, request);
    const reason = await reasonOf(organisation, accountOf(request));
    renderPage(request, response, joinPage, { heading: headingOf(organisation), reason });
  });

  router.post(
    '/organisations/:slug/administrators/join',
    ...[limits.submit, account, form],
    async (request, response) => {
      const { db } = state.service();
      const who = accountOf(request);
      const organisation = await organisationOf(db, request);
      const { answer } = parseRequest(joinForm, formFields(request), 'form');
      const at = clock();
      const joined = await db.transaction(async (transaction) => {
        // Using the invitation up is what decides: one that was just taken back lets nobody in.
        const wasInvited = await removeInvitations(transaction, organisation.id, invitedAs(who));
        if (answer === 'decline') return false;
        if (!wasInvited && !who.keys.includes(organisation.identity)) {
          throw new RequestError('request-invalid', 'You are not invited to administer this organisation.', {
            status: 403,
            help: 'Ask an administrator; or prove the organisation’s key in your account.',
          });
        }
        const others = await findAdministrators(transaction, organisation.id);
        if (others.length >= maxAdministrators) {
          throw new TrustError(
            'request-invalid',
            `An organisation has at most ${maxAdministrators} administrators.`,
          );
        }
        await addAdministrator(transaction, organisation.id, who.id, at);
        const detail = { by: wasInvited ? 'invitation' : 'the organisation’s key' };
        await noteEvent(transaction, organisation.id, { account: who, at }, 'administrator-joined', detail);
        return true;
      });
      response.redirect(303, joined ? `/organisations/${organisation.slug}/edit` : '/organisations');
    },
  );

  /** The administrator whom an address names; throws not-found. */
  async function administratorOf(
    request: Request,
    organisation: Organisation,
  ): Promise<z.input<typeof administratorModel>> {
    const found = (await list(organisation)).find(({ id }) => id === request.params['account']);
    if (found === undefined) throw new TrustError('not-found', 'There is no such administrator.');
    return found;
  }

  router.get(
    '/organisations/:slug/administrators/:account/remove',
    ...[limits.read, account],
    async (request, response) => {
      const { organisation, account: actor } = await administeredBy(state.service().db, request);
      const administrator = await administratorOf(request, organisation);
      renderPage(request, response, removePage, {
        ...{ heading: headingOf(organisation), administrator },
        isSelf: administrator.id === actor.id,
      });
    },
  );

  router.post(
    '/organisations/:slug/administrators/:account/remove',
    ...[limits.submit, account, form],
    async (request, response) => {
      const { db } = state.service();
      const { organisation, account: actor } = await administeredBy(db, request);
      const { id, name } = await administratorOf(request, organisation);
      await db.transaction(async (transaction) => {
        await removeAdministrator(transaction, organisation.id, id);
        const by = { account: actor, at: clock() };
        await noteEvent(transaction, organisation.id, by, 'administrator-removed', { administrator: name });
      });
      const back = id === actor.id ? '/organisations' : `/organisations/${organisation.slug}/administrators`;
      response.redirect(303, back);
    },
  );
  return router;
}

/** What an invitation is kept under: a user name as it is, else the identity that was meant. */
async function readInvited(typed: string): Promise<string> {
  const name = typed.trim().toLowerCase();
  return /^[a-z][a-z0-9-]{1,30}[a-z0-9]$/.test(name) ? name : readMember(typed);
}
