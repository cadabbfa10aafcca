// The model of an identity's page: what is verified of the key, what its owner merely claims, and everything they said.

import { z } from 'zod';
import { shownLine } from '../../core/shown-text.ts';
import { makeRoot, splitIdentity, type Identity } from '../../core/identity.ts';
import { explain } from '../../core/trust/explain.ts';
import { defaultTrustParameters } from '../../core/trust/types.ts';
import { formatSeconds } from '../../core/time.ts';
import { findCertificate } from '../../db/certificates.ts';
import { findOrganisationOfSet } from '../../db/organisations.ts';
import {
  findIdentityFacts,
  findMemberships,
  findOwnSets,
  findRetractions,
  findTrustedBy,
  findTrusts,
} from '../../db/site-identities.ts';
import { listReviewsBy } from '../../db/site-reviews.ts';
import { findSuccessions } from '../../db/successions.ts';
import { reviewItem, reviewItemSchema, standingOf, standingSchema } from '../packages/review-item.ts';
import type { Service } from '../service.ts';
import { peopleOf, peopleSchema } from '../site/people.ts';
import type { Viewer } from '../site/viewer.ts';

const pageSize = 20;
const listSize = 100;

const trustRow = z.strictObject({ identity: z.string(), level: z.string(), index: z.number().int() });
const setRow = z.strictObject({
  owner: z.string(),
  name: z.string(),
  title: z.string(),
  index: z.number().int(),
  members: z.number().int(),
  level: z.string().optional(),
  /** Slug of the organisation that keeps it here. */
  slug: z.string().optional(),
});

export const identityModel = z.strictObject({
  identity: z.string(),
  idType: z.enum(['openpgp', 'crev']),
  people: peopleSchema,
  isKnown: z.boolean(),
  firstIndex: z.number().int().optional(),
  provenAt: z.string().optional(),
  certificate: z
    .strictObject({
      algorithm: z.string(),
      created: z.string(),
      expires: z.string().optional(),
      isExpired: z.boolean(),
      revocation: z
        .strictObject({ hardness: z.enum(['hard', 'soft']), at: z.string(), reason: z.string() })
        .optional(),
      userIds: z.array(z.string()),
      signingKeys: z.array(z.string()),
      indices: z.array(z.number().int()),
    })
    .optional(),
  standing: standingSchema,
  /** Whom a root would have to trust for this identity to be trusted, nearest first. */
  missing: z.array(z.strictObject({ from: z.string(), to: z.string() })),
  reviews: z.array(reviewItemSchema),
  next: z.number().int().optional(),
  isFirstPage: z.boolean(),
  trusts: z.array(trustRow),
  trustedBy: z.array(trustRow),
  sets: z.array(setRow),
  memberships: z.array(setRow),
  /** Keys before and after this one, as both keys say. */
  successions: z.array(
    z.strictObject({
      relation: z.enum(['successor', 'predecessor']),
      identity: z.string(),
      ownStatement: z.string(),
      otherStatement: z.string(),
    }),
  ),
  retractions: z.array(z.strictObject({ index: z.number().int(), target: z.string(), reason: z.string() })),
  origin: z.string(),
});
type Model = z.input<typeof identityModel>;

/** Everything that the page of an identity shows, with its reviews below a ledger index. */
export async function viewIdentity(
  { db, graph }: Service,
  identity: Identity,
  before: number | undefined,
  origin: string,
  { roots, now }: Viewer,
): Promise<Model> {
  const [certificate, facts, listed, trusts, trustedBy, sets, memberships, retractions, successions] =
    await Promise.all([
      findCertificate(db, identity),
      findIdentityFacts(db, identity),
      listReviewsBy(db, { author: identity, before, limit: pageSize + 1 }),
      findTrusts(db, identity, listSize),
      findTrustedBy(db, identity, listSize),
      findOwnSets(db, identity, 20),
      findMemberships(db, identity, 50),
      findRetractions(db, identity, 50),
      findSuccessions(db, identity),
    ]);
  await graph.follow();
  const view = roots.length === 0 ? undefined : graph.view(roots, defaultTrustParameters);
  const standing = standingOf(view, identity);
  const why =
    view !== undefined && standing.kind === 'stranger' ? explain(view, makeRoot(identity)) : undefined;
  const missing = why?.kind === 'unreached' ? why.missing.map(({ from, to }) => ({ from, to })) : [];
  const path = standing.kind === 'trusted' ? standing.path.flatMap(({ from, to }) => [from, to]) : [];
  const people = await peopleOf(
    db,
    [
      identity,
      ...path,
      ...missing.flatMap(({ from, to }) => [from, to]),
      ...[...trusts, ...trustedBy].map((row) => row.identity),
      ...memberships.map(({ owner }) => owner),
      ...successions.map((one) => one.identity),
    ],
    now,
  );
  const reviews = listed.slice(0, pageSize);
  const last = reviews.at(-1);
  const { revocation, expires } = certificate ?? {};
  return {
    ...{ identity, people, standing, missing, trusts, trustedBy, memberships, origin, successions },
    idType: splitIdentity(identity)['id-type'],
    isKnown: facts.firstIndex !== undefined || trustedBy.length > 0 || memberships.length > 0,
    ...(facts.firstIndex !== undefined && { firstIndex: facts.firstIndex }),
    ...(facts.provenAt !== undefined && { provenAt: formatSeconds(facts.provenAt) }),
    ...(certificate !== undefined && {
      certificate: {
        algorithm: certificate.algorithm,
        created: formatSeconds(certificate.created),
        ...(expires !== undefined && { expires: formatSeconds(expires) }),
        isExpired: expires !== undefined && expires <= now,
        ...(revocation !== undefined && { revocation: { ...revocation, at: formatSeconds(revocation.at) } }),
        userIds: certificate.userIds.slice(0, 20).map((userId) => shownLine(userId, 300)),
        signingKeys: [...certificate.signingKeys],
        indices: [...certificate.indices],
      },
    }),
    reviews: reviews.map((review) =>
      reviewItem(review, { version: '', age: 'current', current: undefined, standing: { kind: 'no-roots' } }),
    ),
    ...(listed.length > pageSize && last !== undefined && { next: last.index }),
    isFirstPage: before === undefined,
    sets: await Promise.all(
      sets.map(async (set) => {
        const slug = (await findOrganisationOfSet(db, set.owner, set.name))?.slug;
        return { ...set, ...(slug !== undefined && { slug }) };
      }),
    ),
    retractions: retractions.map((row) => ({ ...row })),
  };
}
