// /source: the form for a source statement, which says that several digests are of one source.

import type { Router } from 'express';
import { z } from 'zod';
import type { AppDeps } from '../app-deps.ts';
import { composeModel, composeRoutes } from '../compose/compose-routes.ts';
import { fromQuery } from '../compose/from-query.ts';
import { sourceComposer } from '../compose/source.ts';
import { definePage, renderPage } from '../site/page.ts';

const sourcePage = definePage('source', z.strictObject(composeModel));

/** Routes for joining digests of one source. */
export function sourceRouter(deps: AppDeps): Router {
  return composeRoutes(deps, {
    composer: sourceComposer,
    signTitle: 'Sign what you found',
    start: ({ query }) => Promise.resolve(fromQuery({ 'package-purl': query['purl'] })),
    render: (request, response, model) => {
      renderPage(request, response, sourcePage, model);
      return Promise.resolve();
    },
  });
}
