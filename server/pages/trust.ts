// /trust: the form for a trust statement. `?id=` says whom, `?level=` how far.

import type { Router } from 'express';
import { z } from 'zod';
import type { AppDeps } from '../app-deps.ts';
import { composeModel, composeRoutes } from '../compose/compose-routes.ts';
import { choicesSchema, trustChoices } from '../compose/meanings.ts';
import { fromQuery } from '../compose/from-query.ts';
import { trustComposer } from '../compose/trust.ts';
import { definePage, renderPage } from '../site/page.ts';

const trustPage = definePage('trust', z.strictObject({ ...composeModel, levels: choicesSchema }));

/** Routes for saying whom one trusts. */
export function trustRouter(deps: AppDeps): Router {
  return composeRoutes(deps, {
    composer: trustComposer,
    signTitle: 'Sign your word of trust',
    start: ({ query }) => Promise.resolve(fromQuery({ ids: query['id'], trust: query['level'] })),
    render: (request, response, model) => {
      renderPage(request, response, trustPage, { ...model, levels: trustChoices });
      return Promise.resolve();
    },
  });
}
