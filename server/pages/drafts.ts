// /drafts: what somebody has begun and keeps with the account. Deleting one asks first, on a page of its own.

import { Router } from 'express';
import { z } from 'zod';
import { TrustError } from '../../core/errors.ts';
import { deleteDraft, draftKinds, findDraft, listDrafts, type DraftTitle } from '../../db/drafts.ts';
import type { AppDeps } from '../app-deps.ts';
import { accountOf, requireAccount } from '../auth/require-account.ts';
import { readForm } from '../middleware/form.ts';
import { parseRequest } from '../parse-request.ts';
import { definePage, renderPage } from '../site/page.ts';

const draftSchema = z.strictObject({
  id: z.string(),
  kind: z.enum(draftKinds),
  title: z.string(),
  updatedAt: z.string(),
  /** Where to go on with it. */
  path: z.string(),
});

const draftsPage = definePage('drafts', z.strictObject({ drafts: z.array(draftSchema) }));
const deletePage = definePage('draft-delete', draftSchema);

const paths = { review: '/review', trust: '/trust', retraction: '/retract', source: '/source' } as const;

/** Routes for drafts. Each finds only those of the account that asks. */
export function draftsRouter({ state, limits, config }: AppDeps): Router {
  const router = Router();
  const form = readForm(config.bodySeconds);
  const own = requireAccount();

  router.get('/drafts', limits.read, own, async (request, response) => {
    const drafts = await listDrafts(state.service().db, accountOf(request).id);
    renderPage(request, response, draftsPage, { drafts: drafts.map(shown) });
  });

  router.get('/drafts/:id/delete', limits.read, own, async (request, response) => {
    const id = parseRequest(z.uuid(), request.params['id'], 'draft id');
    const draft = await findDraft(state.service().db, accountOf(request).id, id);
    if (draft === undefined) throw none();
    renderPage(request, response, deletePage, shown(draft));
  });

  router.post('/drafts/:id/delete', limits.read, own, form, async (request, response) => {
    const id = parseRequest(z.uuid(), request.params['id'], 'draft id');
    if (!(await deleteDraft(state.service().db, accountOf(request).id, id))) throw none();
    response.redirect(303, '/drafts');
  });
  return router;
}

function shown({ id, kind, title, updatedAt }: DraftTitle): z.input<typeof draftSchema> {
  return { id, kind, title, updatedAt: updatedAt.toISOString(), path: `${paths[kind]}?draft=${id}` };
}

function none(): TrustError {
  return new TrustError('not-found', 'You have no such draft.', {
    help: 'It may be published already. Your drafts are listed at /drafts.',
  });
}
