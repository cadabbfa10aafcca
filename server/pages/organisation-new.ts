// /organisations/new: an organisation around a key that the account has proven to hold.

import { Router, type Request, type Response } from 'express';
import { z } from 'zod';
import { isTrustError } from '../../core/errors.ts';
import { identitySchema } from '../../core/identity-schema.ts';
import { describeIdentities } from '../../db/people.ts';
import type { AppDeps } from '../app-deps.ts';
import { accountOf, requireAccount } from '../auth/require-account.ts';
import { formFields, readForm } from '../middleware/form.ts';
import { makeOrganisation } from '../organisations/create-organisation.ts';
import { detailFields, setNameField, slugField } from '../organisations/form-fields.ts';
import { typedTexts } from '../organisations/typed-texts.ts';
import { formErrors, formErrorSchema, type FormError } from '../site/form-errors.ts';
import { definePage, renderPage } from '../site/page.ts';
import { personModel, personOf } from '../site/person-model.ts';

const newPage = definePage(
  'organisations/new',
  z.strictObject({
    /** Keys that the account has proven, and that can sign a set. */
    keys: z.array(personModel),
    values: z.record(z.string(), z.string()),
    errors: z.array(formErrorSchema),
  }),
);

const newForm = z.object({ identity: identitySchema, set: setNameField, slug: slugField, ...detailFields });

/** Routes for making an organisation. */
export function organisationNewRouter({ state, limits, config, clock }: AppDeps): Router {
  const router = Router();

  async function show(
    request: Request,
    response: Response,
    values: Readonly<Record<string, string>>,
    errors: FormError[],
  ): Promise<void> {
    const keys = accountOf(request).keys.filter((identity) => identity.startsWith('openpgp:'));
    const people = await describeIdentities(state.service().db, keys, clock());
    if (errors.length > 0) response.status(422);
    renderPage(request, response, newPage, {
      keys: keys.map((identity) => personOf(people, identity)),
      values,
      errors,
    });
  }

  router.get('/organisations/new', limits.read, requireAccount(), async (request, response) => {
    await show(request, response, { set: 'reviewers' }, []);
  });

  router.post(
    '/organisations/new',
    limits.submit,
    requireAccount(),
    readForm(config.bodySeconds),
    async (request, response) => {
      const fields = formFields(request);
      const form = newForm.safeParse(fields);
      if (!form.success) {
        await show(request, response, typedTexts(fields), formErrors(form.error));
        return;
      }
      const { set: setName, ...details } = form.data;
      const actor = { account: accountOf(request), at: clock() };
      try {
        const { slug } = await makeOrganisation(state.service().db, actor, { ...details, setName });
        response.redirect(303, `/organisations/${slug}/edit`);
      } catch (error) {
        if (!isTrustError(error, 'name-taken') && !isTrustError(error, 'request-invalid')) throw error;
        const field = error.code === 'name-taken' ? 'slug' : 'identity';
        await show(request, response, typedTexts(fields), [{ field, message: error.message }]);
      }
    },
  );
  return router;
}
