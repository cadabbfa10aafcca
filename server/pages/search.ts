// GET /search?q=: finds out what was typed. One exact hit leads to its page; otherwise what was found, in groups.

import { Router } from 'express';
import { z } from 'zod';
import { shownLine } from '../../core/shown-text.ts';
import type { AppDeps } from '../app-deps.ts';
import { versionPurl } from '../packages/weigh.ts';
import { find, maxHits, onlyHit, type Found } from '../search/find.ts';
import { maxQueryLength, readQuery, type SearchQuery } from '../search/read-query.ts';
import { definePage, renderPage } from '../site/page.ts';
import { peopleOf, peopleSchema } from '../site/people.ts';
import { viewerOf } from '../site/viewer.ts';

const searchPage = definePage(
  'search',
  z.strictObject({
    query: z.string(),
    tooLong: z.boolean(),
    /** What the text was taken for, in words. */
    readAs: z.array(z.string()),
    packages: z.array(
      z.strictObject({ package: z.string(), versions: z.number().int(), reviewers: z.number().int() }),
    ),
    digests: z.array(z.strictObject({ purl: z.string(), key: z.string() })),
    identities: z.array(z.string()),
    statement: z.string().optional(),
    entry: z.number().int().optional(),
    /** Whether a group holds more than is shown. */
    isCut: z.boolean(),
    total: z.number().int(),
    people: peopleSchema,
  }),
);

const nothing: Found = {
  packages: [],
  digests: [],
  identities: [],
  statement: undefined,
  entry: undefined,
};

/** Routes for the search. */
export function searchRouter({ state, limits }: AppDeps): Router {
  const router = Router();
  router.get('/search', limits.read, async (request, response) => {
    const { q } = request.query;
    const typed = typeof q === 'string' ? q.trim() : '';
    const tooLong = typed.length > maxQueryLength;
    const isSearch = typed !== '' && !tooLong && !typed.includes('\0');
    const { db } = state.service();
    const query = readQuery(isSearch ? typed : '');
    const found = isSearch ? await find(db, query) : nothing;
    const place = onlyHit(query, found);
    if (place !== undefined) {
      response.redirect(302, place);
      return;
    }
    const { statement, entry } = found;
    const identities = found.identities.slice(0, maxHits);
    renderPage(request, response, searchPage, {
      query: shownLine(typed, maxQueryLength),
      tooLong,
      readAs: readAs(query),
      packages: found.packages.slice(0, maxHits),
      digests: found.digests
        .slice(0, maxHits)
        .map((hit) => ({ purl: versionPurl(hit.package, hit.version), key: hit.key })),
      identities,
      ...(statement !== undefined && { statement }),
      ...(entry !== undefined && { entry }),
      isCut: [found.packages, found.digests, found.identities].some((group) => group.length > maxHits),
      total:
        found.packages.length +
        found.digests.length +
        found.identities.length +
        (statement === undefined ? 0 : 1) +
        (entry === undefined ? 0 : 1),
      people: await peopleOf(db, identities, viewerOf(response).now),
    });
  });
  return router;
}

function readAs(query: SearchQuery): string[] {
  return [
    ...(query.name === undefined ? [] : ['the name of a package']),
    ...(query.digests.length === 0 ? [] : ['a digest']),
    ...(query.identities.length === 0 ? [] : ['an identity']),
    ...(query.keyId === undefined ? [] : ['an OpenPGP key id']),
    ...(query.statement === undefined ? [] : ['the id of a statement']),
    ...(query.index === undefined ? [] : ['a ledger index']),
    ...(query.address === undefined ? [] : ['the e-mail address of a reviewer']),
    ...(query.url === undefined ? [] : ['the address at which a reviewer publishes']),
  ];
}
