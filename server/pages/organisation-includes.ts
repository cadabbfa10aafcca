// /organisations/:slug/edit/includes: sets of other organisations that the one being prepared includes, with a cap.

import { Router, type Request, type Response } from 'express';
import { z } from 'zod';
import { TrustError } from '../../core/errors.ts';
import { parseRoot, splitRoot, type Root } from '../../core/identity.ts';
import { trustLevelSchema } from '../../core/statement/levels.ts';
import {
  findIncludes,
  putInclude,
  removeInclude,
  type ProposedInclude,
} from '../../db/organisation-members.ts';
import { findOrganisation, type Organisation } from '../../db/organisations.ts';
import { findCurrentSet } from '../../db/reviewer-sets.ts';
import type { AppDeps } from '../app-deps.ts';
import { requireAccount } from '../auth/require-account.ts';
import { formFields, readForm } from '../middleware/form.ts';
import { administeredBy, rootOf } from '../organisations/find-organisation.ts';
import { headingModel, headingOf } from '../organisations/heading-model.ts';
import { includeCaps, includeForm } from '../organisations/member-form.ts';
import { noteEvent } from '../organisations/note-event.ts';
import { typedTexts } from '../organisations/typed-texts.ts';
import { formErrors, formErrorSchema, type FormError } from '../site/form-errors.ts';
import { definePage, renderPage } from '../site/page.ts';

const includeModel = z.strictObject({
  set: z.string(),
  cap: trustLevelSchema,
  scope: z.array(z.string()),
  /** As the set in the ledger says; undefined when there is none in force. */
  title: z.string().optional(),
});

const includesPage = definePage(
  'organisations/includes',
  z.strictObject({
    heading: headingModel,
    includes: z.array(includeModel),
    values: z.record(z.string(), z.string()),
    errors: z.array(formErrorSchema),
    levels: z.array(z.tuple([trustLevelSchema, z.string()]).readonly()).readonly(),
  }),
);

const removePage = definePage(
  'organisations/include-remove',
  z.strictObject({ heading: headingModel, include: includeModel }),
);

/** Routes for the sets that a set includes. */
export function organisationIncludesRouter({ state, limits, config, clock }: AppDeps): Router {
  const router = Router();
  const form = readForm(config.bodySeconds);
  const account = requireAccount();

  async function describe({ included, cap, scope }: ProposedInclude): Promise<z.input<typeof includeModel>> {
    const { owner, setName } = splitRoot(included);
    const found =
      setName === undefined ? undefined : await findCurrentSet(state.service().db, owner, setName);
    return { set: included, cap, scope: [...(scope ?? [])], title: found?.set.title };
  }

  async function show(
    request: Request,
    response: Response,
    organisation: Organisation,
    values: Readonly<Record<string, string>>,
    errors: FormError[],
  ): Promise<void> {
    const includes = [];
    for (const one of await findIncludes(state.service().db, organisation.id))
      includes.push(await describe(one));
    if (errors.length > 0) response.status(422);
    renderPage(request, response, includesPage, {
      ...{ heading: headingOf(organisation), includes, values, errors },
      levels: includeCaps,
    });
  }

  /** The root that was typed, or that the organisation at a typed address has; throws identity-invalid. */
  async function readSet(typed: string, organisation: Organisation): Promise<Root> {
    const slug = /\/organisations\/([a-z0-9-]{2,63})$/.exec(typed)?.[1];
    const found = slug === undefined ? undefined : await findOrganisation(state.service().db, slug);
    const root = found === undefined ? parseRoot(typed) : rootOf(found);
    if (splitRoot(root).setName === undefined) {
      throw new TrustError('identity-invalid', 'That is a key, not a set: propose it as a member.');
    }
    if (root === rootOf(organisation))
      throw new TrustError('identity-invalid', 'A set can’t include itself.');
    return root;
  }

  router.get('/organisations/:slug/edit/includes', limits.read, account, async (request, response) => {
    const { organisation } = await administeredBy(state.service().db, request);
    const { include } = z.object({ include: z.string().max(200).catch('').default('') }).parse(request.query);
    await show(request, response, organisation, { set: include, cap: 'medium' }, []);
  });

  router.post(
    '/organisations/:slug/edit/includes',
    limits.submit,
    account,
    form,
    async (request, response) => {
      const { db } = state.service();
      const { organisation, account: actor } = await administeredBy(db, request);
      const fields = formFields(request);
      const checked = includeForm.safeParse(fields);
      if (!checked.success) {
        await show(request, response, organisation, typedTexts(fields), formErrors(checked.error));
        return;
      }
      const { set, cap, scope } = checked.data;
      try {
        const included = await readSet(set, organisation);
        await db.transaction(async (transaction) => {
          await putInclude(transaction, organisation.id, { included, cap, scope });
          const detail = { set: included, after: [cap, ...(scope ?? [])].join(', ') };
          await noteEvent(
            transaction,
            organisation.id,
            { account: actor, at: clock() },
            'include-put',
            detail,
          );
        });
      } catch (error) {
        if (!(error instanceof TrustError) || !['identity-invalid', 'request-invalid'].includes(error.code))
          throw error;
        const message = [error.message, error.help ?? ''].join(' ').trim();
        await show(request, response, organisation, typedTexts(fields), [{ field: 'set', message }]);
        return;
      }
      response.redirect(303, `/organisations/${organisation.slug}/edit/includes`);
    },
  );

  async function includeOf(request: Request, organisation: Organisation): Promise<ProposedInclude> {
    const text = request.params['set'];
    const found = (await findIncludes(state.service().db, organisation.id)).find(
      ({ included }) => included === text,
    );
    if (found === undefined) throw new TrustError('not-found', 'That set is not included.');
    return found;
  }

  router.get(
    '/organisations/:slug/edit/includes/:set/remove',
    ...[limits.read, account],
    async (request, response) => {
      const { organisation } = await administeredBy(state.service().db, request);
      const include = await describe(await includeOf(request, organisation));
      renderPage(request, response, removePage, { heading: headingOf(organisation), include });
    },
  );

  router.post(
    '/organisations/:slug/edit/includes/:set/remove',
    ...[limits.submit, account, form],
    async (request, response) => {
      const { db } = state.service();
      const { organisation, account: actor } = await administeredBy(db, request);
      const { included } = await includeOf(request, organisation);
      await db.transaction(async (transaction) => {
        if (!(await removeInclude(transaction, organisation.id, included))) return;
        const by = { account: actor, at: clock() };
        await noteEvent(transaction, organisation.id, by, 'include-removed', { set: included });
      });
      response.redirect(303, `/organisations/${organisation.slug}/edit/includes`);
    },
  );
  return router;
}
