// Making an organisation around a key that the account has proven to hold.
//
// Only whoever proved the key may: otherwise anybody could put their own words on a page under somebody else's key, and
// would seem to be confirmed when the real owner publishes. A set that stands in the ledger already is taken over as the
// one that is being prepared.

import { TrustError } from '../../core/errors.ts';
import { identityOf, type ReviewerSet } from '../../core/statement/statement.ts';
import { writeYaml } from '../../core/statement/yaml-text.ts';
import type { Database, Queryable } from '../../db/database.ts';
import { addAdministrator } from '../../db/organisation-admins.ts';
import { putInclude, putMembers, type MemberTerms } from '../../db/organisation-members.ts';
import {
  changeOrganisationPolicy,
  createOrganisation,
  type NewOrganisation,
  type Organisation,
} from '../../db/organisations.ts';
import { findCurrentSet } from '../../db/reviewer-sets.ts';
import { noteEvent, type Actor } from './note-event.ts';

/** Makes an organisation, administered by the actor. Throws name-taken, and request-invalid for a key that is not proven. */
export async function makeOrganisation(
  db: Database,
  actor: Actor,
  details: Omit<NewOrganisation, 'createdAt'>,
): Promise<Organisation> {
  if (!actor.account.keys.includes(details.identity)) {
    throw new TrustError('request-invalid', 'Your account has not proven to hold that key.', {
      help: 'Add the key to your account first.',
    });
  }
  return db.transaction(async (transaction) => {
    const made = await createOrganisation(transaction, { ...details, createdAt: actor.at });
    await addAdministrator(transaction, made.id, actor.account.id, actor.at);
    await noteEvent(transaction, made.id, actor, 'created', { key: made.identity, set: made.setName });
    const published = await findCurrentSet(transaction, made.identity, made.setName);
    if (published !== undefined) await takeOver(transaction, made.id, published.set, actor.at);
    return made;
  });
}

/** Puts what a published set says into the one that is being prepared. */
async function takeOver(transaction: Queryable, id: string, set: ReviewerSet, at: Date): Promise<void> {
  const members = new Map<string, MemberTerms>();
  for (const member of set.members) {
    const identity = identityOf(member.id);
    members.set(identity, { identity, trust: member.trust, role: member.role, scope: member.scope });
  }
  if (members.size > 0) await putMembers(transaction, id, [...members.values()], at);
  for (const { set: included, cap, scope } of set.includes ?? []) {
    await putInclude(transaction, id, { included, cap, scope });
  }
  if (set.policy !== undefined) {
    await changeOrganisationPolicy(transaction, id, `${writeYaml(set.policy, (keys) => keys)}\n`);
  }
}
