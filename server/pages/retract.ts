// /retract?statement=<id>: withdrawing a statement of one's own. What follows is said first.

import type { Router } from 'express';
import { z } from 'zod';
import type { Identity } from '../../core/identity.ts';
import { identityOf, statementIdSchema } from '../../core/statement/statement.ts';
import { findStatementsById, type StoredStatement } from '../../db/statements.ts';
import type { AppDeps } from '../app-deps.ts';
import { composeModel, composeRoutes } from '../compose/compose-routes.ts';
import { fromQuery } from '../compose/from-query.ts';
import { choicesSchema, reasonChoices } from '../compose/meanings.ts';
import { retractionComposer } from '../compose/retraction.ts';
import { definePage, renderPage } from '../site/page.ts';

const retractPage = definePage(
  'retract',
  z.strictObject({
    ...composeModel,
    reasons: choicesSchema,
    /** What would be withdrawn; undefined while none is named that the ledger has. */
    target: z
      .strictObject({
        id: z.string(),
        kind: z.string(),
        author: z.custom<Identity>(),
        index: z.number(),
        about: z.string(),
        retracted: z.boolean(),
        /** Whether the reader's account has proven to hold the author's key. */
        owner: z.enum(['you', 'somebody-else', 'unknown']),
      })
      .optional(),
  }),
);

/** Routes for retractions. */
export function retractRouter(deps: AppDeps): Router {
  const find = async (id: string | undefined): Promise<StoredStatement | undefined> => {
    const parsed = statementIdSchema.safeParse(id?.trim());
    return parsed.success ? (await findStatementsById(deps.state.service().db, [parsed.data]))[0] : undefined;
  };
  return composeRoutes(deps, {
    composer: retractionComposer,
    signTitle: 'Sign the retraction',
    start: async ({ query }) => {
      const fields = fromQuery({ statement: query['statement'] });
      const target = await find(fields['statement']);
      // Only the author can withdraw it, so there is nothing to choose.
      return target === undefined ? fields : { ...fields, author: 'other', 'author-other': target.author };
    },
    refuse: async (_request, { statement }) => {
      if (statement.kind !== 'retraction') return [];
      const target = await find(statement.statement);
      if (target === undefined) {
        return [{ field: 'statement', message: 'The ledger holds no statement with this id.' }];
      }
      if (target.author !== identityOf(statement.from)) {
        return [
          {
            field: 'author-other',
            message: `Only its author can withdraw it, and that is ${target.author}.`,
          },
        ];
      }
      if (target.kind === 'retraction') {
        return [
          { field: 'statement', message: 'A retraction cannot be taken back. Publish what you mean anew.' },
        ];
      }
      return target.retractedBy === undefined
        ? []
        : [{ field: 'statement', message: `It is retracted already, by entry ${target.retractedBy}.` }];
    },
    render: async (request, response, model) => {
      const target = await find(model.fields['statement']);
      renderPage(request, response, retractPage, {
        ...model,
        reasons: reasonChoices,
        target: target && {
          id: target.id,
          kind: target.kind,
          author: target.author,
          index: target.index,
          about: aboutWhat(target),
          retracted: target.retractedBy !== undefined,
          owner:
            request.user === undefined
              ? 'unknown'
              : request.user.keys.includes(target.author)
                ? 'you'
                : 'somebody-else',
        },
      });
    },
  });
}

function aboutWhat({ statement }: StoredStatement): string {
  switch (statement.kind) {
    case 'package review':
    case 'source':
      return statement.package.purl;
    case 'trust':
      return `trust ${statement.trust} in ${statement.ids.map(identityOf).join(', ')}`;
    case 'reviewer set':
      return `the set ${statement.name}, ${statement.title}`;
    case 'retraction':
      return statement.statement;
  }
}
