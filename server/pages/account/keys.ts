// /account/keys: the keys of an account; adding one by proof, refreshing its certificate, naming it, taking it away.

import { Router, type Request, type Response } from 'express';
import { z } from 'zod';
import { maxCertificateBytes } from '../../../core/api/statements.ts';
import { TrustError } from '../../../core/errors.ts';
import type { Identity } from '../../../core/identity.ts';
import { identitySchema } from '../../../core/identity-schema.ts';
import { parseCertificate } from '../../../core/statement/openpgp/certificate.ts';
import { addAccountKey, labelKey, listAccountKeys, removeAccountKey } from '../../../db/account-keys.ts';
import { spendChallenge } from '../../../db/challenges.ts';
import { describeIdentities } from '../../../db/people.ts';
import { removeWayIn } from '../../../db/ways-in.ts';
import type { AppDeps } from '../../app-deps.ts';
import { spent, type ChallengeFrame } from '../../auth/challenge.ts';
import {
  challengeFrame,
  proofErrors,
  proofView,
  proofViewSchema,
  readProofForm,
  type ProofView,
} from '../../auth/key-proof-form.ts';
import { proveKey } from '../../auth/prove-key.ts';
import { accountOf, requireAccount } from '../../auth/require-account.ts';
import { formFields, readForm } from '../../middleware/form.ts';
import { parseRequest } from '../../parse-request.ts';
import { formErrorSchema, type FormError } from '../../site/form-errors.ts';
import { definePage, renderPage } from '../../site/page.ts';

const identity = z.custom<Identity>();
const done = z.enum(['added', 'refreshed', 'labelled', 'removed', 'revoked']);
const keysPage = definePage(
  'account/keys',
  z.strictObject({
    keys: z.array(
      z.strictObject({
        identity,
        /** What the certificate claims; not verified. */
        name: z.string().optional(),
        label: z.string().optional(),
        state: z.enum(['valid', 'expired', 'revoked', 'unknown']),
        provenAt: z.iso.datetime(),
      }),
    ),
    proof: proofViewSchema,
    errors: z.array(formErrorSchema),
    done: done.optional(),
  }),
);
const removePage = definePage('account/remove-key', z.strictObject({ identity }));

const keyForm = z.object({ key: identitySchema });
const labelForm = z.object({ key: identitySchema, label: z.string().trim().max(64) });
const refreshForm = z.object({ refreshed: z.string() });

/** Routes for the keys of an account. */
export function keysRouter(deps: AppDeps): Router {
  const { state, limits, config, clock } = deps;
  const router = Router();
  const form = readForm(config.bodySeconds);
  const frameOf = (request: Request): ChallengeFrame =>
    challengeFrame(deps, request, { kind: 'add-key', account: accountOf(request).id });

  const show = async (
    request: Request,
    response: Response,
    what: { proof?: ProofView; errors?: FormError[] } = {},
  ): Promise<void> => {
    const { db } = state.service();
    const keys = await listAccountKeys(db, accountOf(request).id);
    const people = await describeIdentities(
      db,
      keys.map((key) => key.identity),
      clock(),
    );
    const { proof = proofView(frameOf(request)), errors = [] } = what;
    renderPage(request, response, keysPage, {
      keys: keys.map((key) => ({
        identity: key.identity,
        name: people.get(key.identity)?.name,
        label: key.label,
        state: people.get(key.identity)?.key ?? 'unknown',
        provenAt: key.provenAt.toISOString(),
      })),
      proof,
      errors: [...errors, ...proof.errors],
      done: request.method === 'GET' ? done.safeParse(request.query['done']).data : undefined,
    });
  };

  router.get('/account/keys', limits.read, requireAccount(), (request, response) => show(request, response));

  router.post('/account/keys', limits.login, requireAccount(), form, async (request, response) => {
    const proof = readProofForm(request);
    const frame = frameOf(request);
    const { db, ingest } = state.service();
    const { id } = accountOf(request);
    try {
      const proven = await proveKey(db, proof, frame);
      if (proof.publish === 'yes' && proven.given !== undefined) {
        await ingest.submitCertificate(proven.given.armored, 'without-proof');
      }
      await db.transaction(async (transaction) => {
        if (!(await spendChallenge(transaction, proven.challenge))) throw spent();
        await addAccountKey(transaction, id, proven.identity, clock());
      });
      response.redirect(303, '/account/keys?done=added');
    } catch (error) {
      const view = proofView(frame, proof, proofErrors(error));
      await show(request, response.status(422), { proof: view });
    }
  });

  router.post('/account/keys/refresh', limits.submit, requireAccount(), form, async (request, response) => {
    const { refreshed } = parseRequest(refreshForm, formFields(request), 'form');
    const { keys } = accountOf(request);
    try {
      if (refreshed.length > maxCertificateBytes)
        throw new TrustError('certificate-invalid', 'It is too large.');
      const certificate = await parseCertificate(refreshed);
      if (!keys.includes(certificate.identity)) {
        throw new TrustError('certificate-invalid', 'This is the public key of none of your keys.');
      }
      await state.service().ingest.submitCertificate(certificate.armored, 'without-proof');
    } catch (error) {
      const [refusal] = proofErrors(error);
      const message = refusal?.message ?? 'It was refused.';
      await show(request, response.status(422), { errors: [{ field: 'refreshed', message }] });
      return;
    }
    response.redirect(303, '/account/keys?done=refreshed');
  });

  router.post('/account/keys/label', limits.read, requireAccount(), form, async (request, response) => {
    const { key, label } = parseRequest(labelForm, formFields(request), 'form');
    if (!(await labelKey(state.service().db, accountOf(request).id, key, label))) throw noSuchKey();
    response.redirect(303, '/account/keys?done=labelled');
  });

  router.get('/account/keys/remove', limits.read, requireAccount(), (request, response) => {
    const { key } = parseRequest(keyForm, request.query, 'query');
    if (!accountOf(request).keys.includes(key)) throw noSuchKey();
    renderPage(request, response, removePage, { identity: key });
  });

  router.post('/account/keys/remove', limits.read, requireAccount(), form, async (request, response) => {
    const { key } = parseRequest(keyForm, formFields(request), 'form');
    const { id } = accountOf(request);
    const isRemoved = await removeWayIn(state.service().db, id, (transaction) =>
      removeAccountKey(transaction, id, key),
    );
    if (!isRemoved) throw noSuchKey();
    response.redirect(303, '/account/keys?done=removed');
  });
  return router;
}

/** The error for a key that is not the account's. */
export function noSuchKey(): TrustError {
  return new TrustError('not-found', 'Your account has no such key.');
}
