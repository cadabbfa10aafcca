// What changed from one version of a reviewer set to the next: members, included sets, and what the set says of itself.

import { compareIdentities, type Identity, type Root } from '../identity.ts';
import { identityOf, type ReviewerSet } from './statement.ts';

export type SetMember = ReviewerSet['members'][number];
export type SetInclude = NonNullable<ReviewerSet['includes']>[number];

/** Somebody or some set that stands in one version, or in both and differently. A version may name one several times. */
export interface Change<Key, Entry> {
  readonly key: Key;
  readonly before: readonly Entry[];
  readonly after: readonly Entry[];
}

export interface SetDifference {
  readonly members: readonly Change<Identity, SetMember>[];
  readonly includes: readonly Change<Root, SetInclude>[];
  readonly fields: readonly { readonly field: string; readonly before: string; readonly after: string }[];
}

const comparedFields = ['title', 'home', 'domain', 'comment'] as const;

/** The differences, members in the order of identities; all is new where there is no version before. */
export function compareSets(before: ReviewerSet | undefined, after: ReviewerSet): SetDifference {
  const members = changes(before?.members ?? [], after.members, (member) => identityOf(member.id));
  const includes = changes(before?.includes ?? [], after.includes ?? [], (include) => include.set);
  const fields = comparedFields.flatMap((field) => {
    const [left, right] = [before?.[field] ?? '', after[field] ?? ''];
    return left === right ? [] : [{ field, before: left, after: right }];
  });
  const policies = [policyText(before), policyText(after)] as const;
  return {
    members: members.sort((a, b) => compareIdentities(a.key, b.key)),
    includes: includes.sort((a, b) => (a.key < b.key ? -1 : 1)),
    fields:
      policies[0] === policies[1]
        ? fields
        : [...fields, { field: 'policy', before: policies[0], after: policies[1] }],
  };
}

function changes<Key, Entry>(
  before: readonly Entry[],
  after: readonly Entry[],
  keyOf: (entry: Entry) => Key,
): Change<Key, Entry>[] {
  const left = groupBy(before, keyOf);
  const right = groupBy(after, keyOf);
  const changed: Change<Key, Entry>[] = [];
  for (const key of new Set([...left.keys(), ...right.keys()])) {
    const change = { key, before: left.get(key) ?? [], after: right.get(key) ?? [] };
    if (textOf(change.before) !== textOf(change.after)) changed.push(change);
  }
  return changed;
}

function groupBy<Key, Entry>(entries: readonly Entry[], keyOf: (entry: Entry) => Key): Map<Key, Entry[]> {
  const groups = new Map<Key, Entry[]>();
  for (const entry of entries) {
    const key = keyOf(entry);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [entry]);
    else group.push(entry);
  }
  return groups;
}

/** One text for data that says the same, whatever the order of its fields. */
function textOf(value: unknown): string {
  return JSON.stringify(value, (_key, inner: unknown) =>
    typeof inner === 'object' && inner !== null && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)))
      : inner,
  );
}

function policyText(set: ReviewerSet | undefined): string {
  return set?.policy === undefined ? '' : textOf(set.policy);
}
