// GET /style: the visual language on one page, made of the partials and classes that all pages use.

import { Router } from 'express';
import { z } from 'zod';
import { verdictWords } from '../../core/closure/policy.ts';
import type { AppDeps } from '../app-deps.ts';
import { formErrorSchema } from '../site/form-errors.ts';
import { definePage, renderPage } from '../site/page.ts';

const styleGuidePage = definePage(
  'style-guide',
  z.strictObject({ verdicts: z.array(z.enum(verdictWords)), errors: z.array(formErrorSchema) }),
);

/** Routes for the style guide. */
export function styleGuideRouter({ limits }: AppDeps): Router {
  const router = Router();
  router.get('/style', limits.read, (request, response) => {
    renderPage(request, response, styleGuidePage, {
      verdicts: [...verdictWords],
      errors: [{ field: 'sample-wrong', message: 'Enter a purl, such as pkg:npm/left-pad@1.3.0.' }],
    });
  });
  return router;
}
