// The difference between two versions of a reviewer set, as pages show it.

import { z } from 'zod';
import type { Identity } from '../../core/identity.ts';
import {
  compareSets,
  type Change,
  type SetDifference,
  type SetInclude,
  type SetMember,
} from '../../core/statement/compare-sets.ts';
import type { ReviewerSet } from '../../core/statement/statement.ts';
import type { Queryable } from '../../db/database.ts';
import { describeIdentities } from '../../db/people.ts';
import { personModel, personOf } from '../site/person-model.ts';

const change = z.enum(['added', 'removed', 'changed']);

export const differenceModel = z.strictObject({
  members: z.array(
    z.strictObject({
      ...{ person: personModel, change },
      before: z.array(z.string()),
      after: z.array(z.string()),
    }),
  ),
  includes: z.array(
    z.strictObject({
      ...{ set: z.string(), change },
      before: z.array(z.string()),
      after: z.array(z.string()),
    }),
  ),
  fields: z.array(z.strictObject({ field: z.string(), before: z.string(), after: z.string() })),
});

/** The model of what changed from one version to the next; all is added where there is none before. */
export async function describeDifference(
  db: Queryable,
  before: ReviewerSet | undefined,
  after: ReviewerSet,
  now: Date,
): Promise<z.output<typeof differenceModel>> {
  const difference: SetDifference = compareSets(before, after);
  const people = await describeIdentities(
    db,
    difference.members.map(({ key }): Identity => key),
    now,
  );
  return {
    members: difference.members.map((one) => ({
      person: personOf(people, one.key),
      change: kindOf(one),
      before: one.before.map(memberTerms),
      after: one.after.map(memberTerms),
    })),
    includes: difference.includes.map((one) => ({
      set: one.key,
      change: kindOf(one),
      before: one.before.map(includeTerms),
      after: one.after.map(includeTerms),
    })),
    fields: [...difference.fields],
  };
}

function kindOf({ before, after }: Change<unknown, unknown>): z.output<typeof change> {
  if (before.length === 0) return 'added';
  return after.length === 0 ? 'removed' : 'changed';
}

/** Level, role and scope on one line: `high, lead, for pkg:npm/*`. */
function memberTerms({ trust, role, scope }: SetMember): string {
  return [trust, ...(role === undefined ? [] : [role]), scopeText(scope)].join(', ');
}

function includeTerms({ cap, scope }: SetInclude): string {
  return `at most ${cap}, ${scopeText(scope)}`;
}

function scopeText(scope: readonly string[] | undefined): string {
  return scope === undefined ? 'for everything' : `for ${scope.join(' ')}`;
}
