// /account/password: a new password, or the first one. Whoever is signed in elsewhere is not any more afterwards.

import { Router, type Request, type Response } from 'express';
import { z } from 'zod';
import { isTrustError } from '../../../core/errors.ts';
import { findPassword, setPassword, setUserName } from '../../../db/accounts.ts';
import { endSessions } from '../../../db/sessions.ts';
import type { AppDeps } from '../../app-deps.ts';
import { newPassword, userNameSchema } from '../../auth/new-password.ts';
import { checkPassword, hashPassword, maxPasswordLength } from '../../auth/password.ts';
import { accountOf, requireAccount } from '../../auth/require-account.ts';
import { hashSid } from '../../auth/session-store.ts';
import { formFields, readForm } from '../../middleware/form.ts';
import { formErrors, formErrorSchema, type FormError } from '../../site/form-errors.ts';
import { definePage, renderPage } from '../../site/page.ts';

const passwordPage = definePage(
  'account/password',
  z.strictObject({
    /** Undefined for an account that has no password yet. */
    userName: z.string().optional(),
    typedName: z.string(),
    errors: z.array(formErrorSchema),
    isDone: z.boolean(),
  }),
);

const changeForm = z.object({
  current: z.string().min(1, 'Enter your current password.').max(maxPasswordLength),
  password: newPassword,
});
const firstForm = z.object({ 'user-name': userNameSchema, password: newPassword });

/** Routes for the password of an account. */
export function passwordRouter({ state, limits, config }: AppDeps): Router {
  const router = Router();
  const form = readForm(config.bodySeconds, 8 * 1024);

  const show = (
    request: Request,
    response: Response,
    { typedName = '', errors = [] }: { typedName?: string; errors?: FormError[] } = {},
  ): void => {
    renderPage(request, response, passwordPage, {
      userName: accountOf(request).userName,
      ...{ typedName, errors },
      isDone: request.method === 'GET' && request.query['done'] !== undefined,
    });
  };

  /** Changes the password, or gives the first one; resolves with what is wrong. */
  const change = async (request: Request): Promise<FormError[]> => {
    const { id, userName } = accountOf(request);
    const { db } = state.service();
    const fields = formFields(request);
    if (userName === undefined) {
      const parsed = firstForm.safeParse(fields);
      if (!parsed.success) return formErrors(parsed.error);
      const password = await hashPassword(parsed.data.password);
      try {
        await setUserName(db, id, { userName: parsed.data['user-name'], password });
      } catch (error) {
        if (!isTrustError(error, 'name-taken')) throw error;
        return [{ field: 'user-name', message: 'That user name is taken. Take another.' }];
      }
    } else {
      const parsed = changeForm.safeParse(fields);
      if (!parsed.success) return formErrors(parsed.error);
      const known = await findPassword(db, userName);
      if ((await checkPassword(parsed.data.current, known?.password)) === 'wrong') {
        return [{ field: 'current', message: 'This is not your current password.' }];
      }
      await setPassword(db, id, await hashPassword(parsed.data.password));
    }
    await endSessions(db, id, { allBut: hashSid(request.sessionID) });
    return [];
  };

  router.get('/account/password', limits.read, requireAccount(), (request, response) => {
    show(request, response);
  });

  router.post('/account/password', limits.login, requireAccount(), form, async (request, response) => {
    const errors = await change(request);
    if (errors.length === 0) {
      response.redirect(303, '/account/password?done');
      return;
    }
    const { 'user-name': typedName } = formFields(request);
    response.status(422);
    show(request, response, { errors, typedName: typeof typedName === 'string' ? typedName : '' });
  });
  return router;
}
