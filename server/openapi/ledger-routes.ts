// Route table: the ledger itself.

import { entriesQuerySchema, entriesSchema, ledgerSchema } from '../../core/api/checks.ts';
import type { Route } from './route.ts';

export const ledgerRoutes: readonly Route[] = [
  {
    method: 'get',
    path: '/api/v1/ledger',
    id: 'getLedger',
    tag: 'Ledger',
    summary: 'Get the size of the ledger and the time of its last entry',
    answers: { 200: { description: 'Its state.', content: { 'application/json': ledgerSchema } } },
    problems: [],
  },
  {
    method: 'get',
    path: '/api/v1/entries',
    id: 'listEntries',
    tag: 'Ledger',
    summary: 'Get leaf records by index, oldest first',
    description: 'The exact text of a leaf is specified in docs/LEDGER-FORMAT.md.',
    query: entriesQuerySchema,
    answers: { 200: { description: 'The records.', content: { 'application/json': entriesSchema } } },
    problems: [],
  },
];
