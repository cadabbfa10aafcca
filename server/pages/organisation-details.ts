// /organisations/:slug/edit/details and …/edit/policy: what an organisation says of itself, and the policy it recommends.

import { Router, type Request, type Response } from 'express';
import { z } from 'zod';
import { isTrustError } from '../../core/errors.ts';
import { isHostileValue } from '../../core/statement/hostile-text.ts';
import {
  changeOrganisation,
  changeOrganisationPolicy,
  deleteOrganisation,
  type Organisation,
} from '../../db/organisations.ts';
import type { AppDeps } from '../app-deps.ts';
import { requireAccount } from '../auth/require-account.ts';
import { formFields, readForm } from '../middleware/form.ts';
import { administeredBy } from '../organisations/find-organisation.ts';
import { detailFields } from '../organisations/form-fields.ts';
import { headingModel, headingOf } from '../organisations/heading-model.ts';
import { noteEvent } from '../organisations/note-event.ts';
import { readRecommendation, recommendable } from '../organisations/read-recommendation.ts';
import { typedTexts } from '../organisations/typed-texts.ts';
import { formErrors, formErrorSchema, type FormError } from '../site/form-errors.ts';
import { definePage, renderPage } from '../site/page.ts';

const formModel = z.strictObject({
  heading: headingModel,
  values: z.record(z.string(), z.string()),
  errors: z.array(formErrorSchema),
});
const detailsPage = definePage('organisations/details', formModel);
const policyPage = definePage(
  'organisations/policy',
  formModel.extend({ recommendable: z.array(z.string()).readonly() }),
);
const deletePage = definePage('organisations/delete', z.strictObject({ heading: headingModel }));

const detailsForm = z.object(detailFields);
const policyForm = z.object({
  policy: z
    .string()
    .max(32_000, 'A recommended policy has at most 32,000 characters.')
    .refine(
      (text) => !isHostileValue(text.replaceAll('\t', ' ')),
      'It holds a control or invisible character.',
    ),
});

/** Routes for an organisation's description, recommended policy and end. */
export function organisationDetailsRouter({ state, limits, config, clock }: AppDeps): Router {
  const router = Router();
  const form = readForm(config.bodySeconds);
  const account = requireAccount();
  const by = (request: Request): ReturnType<typeof administeredBy> =>
    administeredBy(state.service().db, request);

  type Show = (
    request: Request,
    response: Response,
    organisation: Organisation,
    values: Readonly<Record<string, string>>,
    errors: FormError[],
  ) => void;

  const showDetails: Show = (request, response, organisation, values, errors) => {
    if (errors.length > 0) response.status(422);
    renderPage(request, response, detailsPage, { heading: headingOf(organisation), values, errors });
  };

  const showPolicy: Show = (request, response, organisation, values, errors) => {
    if (errors.length > 0) response.status(422);
    renderPage(request, response, policyPage, {
      ...{ heading: headingOf(organisation), values, errors, recommendable },
    });
  };

  router.get('/organisations/:slug/edit/details', limits.read, account, async (request, response) => {
    const { organisation } = await by(request);
    const { title, description, home = '', domain = '' } = organisation;
    showDetails(request, response, organisation, { title, description, home, domain }, []);
  });

  router.post(
    '/organisations/:slug/edit/details',
    limits.submit,
    account,
    form,
    async (request, response) => {
      const { organisation, account: actor } = await by(request);
      const fields = formFields(request);
      const checked = detailsForm.safeParse(fields);
      if (!checked.success) {
        showDetails(request, response, organisation, typedTexts(fields), formErrors(checked.error));
        return;
      }
      await state.service().db.transaction(async (transaction) => {
        await changeOrganisation(transaction, organisation.id, checked.data);
        const { title, home = '', domain = '' } = checked.data;
        const detail = { title, home, domain };
        await noteEvent(
          transaction,
          organisation.id,
          { account: actor, at: clock() },
          'details-changed',
          detail,
        );
      });
      response.redirect(303, `/organisations/${organisation.slug}/edit/text`);
    },
  );

  router.get('/organisations/:slug/edit/policy', limits.read, account, async (request, response) => {
    const { organisation } = await by(request);
    showPolicy(request, response, organisation, { policy: organisation.policy }, []);
  });

  router.post('/organisations/:slug/edit/policy', limits.submit, account, form, async (request, response) => {
    const { organisation, account: actor } = await by(request);
    const fields = formFields(request);
    const checked = policyForm.safeParse(fields);
    const errors = checked.success ? problemsOf(checked.data.policy) : formErrors(checked.error);
    if (!checked.success || errors.length > 0) {
      showPolicy(request, response, organisation, typedTexts(fields), errors);
      return;
    }
    await state.service().db.transaction(async (transaction) => {
      await changeOrganisationPolicy(transaction, organisation.id, checked.data.policy);
      await noteEvent(transaction, organisation.id, { account: actor, at: clock() }, 'policy-changed');
    });
    response.redirect(303, `/organisations/${organisation.slug}/edit/text`);
  });

  router.get('/organisations/:slug/delete', limits.read, account, async (request, response) => {
    const { organisation } = await by(request);
    renderPage(request, response, deletePage, { heading: headingOf(organisation) });
  });

  router.post('/organisations/:slug/delete', limits.submit, account, form, async (request, response) => {
    const { organisation } = await by(request);
    await deleteOrganisation(state.service().db, organisation.id);
    response.redirect(303, '/organisations');
  });
  return router;
}

/** What is wrong with a recommended policy, a line each. */
function problemsOf(policy: string): FormError[] {
  try {
    readRecommendation(policy);
    return [];
  } catch (error) {
    if (!isTrustError(error)) throw error;
    return error.message.split('\n').map((line) => ({ field: 'policy', message: line }));
  }
}
