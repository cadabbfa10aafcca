// /sign-in/passkey: what the browser is to ask a passkey, and the passkey's answer.

import { Router, type Request } from 'express';
import { z } from 'zod';
import type { AppDeps } from '../app-deps.ts';
import { logIn } from '../auth/log-in.ts';
import type { PasskeyFrame } from '../auth/passkey-challenge.ts';
import { passkeyAnswerSchema, passkeySignInOptions, signInByPasskey } from '../auth/passkeys.ts';
import { parseJson } from '../middleware/body.ts';
import { formFields, readForm } from '../middleware/form.ts';
import { parseRequest } from '../parse-request.ts';
import { publicOrigin } from '../site/public-origin.ts';
import { afterSignIn } from './sign-in.ts';

/** The form in which the browser's JSON comes, for adding a passkey and for signing in by one. */
export const passkeyForm = z.object({
  response: z
    .string()
    .max(32 * 1024)
    .regex(/^\{(?:[^[{]*[[{]){0,64}[^[{]*$/, 'Not what a browser sends.'),
  name: z.string().trim().max(64).default(''),
  return: z.string().optional(),
});
export const maxPasskeyFormBytes = 64 * 1024;

/** What a challenge for a passkey is bound to. */
export function passkeyFrame(
  { state, clock, config }: Pick<AppDeps, 'state' | 'clock' | 'config'>,
  request: Request,
  purpose: PasskeyFrame['purpose'],
): PasskeyFrame {
  const origin = publicOrigin(request, config.publicUrl).toLowerCase();
  return { origin, purpose, now: clock(), secret: state.service().siteSecret };
}

/** Routes for signing in by a passkey. */
export function signInPasskeyRouter(deps: AppDeps): Router {
  const { state, limits, config } = deps;
  const router = Router();

  router.get('/sign-in/passkey/options', limits.read, async (request, response) => {
    const options = await passkeySignInOptions(passkeyFrame(deps, request, 'sign-in'));
    response.set('Cache-Control', 'no-store').json(options);
  });

  const form = readForm(config.bodySeconds, maxPasskeyFormBytes);
  router.post('/sign-in/passkey', limits.login, form, async (request, response) => {
    const { response: json, return: back } = parseRequest(passkeyForm, formFields(request), 'form');
    const answer = parseRequest(passkeyAnswerSchema, parseJson(json), 'answer of the passkey');
    const frame = passkeyFrame(deps, request, 'sign-in');
    await logIn(request, await signInByPasskey(state.service().db, answer, frame));
    response.redirect(303, afterSignIn(back));
  });
  return router;
}
