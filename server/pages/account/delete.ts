// /account/delete: says first what stays public for ever, then deletes everything else.

import { Router, type Request, type Response } from 'express';
import { z } from 'zod';
import type { Identity } from '../../../core/identity.ts';
import { findPassword } from '../../../db/accounts.ts';
import { countPublished, deleteAccount, soleOrganisations } from '../../../db/delete-account.ts';
import type { AppDeps } from '../../app-deps.ts';
import { logOut } from '../../auth/log-in.ts';
import { checkPassword } from '../../auth/password.ts';
import { accountOf, requireAccount } from '../../auth/require-account.ts';
import { formFields, readForm } from '../../middleware/form.ts';
import { formErrorSchema, type FormError } from '../../site/form-errors.ts';
import { definePage, renderPage } from '../../site/page.ts';

const deletePage = definePage(
  'account/delete',
  z.strictObject({
    published: z.array(
      z.strictObject({ identity: z.custom<Identity>(), statements: z.number().int().min(0) }),
    ),
    organisations: z.array(z.strictObject({ slug: z.string(), title: z.string() })),
    hasPassword: z.boolean(),
    errors: z.array(formErrorSchema),
  }),
);

/** Routes for deleting an account. */
export function deleteRouter({ state, limits, config }: AppDeps): Router {
  const router = Router();
  const form = readForm(config.bodySeconds, 8 * 1024);

  const show = async (request: Request, response: Response, errors: FormError[]): Promise<void> => {
    const { id, keys, userName } = accountOf(request);
    const { db } = state.service();
    renderPage(request, response, deletePage, {
      published: await countPublished(db, keys),
      organisations: await soleOrganisations(db, id),
      hasPassword: userName !== undefined,
      errors,
    });
  };

  router.get('/account/delete', limits.read, requireAccount(), (request, response) =>
    show(request, response, []),
  );

  router.post('/account/delete', limits.login, requireAccount(), form, async (request, response) => {
    const { id, userName } = accountOf(request);
    const { db } = state.service();
    const { confirm, password } = formFields(request);
    const errors: FormError[] = [];
    if (confirm !== 'yes') errors.push({ field: 'confirm', message: 'Tick that you have read what stays.' });
    if (userName !== undefined) {
      const known = await findPassword(db, userName);
      const typed = typeof password === 'string' ? password.slice(0, 256) : '';
      if (known !== undefined && (await checkPassword(typed, known.password)) === 'wrong') {
        errors.push({ field: 'password', message: 'This is not your password.' });
      }
    }
    if (errors.length > 0) {
      await show(request, response.status(422), errors);
      return;
    }
    await logOut(request, response);
    await db.transaction((transaction) => deleteAccount(transaction, id));
    response.redirect(303, '/');
  });
  return router;
}
