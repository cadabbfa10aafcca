// /join: making an account, by a key or with user name and password; and what to know before.

import { Router, type Request, type Response } from 'express';
import { z } from 'zod';
import { isTrustError } from '../../core/errors.ts';
import { createAccount } from '../../db/accounts.ts';
import type { AppDeps } from '../app-deps.ts';
import { challengeFrame, proofView, proofViewSchema } from '../auth/key-proof-form.ts';
import { logIn } from '../auth/log-in.ts';
import { newPassword, userNameSchema } from '../auth/new-password.ts';
import { hashPassword } from '../auth/password.ts';
import { formFields, readForm } from '../middleware/form.ts';
import { formErrors, formErrorSchema, type FormError } from '../site/form-errors.ts';
import { definePage, renderPage } from '../site/page.ts';
import { afterSignIn } from './sign-in.ts';

const joinPage = definePage(
  'join',
  z.strictObject({
    return: z.string(),
    proof: proofViewSchema,
    userName: z.string(),
    errors: z.array(formErrorSchema),
    provider: z.string().optional(),
  }),
);

const joinForm = z.object({ 'user-name': userNameSchema, password: newPassword });
const maxFormBytes = 8 * 1024;

/** Routes for joining. */
export function joinRouter(deps: AppDeps): Router {
  const { state, limits, config, clock } = deps;
  const router = Router();

  const show = (
    request: Request,
    response: Response,
    asked: unknown,
    { userName = '', errors = [] }: { userName?: string; errors?: FormError[] } = {},
  ): void => {
    renderPage(request, response.set('Cache-Control', 'no-store'), joinPage, {
      return: afterSignIn(asked),
      proof: proofView(challengeFrame(deps, request, { kind: 'sign-in' })),
      userName,
      errors,
      provider: config.oidc?.name,
    });
  };

  router.get('/join', limits.read, (request, response) => {
    const asked = request.query['return'];
    if (request.user !== undefined) response.redirect(303, afterSignIn(asked));
    else show(request, response, asked);
  });

  const form = readForm(config.bodySeconds, maxFormBytes);
  router.post('/join', limits.login, form, async (request, response) => {
    const fields = formFields(request);
    const parsed = joinForm.safeParse(fields);
    const refuse = (errors: FormError[]): void => {
      const { 'user-name': userName } = fields;
      response.status(422);
      show(request, response, fields['return'], {
        userName: typeof userName === 'string' ? userName : '',
        errors,
      });
    };
    if (!parsed.success) {
      refuse(formErrors(parsed.error));
      return;
    }
    const { 'user-name': userName } = parsed.data;
    // The same work whether or not the name is taken.
    const password = await hashPassword(parsed.data.password);
    try {
      const account = await createAccount(state.service().db, { userName, password, at: clock() });
      await logIn(request, account);
      response.redirect(303, afterSignIn(fields['return']));
    } catch (error) {
      if (!isTrustError(error, 'name-taken')) throw error;
      refuse([{ field: 'user-name', message: 'That user name is taken. Take another.' }]);
    }
  });
  return router;
}
