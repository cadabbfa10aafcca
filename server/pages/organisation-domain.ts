// /organisations/:slug/edit/domain: proving that a domain is the organisation's, looked at when an administrator asks.

import { Router } from 'express';
import { z } from 'zod';
import { TrustError } from '../../core/errors.ts';
import { findDomainProofs, proofMethods, putDomainProof } from '../../db/domain-proofs.ts';
import type { AppDeps } from '../app-deps.ts';
import { requireAccount } from '../auth/require-account.ts';
import { createDomainChecker, proofPath, proofRecord } from '../domain-proof/check-domain.ts';
import { formFields, readForm } from '../middleware/form.ts';
import { administeredBy, rootOf } from '../organisations/find-organisation.ts';
import { headingModel, headingOf } from '../organisations/heading-model.ts';
import { noteEvent } from '../organisations/note-event.ts';
import { parseRequest } from '../parse-request.ts';
import { definePage, renderPage } from '../site/page.ts';

export const proofModel = z.strictObject({
  method: z.enum(proofMethods),
  checkedAt: z.iso.datetime(),
  proven: z.boolean(),
  detail: z.string(),
});

const domainPage = definePage(
  'organisations/domain',
  z.strictObject({
    heading: headingModel,
    domain: z.string().optional(),
    path: z.string(),
    record: z.string(),
    proofs: z.array(proofModel),
  }),
);

const checkForm = z.object({ method: z.enum(proofMethods) });

/** Routes for proving a domain. */
export function organisationDomainRouter(deps: AppDeps): Router {
  const { state, limits, config, clock, checkDomain = createDomainChecker() } = deps;
  const router = Router();

  router.get('/organisations/:slug/edit/domain', limits.read, requireAccount(), async (request, response) => {
    const { db } = state.service();
    const { organisation } = await administeredBy(db, request);
    const { id, domain } = organisation;
    const proofs = domain === undefined ? [] : await findDomainProofs(db, id, domain);
    renderPage(request, response, domainPage, {
      heading: headingOf(organisation),
      ...{ domain, path: proofPath, record: proofRecord(domain ?? '') },
      proofs: proofs.map(({ method, checkedAt, proven, detail }) => ({
        ...{ method, proven, detail },
        checkedAt: checkedAt.toISOString(),
      })),
    });
  });

  router.post(
    '/organisations/:slug/edit/domain',
    // Each look makes a connection to somebody else: as tight as signing in.
    ...[limits.login, requireAccount(), readForm(config.bodySeconds)],
    async (request, response) => {
      const { db } = state.service();
      const { organisation, account } = await administeredBy(db, request);
      const { method } = parseRequest(checkForm, formFields(request), 'form');
      const { id, domain } = organisation;
      if (domain === undefined) {
        throw new TrustError('request-invalid', 'The organisation names no domain.', {
          help: 'Enter one under Details first.',
        });
      }
      const found = await checkDomain(domain, method, rootOf(organisation));
      const at = clock();
      await db.transaction(async (transaction) => {
        await putDomainProof(transaction, id, { domain, method, checkedAt: at, ...found });
        const detail = {
          domain,
          method,
          result: found.proven ? 'proven' : 'not proven',
          found: found.detail,
        };
        await noteEvent(transaction, id, { account, at }, 'domain-checked', detail);
      });
      response.redirect(303, `/organisations/${organisation.slug}/edit/domain`);
    },
  );
  return router;
}
