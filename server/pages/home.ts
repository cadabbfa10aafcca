// GET /: the start page: what this is, a search, the state of the ledger, what was said last, and how to begin.

import { Router } from 'express';
import { z } from 'zod';
import { purlParts } from '../../core/closure/purl-parts.ts';
import { listNewestReviews } from '../../db/site-reviews.ts';
import type { AppDeps } from '../app-deps.ts';
import { reviewItem, reviewItemSchema } from '../packages/review-item.ts';
import { definePage, renderPage } from '../site/page.ts';
import { peopleOf, peopleSchema } from '../site/people.ts';
import { publicOrigin } from '../site/public-origin.ts';
import { viewerOf } from '../site/viewer.ts';

const newestReviews = 8;

const homePage = definePage(
  'home',
  z.strictObject({
    /** Where this service is reached, without a slash at the end. */
    origin: z.url(),
    ledger: z.strictObject({
      size: z.number().int().min(0),
      lastRecordedAt: z.iso.datetime().optional(),
    }),
    reviews: z.array(reviewItemSchema),
    people: peopleSchema,
    hasRoots: z.boolean(),
  }),
);

/** Routes for the start page. */
export function homeRouter({ state, limits, config }: AppDeps): Router {
  const router = Router();
  router.get('/', limits.read, async (request, response) => {
    const service = state.service();
    const { now, roots } = viewerOf(response);
    const [ledger, newest] = await Promise.all([
      service.readLedger(),
      listNewestReviews(service.db, newestReviews),
    ]);
    renderPage(request, response, homePage, {
      origin: publicOrigin(request, config.publicUrl),
      ledger,
      reviews: newest.map((review) =>
        reviewItem(review, {
          version: purlParts(review.statement.package.purl).version ?? '',
          age: 'current',
          current: undefined,
          standing: { kind: 'no-roots' },
        }),
      ),
      people: await peopleOf(
        service.db,
        newest.map(({ author }) => author),
        now,
      ),
      hasRoots: roots.length > 0,
    });
  });
  return router;
}
