// /keys/new: making a key in the browser, and publishing a public key, however it was made. Only the public certificate ever
// comes here.

import { Router } from 'express';
import { z } from 'zod';
import type { Identity } from '../../core/identity.ts';
import { identitySchema } from '../../core/identity-schema.ts';
import { findCertificate } from '../../db/certificates.ts';
import { TrustError } from '../../core/errors.ts';
import type { AppDeps } from '../app-deps.ts';
import { formFields, readForm } from '../middleware/form.ts';
import { parseRequest } from '../parse-request.ts';
import { asTrustError, statusOfCode } from '../problems.ts';
import { formErrorSchema } from '../site/form-errors.ts';
import { definePage, renderPage } from '../site/page.ts';

const newKeyPage = definePage(
  'new-key',
  z.strictObject({ errors: z.array(formErrorSchema), certificate: z.string() }),
);

const keyPublishedPage = definePage(
  'key-published',
  z.strictObject({
    identity: z.custom<Identity>(),
    userIds: z.array(z.string()),
    index: z.number(),
    recordedAt: z.string(),
    expires: z.string().optional(),
    revoked: z.boolean(),
  }),
);

const form = z.object({ certificate: z.string() });
const privateKey = /BEGIN PGP (?:PRIVATE|SECRET) KEY/;

/** Routes for new keys. */
export function newKeyRouter({ state, limits, config }: AppDeps): Router {
  const router = Router();

  router.get('/keys/new', limits.read, (request, response) => {
    renderPage(request, response, newKeyPage, { errors: [], certificate: '' });
  });

  router.post('/keys/new', limits.submit, readForm(config.bodySeconds), async (request, response) => {
    const { certificate } = parseRequest(form, formFields(request), 'form');
    try {
      const { author } = await state.service().ingest.submitCertificate(certificate.trim(), 'without-proof');
      response.redirect(303, `/keys/published?identity=${encodeURIComponent(author)}`);
    } catch (thrown) {
      const error = asTrustError(thrown);
      if (statusOfCode[error.code] >= 500) throw thrown;
      response.status(422);
      renderPage(request, response, newKeyPage, {
        errors: [{ field: 'certificate', message: [error.message, error.help].filter(Boolean).join(' ') }],
        // A private key that came here by mistake is not written back.
        certificate: privateKey.test(certificate) ? '' : certificate,
      });
    }
  });

  router.get('/keys/published', limits.read, async (request, response) => {
    const identity = parseRequest(identitySchema, request.query['identity'], 'identity');
    const stored = await findCertificate(state.service().db, identity);
    if (stored === undefined) throw new TrustError('not-found', `The ledger holds no key ${identity}.`);
    renderPage(request, response, keyPublishedPage, {
      identity,
      userIds: [...stored.userIds],
      index: stored.indices.at(-1) ?? 0,
      recordedAt: stored.recordedAt.toISOString(),
      expires: stored.expires?.toISOString(),
      revoked: stored.revocation !== undefined,
    });
  });
  return router;
}
