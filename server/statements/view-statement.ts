// The model of a statement's page: what was signed, verbatim and read, and everything that bears on whether it counts.

import { z } from 'zod';
import { splitRoot } from '../../core/identity.ts';
import { signedText } from '../../core/statement/read-stored.ts';
import { identityOf, statementSchema, type Statement } from '../../core/statement/statement.ts';
import { envelopes } from '../../core/statement/verified.ts';
import { formatSeconds } from '../../core/time.ts';
import type { Queryable } from '../../db/database.ts';
import { findKeyState, findNewerWords, type KeyState } from '../../db/standing.ts';
import { findStatementsById, type StoredStatement } from '../../db/statements.ts';
import { peopleOf, peopleSchema } from '../site/people.ts';
import { shownStatement } from './shown-statement.ts';

/** What can be said of the key that signed. */
const keySchema = z.discriminatedUnion('state', [
  /** crev: the identity is the key, and nothing can revoke it. */
  z.strictObject({ state: z.literal('itself') }),
  z.strictObject({ state: z.literal('valid'), expires: z.string().optional() }),
  z.strictObject({ state: z.literal('expired'), expires: z.string() }),
  z.strictObject({
    state: z.literal('revoked'),
    hardness: z.enum(['hard', 'soft']),
    at: z.string(),
    reason: z.string(),
    /** Whether the revocation takes this statement's effect away. */
    voids: z.boolean(),
  }),
]);

export const statementModel = z.strictObject({
  id: z.string(),
  index: z.number().int(),
  recordedAt: z.string(),
  envelope: z.enum(envelopes),
  author: z.string(),
  people: peopleSchema,
  /** Name of the subject, for the title. */
  subject: z.string(),
  statement: statementSchema,
  text: z.string(),
  key: keySchema,
  retractedBy: z.number().int().optional(),
  newer: z.array(z.strictObject({ id: z.string(), index: z.number().int(), about: z.string().optional() })),
  /** What a retraction withdraws, when the ledger holds it. */
  withdraws: z.strictObject({ id: z.string(), subject: z.string(), own: z.boolean() }).optional(),
  origin: z.string(),
});

/** Everything that the page of a statement shows. */
export async function viewStatement(
  db: Queryable,
  stored: StoredStatement,
  origin: string,
  now: Date,
): Promise<z.input<typeof statementModel>> {
  const { id, index, author, envelope, statement } = stored;
  const [keyState, newer, withdrawn, people] = await Promise.all([
    findKeyState(db, author),
    findNewerWords(db, stored),
    statement.kind === 'retraction' ? findStatementsById(db, [statement.statement]) : [],
    peopleOf(db, [author, ...identitiesIn(statement)], now),
  ]);
  const [target] = withdrawn;
  return {
    ...{ id, index, author, envelope, statement, people, origin },
    recordedAt: formatSeconds(stored.recordedAt),
    subject: shownStatement(statement).subject,
    text: textOf(stored),
    key: keyOf(keyState, index, now),
    ...(stored.retractedBy !== undefined && { retractedBy: stored.retractedBy }),
    newer: newer.map((one) => ({ ...one })),
    ...(target !== undefined && {
      withdraws: {
        id: target.id,
        subject: shownStatement(target.statement).subject,
        own: target.author === author,
      },
    }),
  };
}

function keyOf(state: KeyState | undefined, index: number, now: Date): z.input<typeof keySchema> {
  if (state === undefined) return { state: 'itself' };
  const { expires, revocation, voidFrom } = state;
  if (revocation !== undefined) {
    const { hardness, at, reason } = revocation;
    const voids = voidFrom !== undefined && voidFrom <= index;
    return { state: 'revoked', hardness, at: formatSeconds(at), reason, voids };
  }
  if (expires === undefined) return { state: 'valid' };
  return { state: expires <= now ? 'expired' : 'valid', expires: formatSeconds(expires) };
}

/** The signed text; the whole document where it cannot be cut, so that nothing is ever hidden. */
function textOf({ document }: StoredStatement): string {
  try {
    return signedText(document);
  } catch {
    return document;
  }
}

function identitiesIn(statement: Statement): string[] {
  switch (statement.kind) {
    case 'trust':
      return [...statement.ids, ...(statement.override ?? [])].map(identityOf);
    case 'reviewer set':
      return [
        ...statement.members.map(({ id }) => identityOf(id)),
        ...(statement.includes ?? []).map(({ set }) => splitRoot(set).owner),
      ];
    case 'package review':
      return (statement.override ?? []).map(identityOf);
    case 'source':
    case 'retraction':
      return [];
  }
}
