// Somebody as page models carry them, for the partial `identity`.

import { z } from 'zod';
import { identitySchema } from '../../core/identity-schema.ts';
import type { Identity } from '../../core/identity.ts';
import type { Person } from '../../db/people.ts';

export const personModel = z.strictObject({
  identity: identitySchema,
  name: z.string().optional(),
  url: z.string().optional(),
  key: z.enum(['valid', 'expired', 'revoked', 'unknown']),
});

/** The person of an identity, of those that describeIdentities gave. */
export function personOf(people: ReadonlyMap<Identity, Person>, identity: Identity): Person {
  return people.get(identity) ?? { identity, key: 'unknown' };
}
