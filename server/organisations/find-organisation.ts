// The organisation that a request is about, and whether whoever asks may change it.

import type { Request } from 'express';
import { TrustError } from '../../core/errors.ts';
import { makeRoot, type Root } from '../../core/identity.ts';
import type { Account } from '../../db/accounts.ts';
import type { Queryable } from '../../db/database.ts';
import { isAdministrator } from '../../db/organisation-admins.ts';
import { findOrganisation, type Organisation } from '../../db/organisations.ts';
import { accountOf } from '../auth/require-account.ts';
import { RequestError } from '../problems.ts';

/** The organisation at the address that a request names; throws not-found. */
export async function organisationOf(db: Queryable, request: Request): Promise<Organisation> {
  const slug = request.params['slug'];
  const found = typeof slug === 'string' ? await findOrganisation(db, slug) : undefined;
  if (found === undefined) {
    throw new TrustError('not-found', 'There is no organisation at this address.', {
      help: 'Look for it in the list of organisations: /organisations',
    });
  }
  return found;
}

/** The organisation that a request names, and the account that administers it; throws not-found, and 403 for others. */
export async function administeredBy(
  db: Queryable,
  request: Request,
): Promise<{ readonly organisation: Organisation; readonly account: Account }> {
  const account = accountOf(request);
  const organisation = await organisationOf(db, request);
  if (!(await isAdministrator(db, organisation.id, account.id))) {
    throw new RequestError('request-invalid', 'Only administrators of this organisation may do that.', {
      status: 403,
      help: 'Ask one of them to invite you; or prove the organisation’s key in your account.',
    });
  }
  return { organisation, account };
}

/** The root that people name to trust an organisation. */
export function rootOf({ identity, setName }: Pick<Organisation, 'identity' | 'setName'>): Root {
  return makeRoot(identity, setName);
}
