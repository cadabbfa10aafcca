// /account/keys/revoke: publishing the revocation of a key, after a page that says what it does, which differs by its reason.

import { Router, type Request, type Response } from 'express';
import { z } from 'zod';
import type { Identity } from '../../../core/identity.ts';
import { identitySchema } from '../../../core/identity-schema.ts';
import { applyRevocation } from '../../../core/statement/openpgp/revocation.ts';
import { findCertificate } from '../../../db/certificates.ts';
import { countPublished } from '../../../db/delete-account.ts';
import type { AppDeps } from '../../app-deps.ts';
import { proofErrors } from '../../auth/key-proof-form.ts';
import { accountOf, requireAccount } from '../../auth/require-account.ts';
import { formFields, readForm } from '../../middleware/form.ts';
import { parseRequest } from '../../parse-request.ts';
import { formErrorSchema, type FormError } from '../../site/form-errors.ts';
import { definePage, renderPage } from '../../site/page.ts';
import { noSuchKey } from './keys.ts';

const revokePage = definePage(
  'account/revoke-key',
  z.strictObject({
    identity: z.custom<Identity>(),
    /** Whether the ledger has a certificate that could be revoked. */
    isKnown: z.boolean(),
    revocation: z.string(),
    /** What was given says, when it was found good: then the page asks to confirm it. */
    found: z
      .strictObject({ hardness: z.enum(['hard', 'soft']), reason: z.string(), at: z.iso.datetime() })
      .optional(),
    statements: z.number().int().min(0),
    errors: z.array(formErrorSchema),
  }),
);

const keyQuery = z.object({ key: identitySchema });
const revokeForm = z.object({
  key: identitySchema,
  revocation: z.string(),
  confirm: z.enum(['yes', 'no']).catch('no'),
});

/** Routes for revoking a key. */
export function revokeKeyRouter({ state, limits, config }: AppDeps): Router {
  const router = Router();
  const form = readForm(config.bodySeconds);

  const show = async (
    request: Request,
    response: Response,
    what: Pick<z.input<typeof revokePage.model>, 'identity' | 'revocation' | 'found'> & {
      errors?: FormError[];
    },
  ): Promise<void> => {
    const { db } = state.service();
    const [published] = await countPublished(db, [what.identity]);
    renderPage(request, response, revokePage, {
      ...what,
      isKnown: (await findCertificate(db, what.identity)) !== undefined,
      statements: published?.statements ?? 0,
      errors: what.errors ?? [],
    });
  };

  router.get('/account/keys/revoke', limits.read, requireAccount(), async (request, response) => {
    const { key } = parseRequest(keyQuery, request.query, 'query');
    if (!accountOf(request).keys.includes(key)) throw noSuchKey();
    await show(request, response, { identity: key, revocation: '' });
  });

  router.post('/account/keys/revoke', limits.submit, requireAccount(), form, async (request, response) => {
    const { key, revocation, confirm } = parseRequest(revokeForm, formFields(request), 'form');
    if (!accountOf(request).keys.includes(key)) throw noSuchKey();
    const { db, ingest } = state.service();
    const known = await findCertificate(db, key);
    if (known === undefined) {
      await show(request, response.status(422), { identity: key, revocation: '' });
      return;
    }
    try {
      const revoked = await applyRevocation(known, revocation);
      if (confirm === 'yes') {
        await ingest.submitCertificate(revoked.armored, 'without-proof');
        response.redirect(303, '/account/keys?done=revoked');
        return;
      }
      const found = revoked.revocation && { ...revoked.revocation, at: revoked.revocation.at.toISOString() };
      await show(request, response, { identity: key, revocation, found });
    } catch (error) {
      const errors = proofErrors(error).map(({ message }) => ({ field: 'revocation', message }));
      const kept = /BEGIN PGP (?:PRIVATE|SECRET) KEY/.test(revocation) ? '' : revocation;
      await show(request, response.status(422), { identity: key, revocation: kept, errors });
    }
  });
  return router;
}
