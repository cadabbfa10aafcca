// Pages: EJS templates in views/, each with the model that it takes.
//
// EJS prints null and undefined as nothing, so a verdict that is missing would vanish without a word. Every model is
// checked against its schema before the template sees it. A template sees the model as `locals.page`, what is the same on
// all pages as `locals.frame`, and functions that write texts as `locals.text`; nothing else.

import { join } from 'node:path';
import type { Express, Request, Response } from 'express';
import type { z } from 'zod';
import { projectRoot } from '../project-root.ts';
import { frameOf } from './frame.ts';
import * as text from './view-text.ts';

export interface Page<Schema extends z.ZodType> {
  /** Path of the template under views/, without its ending. */
  readonly view: string;
  readonly model: Schema;
}

/** A page: its template, and the schema of its model. */
export function definePage<Schema extends z.ZodType>(view: string, model: Schema): Page<Schema> {
  return { view, model };
}

/** Makes an app able to render pages. */
export function setUpViews(app: Express): void {
  app.set('view engine', 'ejs');
  app.set('views', join(projectRoot, 'views'));
  app.set('view options', { strict: true, _with: false });
  app.set('view cache', true);
}

/** Renders a page; throws (and so answers 500) when the model is not what the page takes. */
export function renderPage<Schema extends z.ZodType>(
  request: Request,
  response: Response,
  page: Page<Schema>,
  model: z.input<Schema>,
): void {
  const checked: unknown = page.model.parse(model);
  // What a page says may depend on who looks. Readers without a session share one answer.
  response.vary('Cookie');
  if (!response.hasHeader('Cache-Control')) {
    response.set('Cache-Control', request.user === undefined ? 'no-cache' : 'private, no-store');
  }
  response.render(page.view, { page: checked, frame: frameOf(request, response), text: { ...text } });
}
