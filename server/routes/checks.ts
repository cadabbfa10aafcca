// POST /api/v1/checks: the verdict on every input of a closure, under the asker's own policy.

import { Router } from 'express';
import { checkRequestSchema } from '../../core/api/checks.ts';
import type { AppDeps } from '../app-deps.ts';
import { check } from '../checks/check.ts';
import { bodyJson, readBody } from '../middleware/body.ts';
import { maxCheckBytes } from '../openapi/check-routes.ts';
import { parseRequest } from '../parse-request.ts';

/** Routes for checks. */
export function checksRouter({ state, limits, config, clock }: AppDeps): Router {
  const router = Router();
  const body = readBody({
    types: ['application/json'],
    maxBytes: maxCheckBytes,
    seconds: config.bodySeconds,
    inflate: true,
  });
  router.post('/api/v1/checks', limits.check, body, async (request, response) => {
    const service = state.service();
    const question = parseRequest(checkRequestSchema, bodyJson(request), 'body');
    const answer = await check(service, question, clock());
    // Not by response.json: an ETag over megabytes that nobody may keep is work for nothing.
    response.set('Cache-Control', 'no-store').type('json').end(JSON.stringify(answer));
  });
  return router;
}
