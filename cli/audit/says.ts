// What a verified document says, in the few words that an event has.

import type { AuditSays } from '../../core/api/audit-event.ts';
import { makeRoot } from '../../core/identity.ts';
import { identityOf, type Statement } from '../../core/statement/statement.ts';
import type { Certificate } from '../../core/statement/verified.ts';

/** Most identities and user ids that an event names; the schema has the same numbers. */
const mostIdentities = 20;
const mostUserIds = 5;

/** The gist of a verified statement. */
export function saysOf(statement: Statement): AuditSays {
  switch (statement.kind) {
    case 'package review':
      return {
        purl: statement.package.purl,
        ...statement.review,
        ...(statement.issues !== undefined && { issues: statement.issues.length }),
        ...(statement.advisories !== undefined && { advisories: statement.advisories.length }),
      };
    case 'source':
      return { purl: statement.package.purl };
    case 'trust':
      return {
        trust: statement.trust,
        identities: statement.ids.slice(0, mostIdentities).map(identityOf),
        identityCount: statement.ids.length,
      };
    case 'reviewer set':
      return {
        set: makeRoot(identityOf(statement.from), statement.name),
        members: statement.members.length,
      };
    case 'retraction':
      return { retracts: statement.statement, reason: statement.reason };
  }
}

/** The gist of a certificate. */
export function saysOfCertificate({ userIds, revocation }: Certificate): AuditSays {
  return {
    userIds: userIds.slice(0, mostUserIds),
    ...(revocation !== undefined && { revoked: revocation.hardness }),
  };
}

/** One line of it, for people: `pkg:npm/left-pad@1.3.0: negative`. The text is from outside: escape it before printing. */
export function saysLine(says: AuditSays): string {
  if (says.purl !== undefined) {
    const extra = [
      says.issues === undefined || says.issues === 0 ? [] : [`${says.issues} issues`],
      says.advisories === undefined || says.advisories === 0 ? [] : [`${says.advisories} advisories`],
    ].flat();
    return [says.rating === undefined ? says.purl : `${says.purl}: ${says.rating}`, ...extra].join(', ');
  }
  if (says.trust !== undefined) {
    const [first = '', ...more] = says.identities ?? [];
    const others = (says.identityCount ?? 1) - 1;
    return `${says.trust} for ${first}${more.length > 0 || others > 0 ? ` and ${others} more` : ''}`;
  }
  if (says.set !== undefined) return `${says.set}, ${says.members ?? 0} members`;
  if (says.retracts !== undefined) return `withdraws ${says.retracts} (${says.reason ?? 'other'})`;
  const revoked = says.revoked === undefined ? '' : `, revoked (${says.revoked})`;
  return `${says.userIds?.[0] ?? 'no user id'}${revoked}`;
}
