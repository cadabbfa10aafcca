// GET /account: what an account is, and where its parts are changed.

import { Router } from 'express';
import { z } from 'zod';
import { listDrafts } from '../../../db/drafts.ts';
import { readWaysIn } from '../../../db/ways-in.ts';
import type { AppDeps } from '../../app-deps.ts';
import { accountName } from '../../auth/account-name.ts';
import { accountOf, requireAccount } from '../../auth/require-account.ts';
import { definePage, renderPage } from '../../site/page.ts';

const count = z.number().int().min(0);
const overviewPage = definePage(
  'account/overview',
  z.strictObject({
    name: z.string(),
    isNew: z.boolean(),
    joinedAt: z.iso.datetime(),
    ways: z.strictObject({ hasPassword: z.boolean(), keys: count, passkeys: count, logins: count }),
    drafts: count,
    provider: z.string().optional(),
  }),
);

/** Routes for the overview of an account. */
export function overviewRouter({ state, limits, config }: AppDeps): Router {
  const router = Router();
  router.get('/account', limits.read, requireAccount(), async (request, response) => {
    const account = accountOf(request);
    const { db } = state.service();
    const ways = await readWaysIn(db, account.id);
    const drafts = await listDrafts(db, account.id);
    renderPage(request, response, overviewPage, {
      name: accountName(account),
      isNew: request.query['new'] !== undefined,
      joinedAt: account.createdAt.toISOString(),
      ways,
      drafts: drafts.length,
      provider: config.oidc?.name,
    });
  });
  return router;
}
