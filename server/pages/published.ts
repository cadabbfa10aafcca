// GET /published/:id: what became of a statement that was just published. The receipt, what it changed, what comes next.
//
// Everything is read from the ledger, so the page can be opened again and by anybody.

import { Router } from 'express';
import { z } from 'zod';
import { TrustError } from '../../core/errors.ts';
import type { Identity } from '../../core/identity.ts';
import {
  identityOf,
  statementIdSchema,
  type Statement,
  type StatementId,
} from '../../core/statement/statement.ts';
import { defaultTrustParameters } from '../../core/trust/types.ts';
import { packagePurl } from '../../core/digest/purl.ts';
import { findReceipts } from '../../db/entries.ts';
import { findStatementsById, type StoredStatement } from '../../db/statements.ts';
import type { AppDeps } from '../app-deps.ts';
import { changesOf } from '../compose/changes.ts';
import { findPublished } from '../log/published.ts';
import { parseRequest } from '../parse-request.ts';
import { definePage, renderPage } from '../site/page.ts';
import { returnPath } from '../site/return-path.ts';
import { viewerOf } from '../site/viewer.ts';
import type { Service } from '../service.ts';

const publishedPage = definePage(
  'published',
  z.strictObject({
    id: z.string(),
    author: z.custom<Identity>(),
    index: z.number(),
    recordedAt: z.string(),
    leafHash: z.string(),
    statement: z.custom<Statement>(),
    /** Identities that a trust statement is about. */
    subjects: z.array(z.custom<Identity>()),
    counts: z.enum(['yes', 'retracted', 'superseded']),
    replaces: z.array(z.strictObject({ id: z.string(), index: z.number(), says: z.string() })),
    withdraws: z.strictObject({ id: z.string(), kind: z.string(), says: z.string() }).optional(),
    /** How far the reader's roots trust the author; undefined when no roots were chosen. */
    standing: z.enum(['root', 'high', 'medium', 'low', 'none', 'banned', 'untrusted']).optional(),
    /** The tlog-proof; undefined until the entry is under a published checkpoint. */
    proof: z.string().optional(),
    returnTo: z.string().optional(),
  }),
);

/** Routes for what was published. */
export function publishedRouter({ state, limits }: AppDeps): Router {
  const router = Router();
  router.get('/published/:id', limits.read, async (request, response) => {
    const id = parseRequest(statementIdSchema, request.params['id'], 'statement id');
    const service = state.service();
    const { db, log } = service;
    const [stored] = await findStatementsById(db, [id]);
    const receipt = (await findReceipts(db, [id])).get(id);
    if (stored === undefined || receipt === undefined) throw unknown(id);
    const changes = await changesOf(db, stored);
    const checkpoint = await findPublished(log, db, stored.index + 1);
    const back = returnPath(request.query['return']);
    const { statement, author, index, recordedAt } = stored;
    renderPage(request, response, publishedPage, {
      id,
      author,
      index,
      recordedAt: recordedAt.toISOString(),
      leafHash: receipt.leafHash,
      statement,
      subjects: statement.kind === 'trust' ? statement.ids.map(identityOf) : [],
      counts: changes.counts,
      replaces: changes.replaces.map((one) => ({ id: one.id, index: one.index, says: says(one) })),
      withdraws: changes.withdraws && {
        id: changes.withdraws.id,
        kind: changes.withdraws.kind,
        says: says(changes.withdraws),
      },
      standing: await standingOf(service, viewerOf(response).roots, stored),
      proof: checkpoint && (await log.prover.receipt(index, checkpoint)),
      returnTo: back === '/' ? undefined : back,
    });
  });
  return router;
}

/** What a statement says, in a few words. */
function says({ statement }: StoredStatement): string {
  switch (statement.kind) {
    case 'package review':
      return statement.review === undefined ? 'notes without a review' : `rated ${statement.review.rating}`;
    case 'trust':
      return `trust ${statement.trust}`;
    case 'reviewer set':
      return `set ${statement.name} of ${statement.members.length} members`;
    case 'source':
      return 'digests of one source';
    case 'retraction':
      return 'a retraction';
  }
}

async function standingOf(
  { graph }: Service,
  roots: Parameters<Service['graph']['view']>[0],
  { author, statement }: StoredStatement,
): Promise<z.input<typeof publishedPage.model>['standing']> {
  if (roots.length === 0) return undefined;
  if (roots.some((root) => root === (author as string))) return 'root';
  await graph.follow();
  const view = graph.view(roots, defaultTrustParameters);
  const purl = statement.kind === 'package review' ? packagePurl(statement.package.purl) : undefined;
  if (view.isBanned(author, purl)) return 'banned';
  return view.lookup(author, purl)?.level ?? 'untrusted';
}

function unknown(id: StatementId): TrustError {
  return new TrustError('not-found', `The ledger holds no statement ${id}.`, {
    help: 'If you have just published it, publish it again: what is known already gets the same receipt.',
  });
}
