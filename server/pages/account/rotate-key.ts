// /account/keys/rotate: naming the successor of a key, in two statements: the old key names the new one, the new one names the
// old one. The page shows the one that is still missing.

import { Router } from 'express';
import { z } from 'zod';
import { splitIdentity, type Identity } from '../../../core/identity.ts';
import { identitySchema } from '../../../core/identity-schema.ts';
import { formatStatement } from '../../../core/statement/canonical.ts';
import { formatSeconds } from '../../../core/time.ts';
import { readSuccession } from '../../../db/successions.ts';
import type { AppDeps } from '../../app-deps.ts';
import { accountOf, requireAccount } from '../../auth/require-account.ts';
import { parseRequest } from '../../parse-request.ts';
import { definePage, renderPage } from '../../site/page.ts';
import { noSuchKey } from './keys.ts';

const identity = z.custom<Identity>();
const rotatePage = definePage(
  'account/rotate-key',
  z.strictObject({
    key: identity,
    /** Other keys of the account, of which one may be the successor. */
    others: z.array(identity),
    successor: identity.optional(),
    /** What is to be signed next; undefined when both statements are there, or no successor was chosen. */
    next: z
      .strictObject({ step: z.enum(['first', 'second']), author: identity, text: z.string() })
      .optional(),
    returnTo: z.string(),
  }),
);
const rotateQuery = z.object({ key: identitySchema, successor: identitySchema.optional() });

/** Routes for naming a key's successor. */
export function rotateKeyRouter({ state, limits, clock }: AppDeps): Router {
  const router = Router();
  router.get('/account/keys/rotate', limits.read, requireAccount(), async (request, response) => {
    const { key, successor } = parseRequest(rotateQuery, request.query, 'query');
    const { keys } = accountOf(request);
    if (!keys.includes(key) || (successor !== undefined && !keys.includes(successor))) throw noSuchKey();
    const others = keys.filter((one) => one !== key);
    const chosen = successor === key ? undefined : successor;
    const said = chosen && (await readSuccession(state.service().db, { from: key, to: chosen }));
    const date = formatSeconds(clock());
    const next =
      chosen === undefined || said === undefined || (said.byPredecessor && said.bySuccessor)
        ? undefined
        : said.byPredecessor
          ? { step: 'second' as const, author: chosen, text: textOf(chosen, key, 'predecessor', date) }
          : { step: 'first' as const, author: key, text: textOf(key, chosen, 'successor', date) };
    const query = new URLSearchParams({ key, ...(chosen !== undefined && { successor: chosen }) });
    const returnTo = `/account/keys/rotate?${query.toString()}`;
    renderPage(request, response, rotatePage, { key, others, successor: chosen, next, returnTo });
  });
  return router;
}

/** What a key says of the other. */
function textOf(from: Identity, to: Identity, succession: 'successor' | 'predecessor', date: string): string {
  return formatStatement({
    kind: 'trust',
    version: 1,
    date,
    from: splitIdentity(from),
    ids: [splitIdentity(to)],
    trust: 'high',
    succession,
  });
}
