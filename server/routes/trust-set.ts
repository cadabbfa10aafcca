// GET /api/v1/trust-set: whom these roots trust, whom they ban, and by which statements.

import { Router } from 'express';
import { trustSetQuerySchema, type TrustSetResponse } from '../../core/api/checks.ts';
import { packagePurl } from '../../core/digest/purl.ts';
import { defaultTrustParameters } from '../../core/trust/types.ts';
import type { AppDeps } from '../app-deps.ts';
import { parseRequest } from '../parse-request.ts';

/** Routes for trust sets. */
export function trustSetRouter({ state, limits }: AppDeps): Router {
  const router = Router();
  router.get('/api/v1/trust-set', limits.read, async (request, response) => {
    const { graph } = state.service();
    const { root: roots, purl, ...costs } = parseRequest(trustSetQuerySchema, request.query, 'query');
    const scope = purl === undefined ? undefined : packagePurl(purl);
    await graph.follow();
    const view = graph.view(roots, { ...defaultTrustParameters, ...defined(costs) });
    const answer: TrustSetResponse = {
      roots: [...view.roots],
      trusted: view.entries(scope).map(({ id, level, distance }) => ({ id, level, distance })),
      banned: view
        .banned(scope)
        // A root stays trusted, whoever in its web distrusts it.
        .filter(({ root }) => !root)
        .map(({ id, by }) => ({ id, by: [by] })),
      statements: view.usedStatements().map(({ id }) => id),
      ledger: { size: graph.size },
    };
    response.set('Cache-Control', 'no-cache').json(answer);
  });
  return router;
}

/** The fields that have a value. */
function defined<Fields extends object>(fields: Fields): { [Key in keyof Fields]: NonNullable<Fields[Key]> } {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as {
    [Key in keyof Fields]: NonNullable<Fields[Key]>;
  };
}
