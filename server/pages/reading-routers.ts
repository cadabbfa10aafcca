// The pages to read: what the ledger holds, laid out for people.

import { identityRouter } from './identity.ts';
import { packageRouter } from './package.ts';
import { rootsRouter } from './roots.ts';
import { searchRouter } from './search.ts';
import { statementRouter } from './statement.ts';

/** Routers of the pages to read. */
export const readingRouters = [
  packageRouter,
  statementRouter,
  identityRouter,
  searchRouter,
  rootsRouter,
] as const;
