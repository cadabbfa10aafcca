// GET /identities/:identity: somebody who signs, or is named by those who do.

import { Router } from 'express';
import { z } from 'zod';
import { identitySchema } from '../../core/identity-schema.ts';
import type { AppDeps } from '../app-deps.ts';
import { identityModel, viewIdentity } from '../identities/view-identity.ts';
import { parseRequest } from '../parse-request.ts';
import { definePage, renderPage } from '../site/page.ts';
import { publicOrigin } from '../site/public-origin.ts';
import { identityPath } from '../site/view-text.ts';
import { viewerOf } from '../site/viewer.ts';

const identityPage = definePage('identity', identityModel);
const querySchema = z.object({
  before: z.coerce.number().int().min(0).max(Number.MAX_SAFE_INTEGER).optional(),
});

/** Routes for the pages of identities. */
export function identityRouter({ state, limits, config }: AppDeps): Router {
  const router = Router();
  router.get('/identities/:identity', limits.read, async (request, response) => {
    const asked = request.params['identity'];
    const identity = parseRequest(identitySchema, asked, 'identity');
    if (identity !== asked) {
      response.redirect(301, identityPath(identity));
      return;
    }
    const { before } = parseRequest(querySchema, request.query, 'query');
    const origin = publicOrigin(request, config.publicUrl);
    const model = await viewIdentity(state.service(), identity, before, origin, viewerOf(response));
    renderPage(request, response, identityPage, model);
  });
  return router;
}
