// Route table: the account of whoever asks.

import { accountSchema } from '../../core/api/account.ts';
import type { Route } from './route.ts';

export const accountRoutes: readonly Route[] = [
  {
    method: 'get',
    path: '/api/v1/account',
    id: 'getAccount',
    tag: 'Account',
    summary: 'Get the account that the token belongs to, with its keys',
    token: { scope: 'account:read', isNeeded: true },
    answers: { 200: { description: 'The account.', content: { 'application/json': accountSchema } } },
    problems: ['unauthenticated', 'forbidden'],
  },
];
