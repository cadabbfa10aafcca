// /sign-in and /sign-out: beginning a session by a key or by user name and password, and ending it. A key that nobody has
// proven before makes an account.

import { Router, type Request, type Response } from 'express';
import { z } from 'zod';
import type { AppDeps } from '../app-deps.ts';
import {
  challengeFrame,
  proofErrors,
  proofView,
  proofViewSchema,
  readProofForm,
  type ProofView,
} from '../auth/key-proof-form.ts';
import { logIn, logOut } from '../auth/log-in.ts';
import { userNameSchema } from '../auth/new-password.ts';
import { createPassport } from '../auth/passport.ts';
import { maxPasswordLength } from '../auth/password.ts';
import { proveKey } from '../auth/prove-key.ts';
import { signInByKey } from '../auth/sign-in-by-key.ts';
import { authenticateByPassword } from '../auth/use-passport.ts';
import { formFields, readForm } from '../middleware/form.ts';
import { formErrorSchema, type FormError } from '../site/form-errors.ts';
import { definePage, renderPage } from '../site/page.ts';
import { returnPath } from '../site/return-path.ts';

const signInPage = definePage(
  'sign-in',
  z.strictObject({
    /** Where the person wants to go afterwards. */
    return: z.string(),
    proof: proofViewSchema,
    userName: z.string(),
    errors: z.array(formErrorSchema),
    /** What the provider for single sign-on is called. */
    provider: z.string().optional(),
  }),
);

const passwordForm = z.object({
  'user-name': z.string().max(64).trim().toLowerCase().pipe(userNameSchema),
  password: z.string().min(1).max(maxPasswordLength),
});
const signIn = { kind: 'sign-in' } as const;
/** Longer user names and passwords are nobody's. */
const maxPasswordFormBytes = 8 * 1024;

/** Where somebody goes who has signed in. */
export function afterSignIn(asked: unknown): string {
  return asked === undefined || asked === '' ? '/account' : returnPath(asked);
}

/** Routes for signing in and out. */
export function signInRouter(deps: AppDeps): Router {
  const { state, limits, config, clock } = deps;
  const router = Router();
  const passport = createPassport(state);

  const show = (
    request: Request,
    response: Response,
    asked: unknown,
    what: { proof?: ProofView; userName?: string; errors?: FormError[] } = {},
  ): void => {
    const { proof, userName = '', errors = [] } = what;
    renderPage(request, response.set('Cache-Control', 'no-store'), signInPage, {
      return: afterSignIn(asked),
      proof: proof ?? proofView(challengeFrame(deps, request, signIn)),
      userName,
      errors: [...errors, ...(proof?.errors ?? [])],
      provider: config.oidc?.name,
    });
  };

  router.get('/sign-in', limits.read, (request, response) => {
    const asked = request.query['return'];
    if (request.user !== undefined) response.redirect(303, afterSignIn(asked));
    else show(request, response, asked);
  });

  router.post('/sign-in/key', limits.login, readForm(config.bodySeconds), async (request, response) => {
    const form = readProofForm(request);
    const frame = challengeFrame(deps, request, signIn);
    const { db, ingest } = state.service();
    try {
      const proven = await proveKey(db, form, frame);
      if (form.publish === 'yes' && proven.given !== undefined) {
        await ingest.submitCertificate(proven.given.armored, 'without-proof');
      }
      const { account, isNew } = await signInByKey(db, proven, clock());
      await logIn(request, account);
      response.redirect(303, isNew && form.return === '/account' ? '/account?new' : afterSignIn(form.return));
    } catch (error) {
      const proof = proofView(frame, form, proofErrors(error));
      response.status(422);
      show(request, response, form.return, { proof });
    }
  });

  const small = readForm(config.bodySeconds, maxPasswordFormBytes);
  router.post('/sign-in', limits.login, small, async (request, response) => {
    const fields = formFields(request);
    const form = passwordForm.safeParse(fields);
    const account = form.data && (await authenticateByPassword(passport, request, response, form.data));
    if (account !== undefined) {
      await logIn(request, account);
      response.redirect(303, afterSignIn(fields['return']));
      return;
    }
    const { 'user-name': userName } = fields;
    response.status(422);
    show(request, response, fields['return'], {
      userName: typeof userName === 'string' ? userName : '',
      // One sentence for all, so that nobody learns which names exist.
      errors: [{ field: 'user-name', message: 'User name and password do not fit together.' }],
    });
  });

  router.post('/sign-out', limits.read, async (request, response) => {
    await logOut(request, response);
    response.redirect(303, '/');
  });
  return router;
}
