// GET /api/v1/account: whose token it is.

import { Router } from 'express';
import type { z } from 'zod';
import type { accountSchema } from '../../core/api/account.ts';
import { formatSeconds } from '../../core/time.ts';
import { listAccountKeys } from '../../db/account-keys.ts';
import type { AppDeps } from '../app-deps.ts';
import { accountOf } from '../auth/require-account.ts';
import { requireToken } from '../auth/require-token.ts';

/** Routes for the account behind a token. */
export function accountRouter(deps: AppDeps): Router {
  const router = Router();
  router.get(
    '/api/v1/account',
    deps.limits.read,
    requireToken(deps, 'account:read'),
    async (request, response) => {
      const { id, userName, createdAt } = accountOf(request);
      const keys = await listAccountKeys(deps.state.service().db, id);
      const account: z.input<typeof accountSchema> = {
        id,
        ...(userName !== undefined && { userName }),
        keys: keys.map(({ identity, label, provenAt }) => ({
          identity,
          ...(label !== undefined && { label }),
          provenAt: formatSeconds(provenAt),
        })),
        createdAt: formatSeconds(createdAt),
      };
      response.set('Cache-Control', 'no-store').json(account);
    },
  );
  return router;
}
