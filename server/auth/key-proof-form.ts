// The form with a signed challenge: the same fields wherever a key is proven.

import type { Request } from 'express';
import { z } from 'zod';
import { TrustError } from '../../core/errors.ts';
import type { AppDeps } from '../app-deps.ts';
import { formFields } from '../middleware/form.ts';
import { formErrorSchema, type FormError } from '../site/form-errors.ts';
import { publicOrigin } from '../site/public-origin.ts';
import { makeChallenge, type ChallengeFrame, type Purpose } from './challenge.ts';

const proofForm = z.object({
  document: z.string().default(''),
  certificate: z.string().default(''),
  publish: z.enum(['yes', 'no']).catch('no'),
  return: z.string().optional(),
});
export type ProofForm = z.output<typeof proofForm>;

/** What a page with a challenge shows; see views/partials/challenge.ejs. */
export const proofViewSchema = z.strictObject({
  challenge: z.string(),
  document: z.string(),
  certificate: z.string(),
  publish: z.boolean(),
  errors: z.array(formErrorSchema),
});
export type ProofView = z.output<typeof proofViewSchema>;

/** What a challenge for this request is bound to. */
export function challengeFrame(
  { state, clock, config }: Pick<AppDeps, 'state' | 'clock' | 'config'>,
  request: Request,
  purpose: Purpose,
): ChallengeFrame {
  const origin = publicOrigin(request, config.publicUrl).toLowerCase();
  return { origin, purpose, now: clock(), secret: state.service().siteSecret };
}

/** The fields of the form; a certificate is to be published only when its box is ticked. */
export function readProofForm(request: Request): ProofForm {
  return proofForm.parse(formFields(request));
}

/** A new challenge, with what was typed and what was wrong with it. */
export function proofView(frame: ChallengeFrame, form?: ProofForm, errors: FormError[] = []): ProofView {
  return {
    challenge: makeChallenge(frame),
    document: withoutSecrets(form?.document),
    certificate: withoutSecrets(form?.certificate),
    publish: form?.publish === 'yes',
    errors,
  };
}

/** What was typed, to be shown again; nothing where it holds a private key. */
function withoutSecrets(typed = ''): string {
  return /BEGIN PGP (?:PRIVATE|SECRET) KEY/.test(typed) ? '' : typed;
}

/** Why a proof was refused, at the field that it is about. Throws again what is not the person's to put right. */
export function proofErrors(error: unknown): FormError[] {
  if (!(error instanceof TrustError) || !refusals.test(error.code)) throw error;
  const field = /^certificate-|^key-unknown/.test(error.code) ? 'certificate' : 'document';
  return [{ field, message: [error.message, error.help].filter(Boolean).join(' ') }];
}

const refusals =
  /^(?:text|signature|key|certificate)-|^(?:hash-header-forged|challenge-invalid|date-in-future|name-taken)$/;
