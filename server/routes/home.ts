// GET /: the start page, which says what this is and that it runs.

import { Router, type Request } from 'express';
import type { AppDeps } from '../app-deps.ts';
import { RequestError } from '../problems.ts';
import { renderPage } from '../render-page.ts';

/** Routes for the start page. */
export function homeRouter({ state, limits }: AppDeps): Router {
  const router = Router();
  router.get('/', limits.read, async (request, response) => {
    const ledger = await state.service().readLedger();
    response.set('Cache-Control', 'no-cache');
    renderPage(response, 'home', { origin: originOf(request), ledger });
  });
  return router;
}

/** Where the reader reached us, for commands to copy. Only plain host names get into a command line. */
function originOf(request: Request): string {
  const origin = `${request.protocol}://${request.get('host') ?? ''}`;
  if (!/^https?:\/\/(?:[a-z0-9.-]+|\[[0-9a-f:]+\])(?::\d{1,5})?$/i.test(origin) || !URL.canParse(origin)) {
    throw new RequestError('request-invalid', 'The Host header is not a host name.', { status: 400 });
  }
  return origin;
}
