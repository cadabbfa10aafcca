// GET /organisations/:slug and /organisations/root/:identity/:name: the public page of a reviewer set. Who reviews, what they
// covered, and how to trust them. What is signed comes from the ledger; the rest says who claims it.

import { Router } from 'express';
import { z } from 'zod';
import { identitySchema, rootSchema } from '../../core/identity-schema.ts';
import { identityOf, type ReviewerSet } from '../../core/statement/statement.ts';
import { levelSchema, ratingSchema, trustLevelSchema } from '../../core/statement/levels.ts';
import { findDomainProofs } from '../../db/domain-proofs.ts';
import { findCoverage, findNewestReviews } from '../../db/member-coverage.ts';
import { isAdministrator } from '../../db/organisation-admins.ts';
import { findMembersAmong } from '../../db/organisation-members.ts';
import { describeIdentities } from '../../db/people.ts';
import { findStatements } from '../../db/statements.ts';
import type { AppDeps } from '../app-deps.ts';
import { countCoverage } from '../organisations/coverage-in-scope.ts';
import { publicSetOf, reliedOn } from '../organisations/published-set.ts';
import { policyOfRecommendation, writeRecommendation } from '../organisations/read-recommendation.ts';
import { parseRequest } from '../parse-request.ts';
import { definePage, renderPage } from '../site/page.ts';
import { personModel, personOf } from '../site/person-model.ts';
import { publicOrigin } from '../site/public-origin.ts';
import { viewerOf } from '../site/viewer.ts';
import { proofModel } from './organisation-domain.ts';

/** Members on one page, newest reviews, and statements of the organisation's own. */
const pageSize = 100;
const newestSize = 10;

const setPage = definePage(
  'organisations/set',
  z.strictObject({
    ...{ title: z.string(), path: z.string(), origin: z.url(), root: rootSchema, setName: z.string() },
    owner: personModel,
    home: z.string().optional(),
    /** Undefined for sets without an organisation here. */
    organisation: z
      .strictObject({ slug: z.string(), description: z.string(), isAdministrator: z.boolean() })
      .optional(),
    domain: z.string().optional(),
    proofs: z.array(proofModel),
    isTrusted: z.boolean(),
    published: z
      .strictObject({ id: z.string(), index: z.number(), recordedAt: z.iso.datetime(), date: z.string() })
      .optional(),
    memberCount: z.number().int(),
    members: z.array(
      z.strictObject({
        person: personModel,
        trust: trustLevelSchema,
        role: z.string().optional(),
        scope: z.array(z.string()),
        /** Whether they agreed here to be named; `unknown` where nobody asked. */
        state: z.enum(['accepted', 'declined', 'proposed', 'not-asked', 'unknown']),
        reviewed: z.number().int(),
      }),
    ),
    nextMembers: z.number().int().optional(),
    includes: z.array(
      z.strictObject({
        set: z.string(),
        path: z.string(),
        cap: trustLevelSchema,
        scope: z.array(z.string()),
      }),
    ),
    coverage: z.strictObject({ packages: z.number(), versions: z.number(), more: z.boolean() }),
    newest: z.array(
      z.strictObject({
        ...{ id: z.string(), purl: z.string(), author: personModel, recordedAt: z.iso.datetime() },
        review: z
          .strictObject({ rating: ratingSchema, thoroughness: levelSchema, understanding: levelSchema })
          .optional(),
      }),
    ),
    own: z.array(
      z.strictObject({ id: z.string(), index: z.number(), kind: z.string(), recordedAt: z.iso.datetime() }),
    ),
    policy: z.strictObject({ text: z.string(), isReadable: z.boolean() }).optional(),
    identity: identitySchema,
  }),
);

const setQuery = z.object({ members: z.coerce.number().int().min(0).max(100_000).default(0) });

/** Routes for the public pages of reviewer sets. */
export function organisationRouter({ state, limits, config, clock }: AppDeps): Router {
  const router = Router();
  const paths = ['/organisations/root/:identity/:name', '/organisations/:slug'];
  router.get(paths, limits.read, async (request, response) => {
    const { db } = state.service();
    const { account, roots } = viewerOf(response);
    const found = await publicSetOf(db, request);
    const { organisation, published, identity, root, title, home, domain, setName, path } = found;
    if (organisation !== undefined && request.params['identity'] !== undefined) {
      response.redirect(302, path);
      return;
    }
    const first = parseRequest(setQuery, request.query, 'query').members;
    const all = published?.set.members ?? [];
    const shown = all.slice(first, first + pageSize);
    const relied = reliedOn(published?.set);
    const coverage =
      published === undefined
        ? countCoverage(emptySet, { versions: [], more: false })
        : countCoverage(published.set, await findCoverage(db, relied));
    const newest = await findNewestReviews(db, relied, newestSize);
    const shownIds = shown.map((member) => identityOf(member.id));
    const answers = new Map(
      organisation === undefined
        ? []
        : (await findMembersAmong(db, organisation.id, shownIds)).map(
            (one) => [one.identity, one.state] as const,
          ),
    );
    const people = await describeIdentities(
      db,
      [identity, ...shownIds, ...newest.map(({ author }) => author)],
      clock(),
    );
    const proofs =
      organisation === undefined || domain === undefined
        ? []
        : await findDomainProofs(db, organisation.id, domain);
    const own = await findStatements(db, { author: identity, limit: newestSize });
    const recommended = published?.set.policy;
    renderPage(request, response, setPage, {
      ...{ title, path, root, setName, identity, home, domain },
      origin: publicOrigin(request, config.publicUrl),
      owner: personOf(people, identity),
      organisation: organisation && {
        ...{ slug: organisation.slug, description: organisation.description },
        isAdministrator: account !== undefined && (await isAdministrator(db, organisation.id, account.id)),
      },
      proofs: proofs.map(({ method, checkedAt, proven, detail }) => ({
        ...{ method, proven, detail },
        checkedAt: checkedAt.toISOString(),
      })),
      isTrusted: roots.includes(root),
      published: published && {
        ...{ id: published.id, index: published.index, date: published.set.date },
        recordedAt: published.recordedAt.toISOString(),
      },
      memberCount: all.length,
      members: shown.map(({ id, trust, role, scope }) => {
        const member = identityOf(id);
        const isAsked = trust !== 'none' && trust !== 'distrust';
        return {
          ...{ person: personOf(people, member), trust, role, scope: scope ?? [] },
          state: isAsked ? (answers.get(member) ?? ('unknown' as const)) : ('not-asked' as const),
          reviewed: coverage.byMember.get(member) ?? 0,
        };
      }),
      nextMembers: first + pageSize < all.length ? first + pageSize : undefined,
      includes: (published?.set.includes ?? []).map(({ set, cap, scope }) => ({
        ...{ set, cap, scope: scope ?? [] },
        path: rootPath(set),
      })),
      coverage: { packages: coverage.packages, versions: coverage.versions, more: coverage.more },
      newest: newest.map(({ id, author, recordedAt, review }) => ({
        ...{ id, purl: review.package.purl, author: personOf(people, author), review: review.review },
        recordedAt: recordedAt.toISOString(),
      })),
      own: own.map(({ id, index, kind, recordedAt }) => ({
        ...{ id, index, kind, recordedAt: recordedAt.toISOString() },
      })),
      policy: recommended && {
        text: writeRecommendation(recommended),
        isReadable: policyOfRecommendation(recommended) !== undefined,
      },
    });
  });
  return router;
}

const emptySet: Pick<ReviewerSet, 'members'> = { members: [] };

/** Address of the page of a root: a reviewer set, or a key. */
function rootPath(root: string): string {
  const [identity = '', name] = root.split('#', 2);
  const owner = encodeURIComponent(identity);
  return name === undefined ? `/identities/${owner}` : `/organisations/root/${owner}/${name}`;
}
