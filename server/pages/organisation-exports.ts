// GET …/export.json, …/keyring.asc, …/crev-trust.txt, …/trust-check.yaml: a reviewer set for use elsewhere.

import { once } from 'node:events';
import { Router } from 'express';
import { reviewerSetExportSchema, type ReviewerSetExport } from '../../core/api/reviewer-set-export.ts';
import { formatPolicyFile } from '../../core/closure/policy-template.ts';
import { policySchema } from '../../core/closure/policy.ts';
import type { Identity } from '../../core/identity.ts';
import { identityOf } from '../../core/statement/statement.ts';
import { findCertificates } from '../../db/certificates.ts';
import type { Queryable } from '../../db/database.ts';
import { findDomainProofs } from '../../db/domain-proofs.ts';
import { findMembersAmong } from '../../db/organisation-members.ts';
import { describeIdentities } from '../../db/people.ts';
import type { AppDeps } from '../app-deps.ts';
import { crevTrustText } from '../organisations/crev-trust-text.ts';
import { publicSetOf, reliedOn, type PublicSet } from '../organisations/published-set.ts';
import { policyOfRecommendation } from '../organisations/read-recommendation.ts';
import { publicOrigin } from '../site/public-origin.ts';

/** Certificates that are read at once: one may have a megabyte. */
const certificatesAtOnce = 8;

/** Routes for exports of reviewer sets. */
export function organisationExportsRouter({ state, limits, config, clock }: AppDeps): Router {
  const router = Router();
  const under = (name: string): string[] => [
    `/organisations/root/:identity/:name/${name}`,
    `/organisations/:slug/${name}`,
  ];

  router.get(under('export.json'), limits.read, async (request, response) => {
    const { db } = state.service();
    const found = await publicSetOf(db, request);
    const exported = await exportSet(db, found, publicOrigin(request, config.publicUrl), clock());
    response.set('Cache-Control', 'no-cache').json(reviewerSetExportSchema.parse(exported));
  });

  router.get(under('keyring.asc'), limits.read, async (request, response) => {
    const { db } = state.service();
    const { identity, published, setName } = await publicSetOf(db, request);
    const members = [identity, ...reliedOn(published?.set)].filter((one) => one.startsWith('openpgp:'));
    const wanted = [...new Set(members)];
    response
      .type('application/pgp-keys')
      .attachment(`${setName}-keyring.asc`)
      .set('Cache-Control', 'no-cache');
    for (let at = 0; at < wanted.length && !response.destroyed; at += certificatesAtOnce) {
      for (const { armored } of await findCertificates(db, wanted.slice(at, at + certificatesAtOnce))) {
        if (!response.write(armored.endsWith('\n') ? armored : `${armored}\n`)) {
          await Promise.race([once(response, 'drain'), once(response, 'close')]);
        }
      }
    }
    response.end();
  });

  router.get(under('crev-trust.txt'), limits.read, async (request, response) => {
    const { published, root } = await publicSetOf(state.service().db, request);
    response.type('text/plain').set('Cache-Control', 'no-cache');
    response.send(crevTrustText(published?.set, root, clock()));
  });

  router.get(under('trust-check.yaml'), limits.read, async (request, response) => {
    const { published, root } = await publicSetOf(state.service().db, request);
    const recommended = published?.set.policy;
    const file = recommended === undefined ? undefined : policyOfRecommendation(recommended);
    const policy = { ...(file?.policy ?? policySchema.parse({})), roots: [root] };
    const server = publicOrigin(request, config.publicUrl);
    const note =
      recommended !== undefined && file === undefined
        ? '# The policy that this organisation recommends could not be read: these are the defaults.\n'
        : '';
    response.type('text/yaml').attachment('trust-check.yaml').set('Cache-Control', 'no-cache');
    response.send(`${note}${formatPolicyFile({ policy, server, preset: file?.preset })}`);
  });
  return router;
}

async function exportSet(
  db: Queryable,
  { identity, root, organisation, published, domain, path }: PublicSet,
  server: string,
  now: Date,
): Promise<ReviewerSetExport> {
  const members: Identity[] = (published?.set.members ?? []).map((member) => identityOf(member.id));
  const people = await describeIdentities(db, [identity, ...members], now);
  const answers = organisation === undefined ? [] : await findMembersAmong(db, organisation.id, members);
  const proofs =
    organisation === undefined || domain === undefined
      ? []
      : await findDomainProofs(db, organisation.id, domain);
  return {
    ...{ format: 'trust-ledger reviewer set', version: 1, root, key: identity },
    signed:
      published === undefined
        ? null
        : {
            ...{
              statement: published.id,
              index: published.index,
              recordedAt: published.recordedAt.toISOString(),
            },
            ...{ date: published.set.date, title: published.set.title },
            ...{ home: published.set.home ?? null, domain: published.set.domain ?? null },
            members: published.set.members.map(({ id, trust, role = null, scope = null }) => ({
              ...{ identity: identityOf(id), trust, role, scope },
            })),
            includes: (published.set.includes ?? []).map(({ set, cap, scope = null }) => ({
              set,
              cap,
              scope,
            })),
            policy: published.set.policy ?? null,
          },
    unsigned: {
      ...{ server, page: `${server}${path}`, description: organisation?.description ?? null },
      names: Object.fromEntries(
        [...people.values()].flatMap((person) =>
          person.name === undefined ? [] : [[person.identity, person.name]],
        ),
      ),
      accepted: answers.filter((one) => one.state === 'accepted').map((one) => one.identity),
      domainProofs: proofs.map(({ domain: where, method, checkedAt, proven }) => ({
        ...{ domain: where, method, proven, checkedAt: checkedAt.toISOString() },
      })),
    },
  };
}
