// The route table: every route of the service, from which the OpenAPI document, the answers to wrong methods and the
// contract check of the tests are made. A file a group of routes.

import { accountRoutes } from './account-routes.ts';
import { checkRoutes } from './check-routes.ts';
import { ledgerRoutes } from './ledger-routes.ts';
import { logRoutes } from './log-routes.ts';
import type { Route } from './route.ts';
import { serviceRoutes } from './service-routes.ts';
import { statementRoutes } from './statement-routes.ts';

export const routes: readonly Route[] = [
  ...statementRoutes,
  ...checkRoutes,
  ...ledgerRoutes,
  ...logRoutes,
  ...accountRoutes,
  ...serviceRoutes,
];
