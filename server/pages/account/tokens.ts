// /account/tokens: API tokens, made here, shown once, and taken back.

import { Router, type Request, type Response } from 'express';
import { z } from 'zod';
import { TrustError } from '../../../core/errors.ts';
import { addToken, listTokens, maxTokens, revokeToken, tokenScopes } from '../../../db/api-tokens.ts';
import type { AppDeps } from '../../app-deps.ts';
import { accountOf, requireAccount } from '../../auth/require-account.ts';
import { hashToken, makeToken } from '../../auth/require-token.ts';
import { formFields, readForm } from '../../middleware/form.ts';
import { parseRequest } from '../../parse-request.ts';
import { formErrors, formErrorSchema, type FormError } from '../../site/form-errors.ts';
import { definePage, renderPage } from '../../site/page.ts';

const dayMs = 24 * 60 * 60 * 1000;
const lifetimes = ['30', '90', '365', 'never'] as const;
const scope = z.enum(tokenScopes);
const typed = z.strictObject({ name: z.string(), scopes: z.array(z.string()), days: z.string() });

const tokensPage = definePage(
  'account/tokens',
  z.strictObject({
    tokens: z.array(
      z.strictObject({
        id: z.uuid(),
        name: z.string(),
        scopes: z.array(scope),
        createdAt: z.iso.datetime(),
        expiresAt: z.iso.datetime().optional(),
        isExpired: z.boolean(),
        usedAt: z.iso.datetime().optional(),
      }),
    ),
    /** The new token, this once. */
    fresh: z.string().optional(),
    typed,
    errors: z.array(formErrorSchema),
    done: z.enum(['revoked']).optional(),
  }),
);
const revokePage = definePage('account/revoke-token', z.strictObject({ id: z.uuid(), name: z.string() }));

const newForm = z.object({
  name: z
    .string()
    .trim()
    .min(1, 'Give the token a name, such as the machine that uses it.')
    .max(64, 'A name has at most 64 characters.'),
  scopes: z.preprocess(
    (value) => (value === undefined ? [] : [value].flat()),
    z.array(scope).min(1, 'Choose what the token may do.'),
  ),
  days: z.enum(lifetimes),
});
const idForm = z.object({ id: z.uuid() });

/** Routes for API tokens. */
export function tokensRouter({ state, limits, config, clock }: AppDeps): Router {
  const router = Router();
  const form = readForm(config.bodySeconds, 8 * 1024);

  const show = async (
    request: Request,
    response: Response,
    what: {
      fresh?: string;
      typed?: z.input<typeof typed>;
      errors?: FormError[];
      done?: 'revoked' | undefined;
    },
  ): Promise<void> => {
    const tokens = await listTokens(state.service().db, accountOf(request).id);
    const now = clock();
    renderPage(request, response, tokensPage, {
      tokens: tokens.map(({ id, name, scopes, createdAt, expiresAt, usedAt }) => ({
        ...{ id, name, scopes: [...scopes], createdAt: createdAt.toISOString() },
        expiresAt: expiresAt?.toISOString(),
        isExpired: expiresAt !== undefined && expiresAt <= now,
        usedAt: usedAt?.toISOString(),
      })),
      fresh: what.fresh,
      typed: what.typed ?? { name: '', scopes: [], days: '90' },
      errors: what.errors ?? [],
      done: what.done,
    });
  };

  router.get('/account/tokens', limits.read, requireAccount(), async (request, response) => {
    await show(request, response, { done: request.query['done'] === 'revoked' ? 'revoked' : undefined });
  });

  router.post('/account/tokens', limits.read, requireAccount(), form, async (request, response) => {
    const fields = formFields(request);
    const parsed = newForm.safeParse(fields);
    const refuse = (errors: FormError[]): Promise<void> => {
      const { name, scopes = [], days } = fields;
      response.status(422);
      return show(request, response, {
        typed: {
          name: typeof name === 'string' ? name : '',
          scopes: [scopes].flat(),
          days: typeof days === 'string' ? days : '90',
        },
        errors,
      });
    };
    if (!parsed.success) {
      await refuse(formErrors(parsed.error));
      return;
    }
    const { name, scopes, days } = parsed.data;
    const now = clock();
    const token = makeToken();
    const isAdded = await addToken(state.service().db, {
      ...{ accountId: accountOf(request).id, name, hash: hashToken(token), scopes, now },
      expiresAt: days === 'never' ? undefined : new Date(now.getTime() + Number(days) * dayMs),
    });
    if (!isAdded) {
      await refuse([{ message: `An account has at most ${maxTokens} tokens. Revoke one that is not used.` }]);
      return;
    }
    // No redirect: nothing but this answer ever holds the token.
    await show(request, response.status(201), { fresh: token });
  });

  router.get('/account/tokens/revoke', limits.read, requireAccount(), async (request, response) => {
    const { id } = parseRequest(idForm, request.query, 'query');
    const tokens = await listTokens(state.service().db, accountOf(request).id);
    const token = tokens.find((one) => one.id === id);
    if (token === undefined) throw gone();
    renderPage(request, response, revokePage, { id, name: token.name });
  });

  router.post('/account/tokens/revoke', limits.read, requireAccount(), form, async (request, response) => {
    const { id } = parseRequest(idForm, formFields(request), 'form');
    if (!(await revokeToken(state.service().db, accountOf(request).id, id))) throw gone();
    response.redirect(303, '/account/tokens?done=revoked');
  });
  return router;
}

function gone(): TrustError {
  return new TrustError('not-found', 'Your account has no such token.');
}
