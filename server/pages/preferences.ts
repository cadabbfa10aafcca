// POST /preferences/…: how pages look, and whom the reader trusts directly. Kept in cookies, or with the account.

import { Router } from 'express';
import { z } from 'zod';
import { rootSchema } from '../../core/identity-schema.ts';
import { setRoots } from '../../db/accounts.ts';
import type { AppDeps } from '../app-deps.ts';
import { formFields, readForm } from '../middleware/form.ts';
import { parseRequest } from '../parse-request.ts';
import { writeCookie } from '../site/cookies.ts';
import { returnPath } from '../site/return-path.ts';
import { maxCookieRoots, themes, viewerOf } from '../site/viewer.ts';

const themeForm = z.object({ theme: z.enum(themes), return: z.string().optional() });
const rootForm = z.object({
  root: rootSchema,
  change: z.enum(['add', 'remove']),
  return: z.string().optional(),
});

/** Routes for preferences. */
export function preferencesRouter({ state, limits, config }: AppDeps): Router {
  const router = Router();
  const form = readForm(config.bodySeconds);

  router.post('/preferences/theme', limits.read, form, (request, response) => {
    const { theme, return: back } = parseRequest(themeForm, formFields(request), 'form');
    writeCookie(response, 'theme', theme === 'system' ? '' : theme);
    response.redirect(303, returnPath(back));
  });

  router.post('/preferences/roots', limits.read, form, async (request, response) => {
    const { root, change, return: back } = parseRequest(rootForm, formFields(request), 'form');
    const { account, roots } = viewerOf(response);
    const others = roots.filter((one) => one !== root);
    const changed = change === 'add' ? [...others, root].slice(-maxCookieRoots) : others;
    if (account === undefined) writeCookie(response, 'roots', changed.join(' '));
    else await setRoots(state.service().db, account.id, changed);
    response.redirect(303, returnPath(back));
  });
  return router;
}
