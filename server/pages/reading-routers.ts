// The pages to read: what the ledger holds, laid out for people.

import { packageRouter } from './package.ts';
import { statementRouter } from './statement.ts';

/** Routers of the pages to read. */
export const readingRouters = [packageRouter, statementRouter] as const;
