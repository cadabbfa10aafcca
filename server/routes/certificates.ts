// /api/v1/certificates: submitting an OpenPGP certificate, reading one.

import { Router, type Request } from 'express';
import { maxCertificateBytes } from '../../core/api/statements.ts';
import { TrustError } from '../../core/errors.ts';
import { identitySchema } from '../../core/identity-schema.ts';
import { findCertificate, type StoredCertificate } from '../../db/certificates.ts';
import type { Queryable } from '../../db/database.ts';
import type { AppDeps } from '../app-deps.ts';
import { limitSubmissions } from '../auth/require-token.ts';
import { bodyBytes, bodyText, readBody } from '../middleware/body.ts';
import { parseRequest } from '../parse-request.ts';
import { sendReceipt } from './submit.ts';
import { wireCertificate } from './wire-forms.ts';

const binary = 'application/octet-stream';

/** Routes for certificates. */
export function certificatesRouter(deps: AppDeps): Router {
  const { state, limits, config } = deps;
  const router = Router();
  const body = readBody({
    types: ['text/plain', binary],
    maxBytes: maxCertificateBytes,
    seconds: config.bodySeconds,
  });

  router.post('/api/v1/certificates', limitSubmissions(deps), body, async (request, response) => {
    const certificate = request.is(binary) === binary ? bodyBytes(request) : bodyText(request);
    sendReceipt(response, await state.service().ingest.submitCertificate(certificate));
  });

  router.get('/api/v1/certificates/:identity', limits.read, async (request, response) => {
    const stored = await findOne(state.service().db, request);
    response.set('Cache-Control', 'no-cache').json(wireCertificate(stored));
  });

  router.get('/api/v1/certificates/:identity/document', limits.read, async (request, response) => {
    const stored = await findOne(state.service().db, request);
    response.set('Cache-Control', 'no-cache').type('text/plain').send(stored.armored);
  });
  return router;
}

async function findOne(db: Queryable, request: Request): Promise<StoredCertificate> {
  const identity = parseRequest(identitySchema, request.params['identity'], 'identity');
  const stored = await findCertificate(db, identity);
  if (stored !== undefined) return stored;
  throw new TrustError('not-found', `The ledger holds no certificate of ${identity}.`, {
    ...(identity.startsWith('crev:') && {
      help: 'A crev identity is its own public key and needs no certificate.',
    }),
  });
}
