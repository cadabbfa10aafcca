// The routers of all pages on which statements are composed, signed and published.

import { draftsRouter } from './drafts.ts';
import { newKeyRouter } from './new-key.ts';
import { publishRouter } from './publish.ts';
import { publishedRouter } from './published.ts';
import { retractRouter } from './retract.ts';
import { reviewRouter } from './review.ts';
import { sourceRouter } from './source.ts';
import { trustRouter } from './trust.ts';

export const signingRouters = [
  reviewRouter,
  trustRouter,
  retractRouter,
  sourceRouter,
  draftsRouter,
  publishRouter,
  publishedRouter,
  newKeyRouter,
] as const;
