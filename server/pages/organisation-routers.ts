// All pages about organisations, in one router.

import { Router } from 'express';
import type { AppDeps } from '../app-deps.ts';
import { organisationAdminsRouter } from './organisation-admins.ts';
import { organisationDetailsRouter } from './organisation-details.ts';
import { organisationHistoryRouter } from './organisation-history.ts';
import { organisationIncludesRouter } from './organisation-includes.ts';
import { organisationMembersRouter } from './organisation-members.ts';
import { organisationMembershipRouter } from './organisation-membership.ts';
import { organisationNewRouter } from './organisation-new.ts';
import { organisationTextRouter } from './organisation-text.ts';
import { organisationsRouter } from './organisations.ts';

const routers = [
  organisationsRouter,
  organisationNewRouter,
  organisationMembersRouter,
  organisationIncludesRouter,
  organisationDetailsRouter,
  organisationTextRouter,
  organisationMembershipRouter,
  organisationAdminsRouter,
  organisationHistoryRouter,
] as const;

/** Routes for organisations. Fixed addresses stand before those that hold a slug. */
export function organisationRouters(deps: AppDeps): Router {
  const router = Router();
  for (const pages of routers) router.use(pages(deps));
  return router;
}
