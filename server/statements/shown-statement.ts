// One line for a statement in lists and titles: what it is about, and the words that matter most.

import { z } from 'zod';
import { parsePurl } from '../../core/digest/purl.ts';
import { shownLine } from '../../core/shown-text.ts';
import type { Statement } from '../../core/statement/statement.ts';
import { count, shortIdentity, shortHash } from '../site/view-text.ts';

export const shownStatementSchema = z.strictObject({
  kind: z.string(),
  /** What it is about, for reading. */
  subject: z.string(),
  /** The purl of a review or source statement. */
  purl: z.string().optional(),
  rating: z.string().optional(),
  /** Thoroughness and understanding, trust level, reason: whatever the kind measures with. */
  words: z.string(),
  /** Model of a machine-made review. */
  machine: z.string().optional(),
  relation: z.string().optional(),
  issues: z.number().int(),
  unmaintained: z.boolean(),
  comment: z.string().optional(),
});
export type ShownStatement = z.output<typeof shownStatementSchema>;

const plain = { issues: 0, unmaintained: false };

/** A statement in one line. */
export function shownStatement(statement: Statement): ShownStatement {
  const { kind } = statement;
  const comment = commentOf(statement);
  switch (statement.kind) {
    case 'package review': {
      const { review, flags, disclosure } = statement;
      const agent = statement['llm-agent'];
      return {
        kind,
        subject: nameOf(statement.package.purl),
        purl: statement.package.purl,
        ...(review !== undefined && { rating: review.rating }),
        words:
          review === undefined
            ? 'no review, only remarks'
            : `thoroughness ${review.thoroughness}, understanding ${review.understanding}`,
        ...(agent !== undefined && { machine: shownLine(agent.model, 80) }),
        ...(disclosure !== undefined && disclosure.relation !== 'none' && { relation: disclosure.relation }),
        issues: (statement.issues?.length ?? 0) + (statement.advisories?.length ?? 0),
        unmaintained: flags?.unmaintained === true,
        ...comment,
      };
    }
    case 'trust': {
      const [first] = statement.ids;
      const others = statement.ids.length - 1;
      const name = first === undefined ? '' : shortIdentity(`${first['id-type']}:${first.id}`);
      const more = others === 0 ? '' : ` and ${count(others, 'other')}`;
      return { ...plain, kind, subject: `${name}${more}`, words: statement.trust, ...comment };
    }
    case 'reviewer set':
      return {
        ...plain,
        kind,
        subject: shownLine(statement.title, 120),
        words: `${statement.name}: ${count(statement.members.length, 'member')}`,
        ...comment,
      };
    case 'source':
      return {
        ...plain,
        kind,
        subject: nameOf(statement.package.purl),
        purl: statement.package.purl,
        words: count(Object.keys(statement.package.digests).length, 'digest'),
        ...comment,
      };
    case 'retraction':
      return {
        ...plain,
        kind,
        subject: `statement ${shortHash(statement.statement)}`,
        words: statement.reason,
        ...comment,
      };
  }
}

function commentOf({ comment }: Statement): { comment?: string } {
  const line = comment === undefined ? '' : shownLine(comment, 240);
  return line === '' ? {} : { comment: line };
}

/** `left-pad 1.3.0`: a purl as people say it. */
export function nameOf(purl: string): string {
  const { namespace, name, version } = parsePurl(purl);
  const whole = namespace === undefined ? name : `${namespace}/${name}`;
  return version === undefined ? whole : `${whole} ${version}`;
}
