// Noting in an organisation's history what an account did.

import type { Account } from '../../db/accounts.ts';
import type { Queryable } from '../../db/database.ts';
import { addEvent, type OrganisationAction } from '../../db/organisation-events.ts';
import { accountName } from '../auth/account-name.ts';

export interface Actor {
  readonly account: Account;
  readonly at: Date;
}

/** Notes what somebody did, in the transaction in which it is done. */
export async function noteEvent(
  transaction: Queryable,
  organisationId: string,
  { account, at }: Actor,
  action: OrganisationAction,
  detail: Readonly<Record<string, string>> = {},
): Promise<void> {
  const isNamed = account.userName !== undefined || account.keys.length > 0;
  const actorName = isNamed ? accountName(account) : 'an account without a name';
  await addEvent(transaction, { organisationId, at, accountId: account.id, actorName, action, detail });
}
