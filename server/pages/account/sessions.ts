// /account/sessions: where somebody is signed in, and ending it there.

import { Router } from 'express';
import { z } from 'zod';
import { fromHex, toHex } from '../../../core/bytes.ts';
import { endSessions, listSessions } from '../../../db/sessions.ts';
import type { AppDeps } from '../../app-deps.ts';
import { logOut } from '../../auth/log-in.ts';
import { accountOf, requireAccount } from '../../auth/require-account.ts';
import { hashSid } from '../../auth/session-store.ts';
import { formFields, readForm } from '../../middleware/form.ts';
import { parseRequest } from '../../parse-request.ts';
import { definePage, renderPage } from '../../site/page.ts';

const sidHash = z.string().regex(/^[0-9a-f]{64}$/);
const sessionsPage = definePage(
  'account/sessions',
  z.strictObject({
    sessions: z.array(
      z.strictObject({
        sidHash,
        userAgent: z.string().optional(),
        createdAt: z.iso.datetime(),
        seenAt: z.iso.datetime(),
        isThis: z.boolean(),
      }),
    ),
    done: z.enum(['ended', 'others-ended']).optional(),
  }),
);
const endForm = z.object({ session: sidHash });

/** Routes for the sessions of an account. */
export function sessionsRouter({ state, limits, config, clock }: AppDeps): Router {
  const router = Router();
  const form = readForm(config.bodySeconds, 4096);

  router.get('/account/sessions', limits.read, requireAccount(), async (request, response) => {
    const sessions = await listSessions(state.service().db, accountOf(request).id, clock());
    const current = toHex(hashSid(request.sessionID));
    renderPage(request, response, sessionsPage, {
      sessions: sessions.map((session) => ({
        sidHash: session.sidHash,
        userAgent: session.userAgent,
        createdAt: session.createdAt.toISOString(),
        seenAt: session.seenAt.toISOString(),
        isThis: session.sidHash === current,
      })),
      done: sessionsPage.model.shape.done.catch(undefined).parse(request.query['done']),
    });
  });

  router.post('/account/sessions/end', limits.read, requireAccount(), form, async (request, response) => {
    const { session } = parseRequest(endForm, formFields(request), 'form');
    if (session === toHex(hashSid(request.sessionID))) {
      await logOut(request, response);
      response.redirect(303, '/');
      return;
    }
    await endSessions(state.service().db, accountOf(request).id, { only: fromHex(session) });
    response.redirect(303, '/account/sessions?done=ended');
  });

  router.post('/account/sessions/end-others', limits.read, requireAccount(), async (request, response) => {
    const current = hashSid(request.sessionID);
    await endSessions(state.service().db, accountOf(request).id, { allBut: current });
    response.redirect(303, '/account/sessions?done=others-ended');
  });
  return router;
}
