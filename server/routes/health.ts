// GET /livez and GET /readyz: whether the process answers, and whether it can serve. Never rate-limited.

import { Router } from 'express';
import type { AppDeps } from '../app-deps.ts';

/** Routes for health probes. */
export function healthRouter({ state }: AppDeps): Router {
  const router = Router();
  router.use(['/livez', '/readyz'], (_request, response, next) => {
    response.set('Cache-Control', 'no-store');
    next();
  });
  router.get('/livez', (_request, response) => {
    response.json({ status: 'live' });
  });
  router.get('/readyz', async (_request, response) => {
    await state.checkReady();
    response.json({ status: 'ready' });
  });
  return router;
}
