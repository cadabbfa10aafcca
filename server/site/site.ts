// The site: everything that people open in a browser, behind one session, one check against forged requests, one viewer.

import { Router } from 'express';
import type { AppDeps } from '../app-deps.ts';
import { sessions } from '../auth/sessions.ts';
import { accountRouters } from '../pages/account/routers.ts';
import { homeRouter } from '../pages/home.ts';
import { organisationRouters } from '../pages/organisation-routers.ts';
import { preferencesRouter } from '../pages/preferences.ts';
import { readingRouters } from '../pages/reading-routers.ts';
import { signingRouters } from '../pages/signing-routers.ts';
import { styleGuideRouter } from '../pages/style-guide.ts';
import { sameOriginOnly } from './same-origin.ts';
import { readViewer } from './viewer.ts';

/** Routers of all pages, in the order of docs/ARCHITECTURE.md. */
export const pageRouters = [
  homeRouter,
  organisationRouters,
  styleGuideRouter,
  preferencesRouter,
  ...readingRouters,
  ...signingRouters,
  ...accountRouters,
] as const;

/** The site, to be mounted after the API: it answers every path that nothing before it took. */
export function siteRouter(deps: AppDeps): Router {
  const router = Router();
  router.use(sameOriginOnly());
  router.use(sessions(deps));
  router.use(readViewer(deps));
  for (const pages of pageRouters) router.use(pages(deps));
  return router;
}
