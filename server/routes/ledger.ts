// /api/v1/ledger and /api/v1/entries: the ledger itself.

import { Router } from 'express';
import { entriesQuerySchema } from '../../core/api/checks.ts';
import { readLeaves } from '../../db/entries.ts';
import type { AppDeps } from '../app-deps.ts';
import { parseRequest } from '../parse-request.ts';

/** Routes for the ledger. */
export function ledgerRouter({ state, limits }: AppDeps): Router {
  const router = Router();
  router.get('/api/v1/ledger', limits.read, async (_request, response) => {
    response.set('Cache-Control', 'no-cache').json(await state.service().readLedger());
  });

  router.get('/api/v1/entries', limits.read, async (request, response) => {
    const { start, limit } = parseRequest(entriesQuerySchema, request.query, 'query');
    const entries = await readLeaves(state.service().db, start, limit);
    response.set('Cache-Control', 'no-cache').json({ entries });
  });
  return router;
}
