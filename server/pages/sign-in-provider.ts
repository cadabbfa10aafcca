// /sign-in/provider: to the OpenID Connect provider and back; and /account/logins, which logins lead to an account.
//
// Going there from a form is impossible under form-action 'self', which browsers hold redirects to as well: so it is a link,
// and connecting a login asks on a page first.

import { Router, type Request } from 'express';
import { z } from 'zod';
import { TrustError } from '../../core/errors.ts';
import { addLogin, findAccountByLogin, listLogins, removeLogin } from '../../db/account-logins.ts';
import { createAccount } from '../../db/accounts.ts';
import { removeWayIn } from '../../db/ways-in.ts';
import type { AppDeps } from '../app-deps.ts';
import { logIn } from '../auth/log-in.ts';
import { callbackPath, createOidcClient } from '../auth/oidc.ts';
import { takeJourney, writeJourney, type CookiePlace } from '../auth/provider-cookie.ts';
import { accountOf, requireAccount } from '../auth/require-account.ts';
import { formFields, readForm } from '../middleware/form.ts';
import { parseRequest } from '../parse-request.ts';
import { definePage, renderPage } from '../site/page.ts';
import { afterSignIn } from './sign-in.ts';

const login = z.object({ issuer: z.string().max(2048), subject: z.string().max(255) });
const loginsPage = definePage(
  'account/logins',
  z.strictObject({
    provider: z.string(),
    logins: z.array(z.strictObject({ ...login.shape, addedAt: z.iso.datetime() })),
    /** Address of the provider, once the person has said that they want to go there. */
    goTo: z.url().optional(),
    done: z.enum(['connected', 'removed']).optional(),
  }),
);

/** Routes for signing in by a provider; none when the operator has configured none. */
export function signInProviderRouter({ state, limits, config, clock }: AppDeps): Router {
  const router = Router();
  const { oidc, publicUrl } = config;
  if (oidc === undefined || publicUrl === undefined) return router;
  const provider = createOidcClient(oidc, publicUrl);
  const place = (): CookiePlace => ({
    secret: state.service().siteSecret,
    secure: publicUrl.startsWith('https:'),
    now: clock(),
  });
  const shownLogins = async (request: Request) =>
    (await listLogins(state.service().db, accountOf(request).id)).map(({ addedAt, ...one }) => ({
      ...one,
      addedAt: addedAt.toISOString(),
    }));

  router.get('/sign-in/provider', limits.login, async (request, response) => {
    const { url, secrets } = await provider.begin();
    writeJourney(response, { secrets, return: afterSignIn(request.query['return']) }, place());
    response.set('Cache-Control', 'no-store').redirect(303, url);
  });

  router.get(callbackPath, limits.login, async (request, response) => {
    response.set('Cache-Control', 'no-store');
    const journey = takeJourney(request, response, place());
    if (journey === undefined || (journey.connect !== undefined && journey.connect !== request.user?.id)) {
      throw new TrustError('challenge-invalid', 'This browser did not begin to sign in here.', {
        help: 'Begin again on the page for signing in.',
      });
    }
    const who = await provider.finish(request.originalUrl, journey.secrets);
    const { db } = state.service();
    if (journey.connect !== undefined) {
      await addLogin(db, journey.connect, who, clock());
      response.redirect(303, '/account/logins?done=connected');
      return;
    }
    const account = await db.transaction(async (transaction) => {
      const known = await findAccountByLogin(transaction, who);
      if (known !== undefined) return known;
      const made = await createAccount(transaction, { at: clock() });
      await addLogin(transaction, made.id, who, clock());
      return made;
    });
    await logIn(request, account);
    response.redirect(303, afterSignIn(journey.return));
  });

  router.get('/account/logins', limits.read, requireAccount(), async (request, response) => {
    renderPage(request, response, loginsPage, {
      provider: oidc.name,
      logins: await shownLogins(request),
      done: loginsPage.model.shape.done.safeParse(request.query['done']).data,
    });
  });

  router.post('/account/logins/connect', limits.login, requireAccount(), async (request, response) => {
    const { url, secrets } = await provider.begin();
    writeJourney(response, { secrets, return: '/account/logins', connect: accountOf(request).id }, place());
    renderPage(request, response, loginsPage, {
      provider: oidc.name,
      logins: await shownLogins(request),
      goTo: url,
    });
  });

  const form = readForm(config.bodySeconds, 16 * 1024);
  router.post('/account/logins/remove', limits.read, requireAccount(), form, async (request, response) => {
    const which = parseRequest(login, formFields(request), 'form');
    const { id } = accountOf(request);
    const isRemoved = await removeWayIn(state.service().db, id, (transaction) =>
      removeLogin(transaction, id, which),
    );
    if (!isRemoved) throw new TrustError('not-found', 'That login does not lead to your account.');
    response.redirect(303, '/account/logins?done=removed');
  });
  return router;
}
