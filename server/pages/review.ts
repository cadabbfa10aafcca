// /review: the form for a package review, from a purl, a digest, an archive hashed in the browser, a base, or a draft.

import type { Router } from 'express';
import { z } from 'zod';
import { parsePurl } from '../../core/digest/purl.ts';
import type { Identity } from '../../core/identity.ts';
import { ranges } from '../../core/statement/levels.ts';
import type { AppDeps } from '../app-deps.ts';
import { composeModel, composeRoutes } from '../compose/compose-routes.ts';
import { digestText, readDigestLines } from '../compose/digest-lines.ts';
import type { Fields } from '../compose/fields.ts';
import { fromQuery } from '../compose/from-query.ts';
import { knownOfDigest, knownOfPurl, type KnownBytes } from '../compose/known-bytes.ts';
import {
  choicesSchema,
  ratingChoices,
  relationChoices,
  thoroughnessChoices,
  understandingChoices,
} from '../compose/meanings.ts';
import { reviewComposer } from '../compose/review.ts';
import { definePage, renderPage } from '../site/page.ts';

const reviewPage = definePage(
  'review',
  z.strictObject({
    ...composeModel,
    /** What others named as the bytes of this version, or of this digest. */
    known: z.array(
      z.strictObject({
        id: z.string(),
        kind: z.string(),
        author: z.custom<Identity>(),
        purl: z.string(),
        digests: z.string(),
        relation: z.enum(['same', 'different', 'incomparable']),
      }),
    ),
    choices: z.strictObject({
      thoroughness: choicesSchema,
      understanding: choicesSchema,
      rating: choicesSchema,
      relation: choicesSchema,
    }),
    ranges: z.array(z.string()),
  }),
);

/** Routes for writing reviews. */
export function reviewRouter(deps: AppDeps): Router {
  const db = (): ReturnType<typeof deps.state.service>['db'] => deps.state.service().db;
  return composeRoutes(deps, {
    composer: reviewComposer,
    signTitle: 'Sign your review',
    start: async (request) => {
      const { purl, digest, base } = request.query;
      const found = typeof digest === 'string' ? await knownOfDigest(db(), digest) : [];
      const named = new Set(found.map((one) => one.purl));
      const only = named.size === 1 ? [...named][0] : undefined;
      return fromQuery({
        'package-purl': purl ?? only,
        'package-digests': typeof digest === 'string' ? digest.replace(':', ': ') : undefined,
        'package-diff-base-purl': base,
      });
    },
    render: async (request, response, model) => {
      const { digests } = readDigestLines(model.fields['package-digests']);
      renderPage(request, response, reviewPage, {
        ...model,
        known: (await findKnown(model.fields)).map((one) => ({ ...one, digests: digestText(one.digests) })),
        choices: {
          thoroughness: thoroughnessChoices,
          understanding: understandingChoices,
          rating: ratingChoices,
          relation: relationChoices,
        },
        ranges: [...ranges],
      });

      async function findKnown(fields: Fields): Promise<KnownBytes[]> {
        const purl = fields['package-purl']?.trim();
        if (purl !== undefined && hasVersion(purl)) return knownOfPurl(db(), purl, digests);
        const [first] = Object.entries(digests);
        return first === undefined ? [] : knownOfDigest(db(), `${first[0]}:${first[1]}`);
      }
    },
  });
}

function hasVersion(purl: string): boolean {
  try {
    return parsePurl(purl).version !== undefined;
  } catch {
    return false;
  }
}
