// The forms about a member and an included set, and the choices that they offer with their meanings.

import { z } from 'zod';
import { trustLevelSchema, type TrustLevel } from '../../core/statement/levels.ts';
import { lineField, optional, scopeField } from './form-fields.ts';
import { maxMemberText } from './read-member.ts';

/** How far a member can be trusted, the most first, and what it means for whoever trusts the set. */
export const memberLevels: readonly (readonly [TrustLevel, string])[] = [
  ['high', 'Their reviews count as the organisation’s own.'],
  ['medium', 'Their reviews count, one step further away.'],
  ['low', 'Their reviews count only for those who ask for little.'],
  ['none', 'Named, and not relied on.'],
  ['distrust', 'Nothing of theirs counts for anybody who trusts this set.'],
];

/** How far what an included set says can count at most. */
export const includeCaps: readonly (readonly [TrustLevel, string])[] = [
  ['high', 'As far as that organisation says.'],
  ['medium', 'One step further away than this organisation’s own members.'],
  ['low', 'Only for those who ask for little.'],
];

/** What is said of a member. */
export const memberTermsFields = {
  trust: trustLevelSchema,
  role: optional(lineField('A role', 256)),
  scope: scopeField,
};

export const proposeForm = z.object({
  member: z
    .string()
    .trim()
    .min(1, 'Enter a fingerprint, a key or the address of a profile.')
    .max(maxMemberText, 'That is larger than a public key should be.'),
  ...memberTermsFields,
});

export const memberTermsForm = z.object(memberTermsFields);

export const includeForm = z.object({
  set: z
    .string()
    .trim()
    .min(1, 'Enter the root of a set: openpgp:<fingerprint>#<name>.')
    .max(200, 'A root is shorter than that.'),
  cap: z.enum(['high', 'medium', 'low']),
  scope: scopeField,
});
