// All pages about organisations, in one router.

import { Router } from 'express';
import type { AppDeps } from '../app-deps.ts';
import { organisationAdminsRouter } from './organisation-admins.ts';
import { organisationDetailsRouter } from './organisation-details.ts';
import { organisationDomainRouter } from './organisation-domain.ts';
import { organisationHistoryRouter } from './organisation-history.ts';
import { organisationIncludesRouter } from './organisation-includes.ts';
import { organisationMembersRouter } from './organisation-members.ts';
import { organisationMembershipRouter } from './organisation-membership.ts';
import { organisationExportsRouter } from './organisation-exports.ts';
import { organisationNewRouter } from './organisation-new.ts';
import { organisationTextRouter } from './organisation-text.ts';
import { organisationRouter } from './organisation.ts';
import { organisationsRouter } from './organisations.ts';

const routers = [
  organisationsRouter,
  organisationNewRouter,
  organisationExportsRouter,
  organisationRouter,
  organisationMembersRouter,
  organisationIncludesRouter,
  organisationDetailsRouter,
  organisationTextRouter,
  organisationMembershipRouter,
  organisationAdminsRouter,
  organisationDomainRouter,
  organisationHistoryRouter,
] as const;

/** Routes for organisations. Fixed addresses stand before those that hold a slug. */
export function organisationRouters(deps: AppDeps): Router {
  const router = Router();
  for (const pages of routers) router.use(pages(deps));
  return router;
}
