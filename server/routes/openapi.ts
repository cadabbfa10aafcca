// GET /api/openapi.json: the description of the API.

import { Router } from 'express';
import type { AppDeps } from '../app-deps.ts';
import { buildDocument } from '../openapi/build-document.ts';

/** Routes for the API's description. It is built once, when it is first asked for. */
export function openapiRouter({ limits }: AppDeps): Router {
  const router = Router();
  let document: string | undefined;
  router.get('/api/openapi.json', limits.read, (_request, response) => {
    document ??= JSON.stringify(buildDocument());
    response.set('Cache-Control', 'public, max-age=300').type('json').send(document);
  });
  return router;
}
