// A reviewer set as the public sees it: the one in force under a root, with the organisation that publishes it here, if any.

import type { Request } from 'express';
import { TrustError } from '../../core/errors.ts';
import { makeRoot, parseIdentity, setNamePattern, type Identity, type Root } from '../../core/identity.ts';
import { identityOf, type ReviewerSet } from '../../core/statement/statement.ts';
import type { Queryable } from '../../db/database.ts';
import { findOrganisationOfSet, type Organisation } from '../../db/organisations.ts';
import { findCurrentSet, type PublishedSet } from '../../db/reviewer-sets.ts';
import { organisationOf } from './find-organisation.ts';

export interface PublicSet {
  readonly identity: Identity;
  readonly setName: string;
  readonly root: Root;
  readonly organisation: Organisation | undefined;
  readonly published: PublishedSet | undefined;
  /** As signed; else as the organisation says. */
  readonly title: string;
  readonly home: string | undefined;
  readonly domain: string | undefined;
  /** Address of its page. */
  readonly path: string;
}

/** The set that a request names by an organisation's address, or by identity and name; throws not-found. */
export async function publicSetOf(db: Queryable, request: Request): Promise<PublicSet> {
  if (request.params['identity'] === undefined) return describe(db, await organisationOf(db, request));
  const { identity, name } = request.params;
  if (typeof identity !== 'string' || typeof name !== 'string' || !setNamePattern.test(name)) throw missing();
  const owner = parseIdentity(identity);
  const organisation = await findOrganisationOfSet(db, owner, name);
  if (organisation !== undefined) return describe(db, organisation);
  const published = await findCurrentSet(db, owner, name);
  if (published === undefined) throw missing();
  const { title, home, domain } = published.set;
  return {
    ...{ identity: owner, setName: name, root: makeRoot(owner, name), organisation, published },
    ...{ title, home, domain },
    path: `/organisations/root/${encodeURIComponent(owner)}/${name}`,
  };
}

/** The members on whom a set relies at all. */
export function reliedOn(set: ReviewerSet | undefined): Identity[] {
  const relied = (set?.members ?? []).filter(({ trust }) => trust !== 'none' && trust !== 'distrust');
  return [...new Set(relied.map((member) => identityOf(member.id)))];
}

async function describe(db: Queryable, organisation: Organisation): Promise<PublicSet> {
  const { identity, setName, slug } = organisation;
  const published = await findCurrentSet(db, identity, setName);
  const { title, home, domain } = published?.set ?? organisation;
  return {
    ...{ identity, setName, root: makeRoot(identity, setName), organisation, published },
    ...{ title, home, domain },
    path: `/organisations/${slug}`,
  };
}

function missing(): TrustError {
  return new TrustError('not-found', 'The ledger has no such reviewer set in force.', {
    help: 'Look for it in the list of organisations: /organisations',
  });
}
