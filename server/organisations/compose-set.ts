// The statement that an organisation would sign now: the set that is being prepared, as text.

import { splitIdentity } from '../../core/identity.ts';
import type { ReviewerSet } from '../../core/statement/statement.ts';
import { formatSeconds } from '../../core/time.ts';
import type { Queryable } from '../../db/database.ts';
import { findIncludes, findMembers, type ProposedMember } from '../../db/organisation-members.ts';
import type { Organisation } from '../../db/organisations.ts';
import { readRecommendation } from './read-recommendation.ts';

export interface ComposedSet {
  readonly set: ReviewerSet;
  /** Who was left out, because they have not answered or have declined. */
  readonly leftOut: readonly ProposedMember[];
}

/** Whether a member of these terms is asked for consent: whom nobody is to rely on is named without it. */
export function needsConsent({ trust }: Pick<ProposedMember, 'trust'>): boolean {
  return trust !== 'none' && trust !== 'distrust';
}

/** The set as it would be signed at a time. With `withPending`, those who have not answered are in it; who declined never is. */
export async function composeSet(
  db: Queryable,
  organisation: Organisation,
  { at, withPending }: { readonly at: Date; readonly withPending: boolean },
): Promise<ComposedSet> {
  const { id, identity, setName, title, home, domain, policy } = organisation;
  const known = await findMembers(db, id);
  const includes = await findIncludes(db, id);
  const isIn = (member: ProposedMember): boolean =>
    !needsConsent(member) || member.state === 'accepted' || (withPending && member.state === 'proposed');
  const recommendation = readRecommendation(policy);
  const set: ReviewerSet = {
    kind: 'reviewer set',
    version: 1,
    date: formatSeconds(at),
    from: splitIdentity(identity),
    name: setName,
    title,
    ...(home !== undefined && { home }),
    ...(domain !== undefined && { domain }),
    members: known.filter(isIn).map(({ identity: member, trust, scope, role }) => ({
      id: splitIdentity(member),
      trust,
      ...(scope !== undefined && { scope: [...scope] }),
      ...(role !== undefined && { role }),
    })),
    ...(includes.length > 0 && {
      includes: includes.map(({ included, cap, scope }) => ({
        set: included,
        cap,
        ...(scope !== undefined && { scope: [...scope] }),
      })),
    }),
    ...(recommendation !== undefined && { policy: recommendation }),
  };
  return { set, leftOut: known.filter((member) => !isIn(member)) };
}
