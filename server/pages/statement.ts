// GET /statements/:id: one signed statement, what it says, whether it still stands, and how to check it without this service.
// GET /entries/:index: leads to the page of what stands there in the ledger.

import { Router } from 'express';
import { z } from 'zod';
import { TrustError } from '../../core/errors.ts';
import { statementIdSchema } from '../../core/statement/statement.ts';
import { findEntry } from '../../db/standing.ts';
import { findStatementsById } from '../../db/statements.ts';
import type { AppDeps } from '../app-deps.ts';
import { parseRequest } from '../parse-request.ts';
import { definePage, renderPage } from '../site/page.ts';
import { publicOrigin } from '../site/public-origin.ts';
import { identityPath, statementPath } from '../site/view-text.ts';
import { viewerOf } from '../site/viewer.ts';
import { statementModel, viewStatement } from '../statements/view-statement.ts';

const statementPage = definePage('statement', statementModel);
const indexSchema = z
  .string()
  .regex(/^(?:0|[1-9]\d{0,15})$/, 'A ledger index is a whole number.')
  .transform(Number);
const idSchema = z.string().toLowerCase().pipe(statementIdSchema);

/** Routes for the pages of statements and of what stands at a ledger index. */
export function statementRouter({ state, limits, config }: AppDeps): Router {
  const router = Router();

  router.get('/statements/:id', limits.read, async (request, response) => {
    const asked = request.params['id'];
    const id = parseRequest(idSchema, asked, 'statement id');
    if (id !== asked) {
      response.redirect(301, statementPath(id));
      return;
    }
    const { db } = state.service();
    const [stored] = await findStatementsById(db, [id]);
    if (stored === undefined) throw new TrustError('not-found', `The ledger holds no statement ${id}.`);
    const origin = publicOrigin(request, config.publicUrl);
    renderPage(
      request,
      response,
      statementPage,
      await viewStatement(db, stored, origin, viewerOf(response).now),
    );
  });

  router.get('/entries/:index', limits.read, async (request, response) => {
    const index = parseRequest(indexSchema, request.params['index'], 'ledger index');
    const entry = await findEntry(state.service().db, index);
    if (entry === undefined) {
      throw new TrustError('not-found', `The ledger has no entry ${index} yet.`, {
        help: 'The start page says how many entries there are. They are counted from 0.',
      });
    }
    const { kind, author, id } = entry;
    response.redirect(302, kind === 'certificate' ? identityPath(author) : statementPath(id));
  });
  return router;
}
