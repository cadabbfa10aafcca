// GET /roots: whom the reader trusts directly, and what follows from it. POST /roots: somebody typed by hand.
//
// Choosing from a list goes to POST /preferences/roots; this form takes what people have at hand, such as a fingerprint in groups,
// and says what is wrong with it.

import { Router, type Request, type Response } from 'express';
import { z } from 'zod';
import { parseRoot, splitRoot, type Root } from '../../core/identity.ts';
import { defaultTrustParameters } from '../../core/trust/types.ts';
import { isTrustError } from '../../core/errors.ts';
import { setRoots } from '../../db/accounts.ts';
import { findNewestSets, findSetTitles } from '../../db/site-identities.ts';
import type { AppDeps } from '../app-deps.ts';
import { formFields, readForm } from '../middleware/form.ts';
import { writeCookie } from '../site/cookies.ts';
import { formErrorSchema, type FormError } from '../site/form-errors.ts';
import { definePage, renderPage } from '../site/page.ts';
import { peopleOf, peopleSchema } from '../site/people.ts';
import { maxCookieRoots, viewerOf } from '../site/viewer.ts';

/** Members of the web of trust that are listed. */
const maxListed = 50;

const rootsPage = definePage(
  'roots',
  z.strictObject({
    roots: z.array(z.strictObject({ root: z.string(), title: z.string().optional() })),
    suggested: z.array(
      z.strictObject({
        root: z.string(),
        title: z.string(),
        members: z.number().int(),
        index: z.number().int(),
      }),
    ),
    reached: z.array(z.strictObject({ id: z.string(), level: z.string(), distance: z.number().int() })),
    reachedCount: z.number().int(),
    people: peopleSchema,
    typed: z.string(),
    errors: z.array(formErrorSchema),
    isSignedIn: z.boolean(),
  }),
);

/** Routes for the page of the reader's roots. */
export function rootsRouter({ state, limits, config }: AppDeps): Router {
  const router = Router();

  const show = async (
    request: Request,
    response: Response,
    typed = '',
    errors: readonly FormError[] = [],
  ): Promise<void> => {
    const { db, graph } = state.service();
    const { roots, now, account } = viewerOf(response);
    await graph.follow();
    const [titles, sets] = await Promise.all([findSetTitles(db, roots), findNewestSets(db, 20)]);
    const entries =
      roots.length === 0
        ? []
        : graph
            .view(roots, defaultTrustParameters)
            .entries()
            .filter(({ id }) => !id.includes('#'));
    const reached = entries.slice(0, maxListed);
    const suggested = sets.map(({ owner, name, ...set }) => ({ ...set, root: `${owner}#${name}` }));
    renderPage(request, response, rootsPage, {
      roots: roots.map((root) => {
        const title = titles.get(root);
        return { root, ...(title !== undefined && { title }) };
      }),
      suggested: suggested
        .filter(({ root }) => !roots.some((one) => one === root))
        .map(({ root, title, members, index }) => ({ root, title, members, index })),
      reached: reached.map(({ id, level, distance }) => ({ id, level, distance })),
      reachedCount: entries.length,
      people: await peopleOf(db, [...roots, ...suggested, ...reached].map(idOf), now),
      typed,
      errors: [...errors],
      isSignedIn: account !== undefined,
    });
  };

  router.get('/roots', limits.read, async (request, response) => {
    await show(request, response);
  });

  router.post('/roots', limits.read, readForm(config.bodySeconds), async (request, response) => {
    const { root: field } = formFields(request);
    const typed = typeof field === 'string' ? field.slice(0, 300) : '';
    const root = rootIn(typed);
    if (root === undefined) {
      response.status(422);
      const message =
        'Enter an OpenPGP fingerprint (40 or 64 hex digits), a crev id, or an identity with the name of its set: openpgp:…#name.';
      await show(request, response, typed, [{ field: 'root', message }]);
      return;
    }
    const { account, roots } = viewerOf(response);
    const changed = [...roots.filter((one) => one !== root), root].slice(-maxCookieRoots);
    if (account === undefined) writeCookie(response, 'roots', changed.join(' '));
    else await setRoots(state.service().db, account.id, changed);
    response.redirect(303, '/roots');
  });
  return router;
}

function idOf(one: Root | { readonly root: string } | { readonly id: Root }): string {
  if (typeof one === 'string') return splitRoot(one).owner;
  return 'root' in one ? one.root : one.id;
}

/** The root that somebody typed: as it is written, or a bare fingerprint or crev id, white space left out. */
function rootIn(typed: string): Root | undefined {
  const text = typed.replaceAll(/\s+/g, '').replace(/^0x/i, '');
  for (const candidate of [text, `openpgp:${text}`, `crev:${text}`]) {
    try {
      return parseRoot(candidate);
    } catch (error) {
      if (!isTrustError(error)) throw error;
    }
  }
  return undefined;
}
