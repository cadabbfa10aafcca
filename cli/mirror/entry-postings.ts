// The postings of one entry: by what a mirror's entries can be found.

import { hash } from 'node:crypto';
import { digestEntries, digestKeys } from '../../core/digest/digest-set.ts';
import { packagePurl, parsePurl } from '../../core/digest/purl.ts';
import type { Identity } from '../../core/identity.ts';
import type { LeafRecord } from '../../core/log/leaf.ts';
import type { PackageReview, Statement, Subject } from '../../core/statement/statement.ts';
import { subjectKeys } from '../../core/statement/subject-keys.ts';
import { hexPrefix, textPrefix } from './posting.ts';

/** Takes the first 17 bytes of a posting of the entry. */
export type AddPosting = (prefix: Uint8Array) => void;

/** Adds the postings of a statement. */
export function addStatementPostings(add: AddPosting, leaf: LeafRecord, statement: Statement): void {
  addCommon(add, leaf, () => subjectKeys(statement));
  switch (statement.kind) {
    case 'trust':
    case 'reviewer set':
    case 'retraction':
      add(textPrefix('web', leaf.author));
      return;
    case 'package review':
      addReview(add, leaf.author, statement, addSubject(add, statement.package));
      return;
    case 'source':
      addSubject(add, statement.package);
      return;
  }
}

/** Adds the postings of a certificate. */
export function addCertificatePostings(add: AddPosting, leaf: LeafRecord, isRevoked: boolean): void {
  addCommon(add, leaf, () => []);
  add(textPrefix('certificate', leaf.author));
  if (isRevoked) add(textPrefix('revocation', leaf.author));
}

/** A version as postings of the type `version` name it. */
export function versionKey(purlOfPackage: string, version: string): string {
  return `${purlOfPackage}@${version}`;
}

/** A package and an author as postings of the type `reviewsBy` name them. */
export function reviewsByKey(purlOfPackage: string, author: Identity): string {
  return `${purlOfPackage} ${author}`;
}

function addCommon(add: AddPosting, leaf: LeafRecord, allKeys: () => readonly string[]): void {
  add(hexPrefix('id', leaf.id));
  add(textPrefix('kind', leaf.kind));
  add(textPrefix('author', leaf.author));
  if (leaf.subjects.all === undefined) {
    for (const subject of leaf.subjects.listed) add(hexPrefix('subject', subject));
  } else {
    // The leaf does not list all of them.
    const hashes = new Set(allKeys().map((key) => hash('sha256', key, 'hex')));
    for (const subject of hashes) add(hexPrefix('subject', subject));
  }
}

/** Adds what a statement on a package is found by; the package. */
function addSubject(add: AddPosting, subject: Subject): string {
  const purl = parsePurl(subject.purl);
  const name = packagePurl(purl);
  add(textPrefix('version', versionKey(name, purl.version ?? '')));
  for (const [key, hex] of digestEntries(subject.digests)) {
    if (digestKeys[key].weak) add(textPrefix('weakDigest', `digest:${key}:${hex}`));
  }
  return name;
}

function addReview(add: AddPosting, author: Identity, review: PackageReview, name: string): void {
  add(textPrefix('reviewsBy', reviewsByKey(name, author)));
  const count = (review.issues?.length ?? 0) + (review.advisories?.length ?? 0);
  if (count > 0 || review.flags?.unmaintained === true) add(textPrefix('reports', name));
}
