// The routes that every form for a statement has: show it, look at the text, keep a draft, go on to signing.
//
// Nothing here signs or publishes. What was filled in is kept whatever is wrong with it, in the page and in the draft.

import { Router, type Request, type Response } from 'express';
import { z } from 'zod';
import { isTrustError, TrustError } from '../../core/errors.ts';
import type { Identity } from '../../core/identity.ts';
import { findDraft, keepDraft } from '../../db/drafts.ts';
import type { AppDeps } from '../app-deps.ts';
import { formFields, readForm, type FormFields } from '../middleware/form.ts';
import { formErrorSchema, type FormError } from '../site/form-errors.ts';
import { definePage, renderPage } from '../site/page.ts';
import { viewerOf } from '../site/viewer.ts';
import { compose, type Composed, type Composer } from './composer.ts';
import { addItem, itemCount, readFields, removeItem, type Fields } from './fields.ts';

/** What every page with such a form takes. */
export const composeModel = {
  fields: z.record(z.string(), z.string()),
  errors: z.array(formErrorSchema),
  /** How many items of each group to show. */
  counts: z.record(z.string(), z.number()),
  /** The text, once it is valid and was asked for. */
  preview: z.string().optional(),
  /** The keys of the account. */
  keys: z.array(z.custom<Identity>()),
  draft: z.string().optional(),
  saved: z.boolean(),
  /** Whether nothing was written yet, so that a draft of this browser may be offered. */
  fresh: z.boolean(),
};
export type ComposeModel = z.input<z.ZodObject<typeof composeModel>>;

export interface ComposePages {
  readonly composer: Composer;
  /** Heading of the page where the text is signed. */
  readonly signTitle: string;
  /** What the form begins with, from the query. */
  readonly start: (request: Request) => Promise<Fields>;
  /** Renders the form's page. */
  readonly render: (request: Request, response: Response, model: ComposeModel) => Promise<void>;
  /** What else can be wrong, that only the ledger knows; asked when the fields themselves are valid. */
  readonly refuse?: (request: Request, composed: Composed & { outcome: 'valid' }) => Promise<FormError[]>;
}

const signPage = definePage(
  'compose-sign',
  z.strictObject({
    title: z.string(),
    text: z.string(),
    author: z.custom<Identity>(),
    filename: z.string(),
    command: z.array(z.string()),
    draft: z.string().optional(),
    path: z.string(),
    /** The form, to go back to it. */
    fields: z.record(z.string(), z.string()),
  }),
);

const draftIdSchema = z.uuid().optional().catch(undefined);
const actionSchema = z.string().max(80).catch('preview');

/** Routes for one kind of statement: GET and POST at the composer's path, and POST …/preview for the live preview. */
export function composeRoutes(deps: AppDeps, pages: ComposePages): Router {
  const { state, limits, config, clock } = deps;
  const { composer, start, render } = pages;
  const { path, names } = composer;
  const router = Router();
  const form = readForm(config.bodySeconds);

  const show = async (
    request: Request,
    response: Response,
    fields: Fields,
    more: Partial<ComposeModel> = {},
  ): Promise<void> => {
    await render(request, response, {
      fields,
      counts: Object.fromEntries(names.groups.map((group) => [group.name, itemCount(fields, group)])),
      errors: [],
      keys: [...(request.user?.keys ?? [])].filter((key) => key.startsWith('openpgp:')),
      saved: false,
      fresh: false,
      ...more,
    });
  };

  const composeChecked = async (request: Request, fields: Fields): Promise<Composed> => {
    const composed = compose(composer, fields, clock());
    if (composed.outcome === 'invalid' || pages.refuse === undefined) return composed;
    const errors = await pages.refuse(request, composed);
    return errors.length === 0 ? composed : { outcome: 'invalid', errors, fields: composed.fields };
  };

  router.get(path, limits.read, async (request, response) => {
    const asked = request.query['draft'];
    if (asked === undefined) {
      await show(request, response, withDefaultAuthor(request, await start(request)), { fresh: true });
      return;
    }
    if (request.user === undefined) {
      response.redirect(303, `/sign-in?return=${encodeURIComponent(request.originalUrl)}`);
      return;
    }
    const id = z.uuid().safeParse(asked);
    const draft = id.success ? await findDraft(state.service().db, request.user.id, id.data) : undefined;
    if (draft?.kind !== composer.kind) throw noDraft();
    const fields = readFields(draft.form as FormFields, names);
    await show(request, response, fields, { draft: draft.id, saved: request.query['saved'] !== undefined });
  });

  router.post(`${path}/preview`, limits.read, form, async (request, response) => {
    const composed = await composeChecked(request, readFields(formFields(request), names));
    response
      .set('Cache-Control', 'no-store')
      .json(composed.outcome === 'valid' ? { text: composed.text } : { errors: composed.errors });
  });

  router.post(path, limits.read, form, async (request, response) => {
    const given = formFields(request);
    const fields = readFields(given, names);
    const draft = draftIdSchema.parse(given['draft']);
    const action = actionSchema.parse(given['do']);
    const kept = { draft };
    if (action === 'edit') {
      await show(request, response, fields, kept);
    } else if (action === 'save') {
      const id = await save(request, fields, draft);
      response.redirect(303, `${path}?draft=${id}&saved=yes`);
    } else if (action === 'sign' || action === 'preview') {
      const composed = await composeChecked(request, fields);
      if (composed.outcome === 'invalid') {
        response.status(422);
        await show(request, response, composed.fields, { ...kept, errors: [...composed.errors] });
      } else if (action === 'preview') {
        await show(request, response, composed.fields, { ...kept, preview: composed.text });
      } else {
        const id = await saveQuietly(request, composed.fields, draft);
        showSigning(request, response, pages, composed, id);
      }
    } else {
      await show(request, response, withGroupsChanged(composer, fields, action), kept);
    }
  });

  const save = async (request: Request, fields: Fields, id: string | undefined): Promise<string> => {
    if (request.user === undefined) {
      throw new TrustError('request-invalid', 'Drafts are kept with an account, and you are not signed in.', {
        help: 'Go back, copy what you wrote, and sign in.',
      });
    }
    const { kind, title } = composer;
    const draft = { id, kind, title: title(fields), form: fields, at: clock() };
    return state.service().db.transaction((db) => keepDraft(db, request.user?.id ?? '', draft));
  };

  /** Before signing the form is kept too, where it can be: what goes wrong there shall not cost the text. */
  const saveQuietly = async (
    request: Request,
    fields: Fields,
    id: string | undefined,
  ): Promise<string | undefined> => {
    if (request.user === undefined) return undefined;
    try {
      return await save(request, fields, id);
    } catch (error) {
      if (isTrustError(error, 'request-invalid') || isTrustError(error, 'text-too-large')) return id;
      throw error;
    }
  };
  return router;
}

function showSigning(
  request: Request,
  response: Response,
  { composer, signTitle }: ComposePages,
  { text, author, fields }: Composed & { outcome: 'valid' },
  draft: string | undefined,
): void {
  renderPage(request, response, signPage, {
    title: signTitle,
    text,
    author,
    filename: composer.filename,
    command: composer.command(fields, viewerOf(response).origin),
    draft,
    path: composer.path,
    fields,
  });
}

function withDefaultAuthor(request: Request, fields: Fields): Fields {
  const first = request.user?.keys.find((key) => key.startsWith('openpgp:'));
  return first === undefined ? fields : { author: first, ...fields };
}

/** `more-issues` adds an item, `less-issues-0` takes one away. */
function withGroupsChanged({ names }: Composer, fields: Fields, action: string): Fields {
  const [, change, name, position] = /^(more|less)-([a-z]+)(?:-(\d{1,2}))?$/.exec(action) ?? [];
  const group = names.groups.find((one) => one.name === name);
  if (group === undefined) return fields;
  return change === 'more' ? addItem(fields, group) : removeItem(fields, group, Number(position ?? 0));
}

function noDraft(): TrustError {
  return new TrustError('not-found', 'You have no such draft.', {
    help: 'It may be published already. Your drafts are listed at /drafts.',
  });
}
