// /account/passkeys: listing, adding and removing them.

import { Router } from 'express';
import { z } from 'zod';
import { TrustError } from '../../../core/errors.ts';
import { listPasskeys, removePasskey } from '../../../db/passkeys.ts';
import { removeWayIn } from '../../../db/ways-in.ts';
import type { AppDeps } from '../../app-deps.ts';
import {
  base64url,
  canHavePasskeys,
  newPasskeyOptions,
  newPasskeySchema,
  registerPasskey,
} from '../../auth/passkeys.ts';
import { accountOf, requireAccount } from '../../auth/require-account.ts';
import { parseJson } from '../../middleware/body.ts';
import { formFields, readForm } from '../../middleware/form.ts';
import { parseRequest } from '../../parse-request.ts';
import { definePage, renderPage } from '../../site/page.ts';
import { maxPasskeyFormBytes, passkeyForm, passkeyFrame } from '../sign-in-passkey.ts';

const credential = z
  .string()
  .min(1)
  .max(1400)
  .regex(/^[A-Za-z0-9_-]+$/);
const passkeysPage = definePage(
  'account/passkeys',
  z.strictObject({
    passkeys: z.array(
      z.strictObject({
        id: credential,
        name: z.string(),
        addedAt: z.iso.datetime(),
        usedAt: z.iso.datetime().optional(),
      }),
    ),
    /** False where the site is reached by a number instead of a name. */
    isPossible: z.boolean(),
    done: z.enum(['added', 'removed']).optional(),
  }),
);
const removePage = definePage('account/remove-passkey', z.strictObject({ id: credential, name: z.string() }));
const idForm = z.object({ id: credential });

/** Routes for the passkeys of an account. */
export function passkeysRouter(deps: AppDeps): Router {
  const { state, limits, config } = deps;
  const router = Router();
  const form = readForm(config.bodySeconds, maxPasskeyFormBytes);

  router.get('/account/passkeys', limits.read, requireAccount(), async (request, response) => {
    const account = accountOf(request);
    const passkeys = await listPasskeys(state.service().db, account.id);
    renderPage(request, response, passkeysPage, {
      passkeys: passkeys.map(({ credentialId, name, addedAt, usedAt }) => ({
        id: base64url(credentialId),
        name,
        addedAt: addedAt.toISOString(),
        usedAt: usedAt?.toISOString(),
      })),
      isPossible: canHavePasskeys(passkeyFrame(deps, request, 'sign-in').origin),
      done: passkeysPage.model.shape.done.safeParse(request.query['done']).data,
    });
  });

  router.get('/account/passkeys/options', limits.read, requireAccount(), async (request, response) => {
    const account = accountOf(request);
    const frame = passkeyFrame(deps, request, `add to ${account.id}`);
    response
      .set('Cache-Control', 'no-store')
      .json(await newPasskeyOptions(state.service().db, account, frame));
  });

  router.post('/account/passkeys', limits.login, requireAccount(), form, async (request, response) => {
    const account = accountOf(request);
    const fields = parseRequest(passkeyForm, formFields(request), 'form');
    const made = parseRequest(newPasskeySchema, parseJson(fields.response), 'new passkey');
    const frame = passkeyFrame(deps, request, `add to ${account.id}`);
    const name = fields.name === '' ? 'Passkey' : fields.name;
    await registerPasskey(state.service().db, { account, name, response: made }, frame);
    response.redirect(303, '/account/passkeys?done=added');
  });

  router.get('/account/passkeys/remove', limits.read, requireAccount(), async (request, response) => {
    const { id } = parseRequest(idForm, request.query, 'query');
    const passkeys = await listPasskeys(state.service().db, accountOf(request).id);
    const passkey = passkeys.find(({ credentialId }) => base64url(credentialId) === id);
    if (passkey === undefined) throw gone();
    renderPage(request, response, removePage, { id, name: passkey.name });
  });

  router.post('/account/passkeys/remove', limits.read, requireAccount(), form, async (request, response) => {
    const { id } = parseRequest(idForm, formFields(request), 'form');
    const { id: accountId } = accountOf(request);
    const isRemoved = await removeWayIn(state.service().db, accountId, (transaction) =>
      removePasskey(transaction, accountId, Buffer.from(id, 'base64url')),
    );
    if (!isRemoved) throw gone();
    response.redirect(303, '/account/passkeys?done=removed');
  });
  return router;
}

function gone(): TrustError {
  return new TrustError('not-found', 'Your account has no such passkey.');
}
