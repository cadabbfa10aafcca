// /api/v1/statements: submitting one, finding some, reading one.

import { Router, type Request } from 'express';
import { lookupRequestSchema, maxDocumentBytes, statementQuerySchema } from '../../core/api/statements.ts';
import { TrustError } from '../../core/errors.ts';
import type { Identity } from '../../core/identity.ts';
import { statementIdSchema } from '../../core/statement/statement.ts';
import { findCertificates } from '../../db/certificates.ts';
import type { Queryable } from '../../db/database.ts';
import { findStatements, findStatementsById, type StoredStatement } from '../../db/statements.ts';
import type { AppDeps } from '../app-deps.ts';
import { limitSubmissions } from '../auth/require-token.ts';
import { bodyJson, bodyText, readBody } from '../middleware/body.ts';
import { parseRequest } from '../parse-request.ts';
import { sendReceipt } from './submit.ts';
import { wireCertificate, wireStatement } from './wire-forms.ts';

const maxLookupBytes = 128 * 1024;

/** Routes for statements. */
export function statementsRouter(deps: AppDeps): Router {
  const { state, limits, config } = deps;
  const router = Router();
  const { bodySeconds: seconds } = config;
  const document = readBody({ types: ['text/plain'], maxBytes: maxDocumentBytes, seconds });
  const ids = readBody({ types: ['application/json'], maxBytes: maxLookupBytes, seconds });

  router.post('/api/v1/statements', limitSubmissions(deps), document, async (request, response) => {
    sendReceipt(response, await state.service().ingest.submitStatement(bodyText(request)));
  });

  router.post('/api/v1/statements/lookup', limits.read, ids, async (request, response) => {
    const { db } = state.service();
    const asked = [...new Set(parseRequest(lookupRequestSchema, bodyJson(request), 'body').ids)];
    const statements = await findStatementsById(db, asked);
    const found = new Set(statements.map(({ id }) => id));
    const authors = new Set<Identity>();
    for (const { envelope, author } of statements) if (envelope === 'openpgp') authors.add(author);
    const certificates = authors.size === 0 ? [] : await findCertificates(db, [...authors]);
    response.set('Cache-Control', 'no-cache').json({
      statements: statements.map(wireStatement),
      missing: asked.filter((id) => !found.has(id)),
      certificates: certificates.map(wireCertificate),
    });
  });

  router.get('/api/v1/statements', limits.read, async (request, response) => {
    const query = parseRequest(statementQuerySchema, request.query, 'query');
    if (query.purl === undefined && query.digest === undefined && query.author === undefined) {
      throw new TrustError('request-invalid', 'The query names neither purl, nor digest, nor author.', {
        help: 'For everything in order, read /api/v1/entries.',
      });
    }
    // One more than asked for tells whether there is a next page.
    const found = await findStatements(state.service().db, { ...query, limit: query.limit + 1 });
    const statements = found.slice(0, query.limit);
    const last = statements.at(-1);
    const next =
      found.length > statements.length && last !== undefined ? nextPage(request, last.index) : undefined;
    response.set('Cache-Control', 'no-cache').json({
      statements: statements.map(wireStatement),
      meta: { ...(next !== undefined && { next }) },
    });
  });

  router.get('/api/v1/statements/:id', limits.read, async (request, response) => {
    const stored = await findOne(state.service().db, request);
    response.set('Cache-Control', 'no-cache').json(wireStatement(stored));
  });

  router.get('/api/v1/statements/:id/document', limits.read, async (request, response) => {
    const stored = await findOne(state.service().db, request);
    response
      .set('Cache-Control', 'public, max-age=31536000, immutable')
      .type('text/plain')
      .send(stored.document);
  });
  return router;
}

async function findOne(db: Queryable, request: Request): Promise<StoredStatement> {
  const id = parseRequest(statementIdSchema, request.params['id'], 'statement id');
  const [stored] = await findStatementsById(db, [id]);
  if (stored !== undefined) return stored;
  throw new TrustError('not-found', `The ledger holds no statement ${id}.`);
}

function nextPage(request: Request, before: number): string {
  const query = new URLSearchParams(request.originalUrl.split('?')[1] ?? '');
  query.set('before', String(before));
  return query.toString();
}
