// /publish: takes what was signed, by whichever way, and puts it into the ledger. What is refused comes back with what was
// pasted still there. POST /sign/download gives the text to sign as a file, for those without scripts.
//
// A private key that was pasted by mistake is told of, and never written back into a page.

import { Router, type Request, type Response } from 'express';
import { z } from 'zod';
import { maxDocumentBytes } from '../../core/api/statements.ts';
import type { TrustError } from '../../core/errors.ts';
import type { Identity } from '../../core/identity.ts';
import { identitySchema } from '../../core/identity-schema.ts';
import { secretMaterial } from '../../core/statement/openpgp/certificate-parts.ts';
import { deleteDraft } from '../../db/drafts.ts';
import type { AppDeps } from '../app-deps.ts';
import { formFields, readForm } from '../middleware/form.ts';
import { parseRequest } from '../parse-request.ts';
import { asTrustError, statusOfCode } from '../problems.ts';
import { formErrorSchema, type FormError } from '../site/form-errors.ts';
import { definePage, renderPage } from '../site/page.ts';
import { returnPath } from '../site/return-path.ts';

const filename = z.string().regex(/^[a-z][a-z0-9-]{0,60}\.(?:yaml|txt)$/);
const draftId = z.uuid();

const publishForm = z.object({
  document: z.string(),
  certificate: z.string().default(''),
  /** What the partial was rendered with, to render it again. */
  text: z.string().max(maxDocumentBytes).optional(),
  filename: filename.optional().catch(undefined),
  author: identitySchema.optional().catch(undefined),
  draft: draftId.optional().catch(undefined),
  return: z.string().optional(),
});
type PublishForm = z.output<typeof publishForm>;

const downloadForm = z.object({ text: z.string().min(1).max(maxDocumentBytes), filename });

const publishPage = definePage(
  'publish',
  z.strictObject({
    errors: z.array(formErrorSchema),
    /** The statement that was to be signed; undefined for somebody who comes with a signed text. */
    text: z.string().optional(),
    filename: z.string().optional(),
    author: z.custom<Identity>().optional(),
    draft: z.string().optional(),
    returnTo: z.string().optional(),
    signed: z.string(),
    certificate: z.string(),
  }),
);

// Signed text, certificate and the text again, each percent-encoded.
const maxFormBytes = 1024 * 1024;
const privateKey = /BEGIN PGP (?:PRIVATE|SECRET) KEY/;

/** Routes for publishing what was signed. */
export function publishRouter({ state, limits, config }: AppDeps): Router {
  const router = Router();
  const form = readForm(config.bodySeconds, maxFormBytes);

  router.get('/publish', limits.read, (request, response) => {
    renderPage(request, response, publishPage, { errors: [], signed: '', certificate: '' });
  });

  router.post('/publish', limits.submit, form, async (request, response) => {
    const given = parseRequest(publishForm, formFields(request), 'form');
    const { ingest, db } = state.service();
    let id: string;
    try {
      refuseSecrets(given);
      if (given.certificate.trim() !== '') {
        await attempt('certificate', () =>
          ingest.submitCertificate(given.certificate.trim(), 'without-proof'),
        );
      }
      ({ id } = await attempt('document', () => ingest.submitStatement(given.document, 'without-proof')));
    } catch (error) {
      if (!(error instanceof FieldRefusal)) throw error;
      refuse(request, response, given, error);
      return;
    }
    if (given.draft !== undefined && request.user !== undefined) {
      await deleteDraft(db, request.user.id, given.draft);
    }
    const back = returnPath(given.return);
    response.redirect(303, `/published/${id}${back === '/' ? '' : `?return=${encodeURIComponent(back)}`}`);
  });

  router.post('/sign/download', limits.read, form, (request, response) => {
    const { text, filename: name } = parseRequest(downloadForm, formFields(request), 'form');
    response
      .set('Cache-Control', 'no-store')
      .set('Content-Disposition', `attachment; filename="${name}"`)
      .type('text/plain')
      .send(`${text}\n`);
  });
  return router;
}

/** Why a field was refused: the person's to put right, not a failure of the service. */
class FieldRefusal extends Error {
  readonly field: string;
  readonly refusal: TrustError;

  constructor(field: string, refusal: TrustError) {
    super(refusal.message, { cause: refusal });
    this.field = field;
    this.refusal = refusal;
  }
}

/** Before anything else is said: whoever pasted a private key has to know. */
function refuseSecrets(given: PublishForm): void {
  for (const field of ['document', 'certificate'] as const) {
    if (privateKey.test(given[field])) throw new FieldRefusal(field, secretMaterial());
  }
}

async function attempt<Result>(field: string, work: () => Promise<Result>): Promise<Result> {
  try {
    return await work();
  } catch (thrown) {
    const error = asTrustError(thrown);
    const status = statusOfCode[error.code];
    if (status >= 500 && status !== 503) throw thrown;
    throw new FieldRefusal(error.code === 'key-unknown' ? 'certificate' : field, error);
  }
}

function refuse(request: Request, response: Response, given: PublishForm, error: FieldRefusal): void {
  const { message, help, code } = error.refusal;
  const errors: FormError[] = [{ field: error.field, message: sentences(message, help) }];
  const status = statusOfCode[code];
  response.status(status === 400 || status === 413 ? 422 : status);
  renderPage(request, response, publishPage, {
    errors,
    text: given.text,
    filename: given.filename,
    author: given.author,
    draft: given.draft,
    returnTo: given.return === undefined ? undefined : returnPath(given.return),
    signed: withoutSecrets(given.document),
    certificate: withoutSecrets(given.certificate),
  });
}

function sentences(message: string, help: string | undefined): string {
  if (help === undefined) return message;
  return `${/[.!?]$/.test(message) ? message : `${message}.`} ${help}`;
}

function withoutSecrets(pasted: string): string {
  return privateKey.test(pasted) ? '' : pasted;
}
