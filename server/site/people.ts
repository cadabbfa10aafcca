// The people on a page: what the ledger knows of them, in the form that the partial `identity` shows.

import { z } from 'zod';
import type { Identity } from '../../core/identity.ts';
import type { Queryable } from '../../db/database.ts';
import { describeIdentities, type Person } from '../../db/people.ts';

/** Somebody, as pages show them: name and address are what they claim. */
export const personSchema = z.strictObject({
  identity: z.string(),
  name: z.string().optional(),
  url: z.string().optional(),
  key: z.enum(['valid', 'expired', 'revoked', 'unknown']),
});

/** People by identity. Whoever is not in it is shown by the identity alone. */
export const peopleSchema = z.record(z.string(), personSchema);

/** What is known of these identities, for a page. Owners of reviewer sets may be named by the set. */
export async function peopleOf(
  db: Queryable,
  identities: Iterable<string>,
  now: Date,
): Promise<Record<string, Person>> {
  const asked = Array.from(identities, (one) => one.split('#', 1)[0] as Identity);
  return Object.fromEntries(await describeIdentities(db, asked, now));
}
