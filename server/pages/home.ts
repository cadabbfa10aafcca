// GET /: the start page, which says what this is and that it runs.

import { Router } from 'express';
import { z } from 'zod';
import type { AppDeps } from '../app-deps.ts';
import { definePage, renderPage } from '../site/page.ts';
import { publicOrigin } from '../site/public-origin.ts';

const homePage = definePage(
  'home',
  z.strictObject({
    /** Where this service is reached, without a slash at the end. */
    origin: z.url(),
    ledger: z.strictObject({
      size: z.number().int().min(0),
      lastRecordedAt: z.iso.datetime().optional(),
    }),
  }),
);

/** Routes for the start page. */
export function homeRouter({ state, limits, config }: AppDeps): Router {
  const router = Router();
  router.get('/', limits.read, async (request, response) => {
    const ledger = await state.service().readLedger();
    renderPage(request, response, homePage, { origin: publicOrigin(request, config.publicUrl), ledger });
  });
  return router;
}
