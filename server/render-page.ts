// Pages: EJS templates in views/, each with the model that it takes.
//
// EJS prints null and undefined as nothing, so a verdict that is missing would vanish without a word. Every model is
// checked against its schema before the template sees it, and a template sees nothing else.

import { join } from 'node:path';
import type { Express, Response } from 'express';
import { z } from 'zod';
import { problemSchema } from '../core/api/problem.ts';
import { projectRoot, version } from './project-root.ts';

const models = {
  home: z.strictObject({
    /** Where this service is reached, without a slash at the end. */
    origin: z.url(),
    ledger: z.strictObject({
      size: z.number().int().min(0),
      lastRecordedAt: z.iso.datetime().optional(),
    }),
  }),
  error: problemSchema,
} as const;

type Models = typeof models;
export type PageName = keyof Models;

/** Makes an app able to render the pages. */
export function setUpViews(app: Express): void {
  app.set('view engine', 'ejs');
  app.set('views', join(projectRoot, 'views'));
  app.set('view options', { strict: true, _with: false });
  app.set('view cache', true);
}

/** Renders a page; throws (and so answers 500) when the model is not what the page takes. */
export function renderPage<Name extends PageName>(
  response: Response,
  name: Name,
  model: z.input<Models[Name]>,
): void {
  const page: unknown = models[name].parse(model);
  response.render(name, { page, version });
}
