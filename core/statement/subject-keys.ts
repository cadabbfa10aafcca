// Subject keys: the typed texts that say what a statement is about, for the leaf records of the ledger.
//
//   purl:<package purl>  purl:<purl with version>  digest:<key>:<hex>  identity:<identity>  set:<root>  statement:<id>
//
// They are what a proof of completeness is over, so they are a function of the statement alone. Weak digests give no key,
// because they never decide what bytes are meant.

import { digestEntries, digestKeys } from '../digest/digest-set.ts';
import { packagePurl } from '../digest/purl.ts';
import { makeRoot, type Identity } from '../identity.ts';
import { identityOf, type Statement, type Subject } from './statement.ts';

/** The sorted, distinct subject keys of a statement. */
export function subjectKeys(statement: Statement): readonly string[] {
  return [...new Set(keysOf(statement))].sort();
}

/** The subject keys of a certificate: the identity whose key it is. */
export function certificateSubjectKeys(identity: Identity): readonly string[] {
  return [`identity:${identity}`];
}

function keysOf(statement: Statement): string[] {
  switch (statement.kind) {
    case 'package review':
    case 'source':
      return packageKeys(statement.package);
    case 'trust':
      return statement.ids.map((id) => `identity:${identityOf(id)}`);
    case 'reviewer set':
      return [
        `set:${makeRoot(identityOf(statement.from), statement.name)}`,
        ...statement.members.map((member) => `identity:${identityOf(member.id)}`),
      ];
    case 'retraction':
      return [`statement:${statement.statement}`];
  }
}

function packageKeys(subject: Subject): string[] {
  const strong = digestEntries(subject.digests).filter(([key]) => !digestKeys[key].weak);
  return [
    `purl:${packagePurl(subject.purl)}`,
    `purl:${subject.purl}`,
    ...strong.map(([key, hex]) => `digest:${key}:${hex}`),
  ];
}
