// A small ledger with every kind of statement and every field filled, in words of the test's choice: plain ones to look at
// pages with, hostile ones to attack them with.

import { splitIdentity, type Identity } from '../../../core/identity.ts';
import type { StatementId } from '../../../core/statement/statement.ts';
import type { Service } from '../../../server/service.ts';
import { bytesOf, type Author } from '../../server/support/authors.ts';
import { makePerson, signNow } from './people.ts';

/** What a field says: a short text for names and titles. */
export type Say = (field: string) => string;

export interface Ledger {
  readonly ada: Author;
  readonly ben: Author;
  readonly purl: string;
  readonly statements: Readonly<
    Record<
      'review' | 'flagged' | 'difference' | 'trust' | 'distrust' | 'set' | 'source' | 'retraction',
      StatementId
    >
  >;
}

export const plain: Say = (field) => `The ${field} of a reviewer`;

/** Fills an empty ledger; `url` is what people say that they have as addresses. */
export async function fillLedger(
  { ingest }: Pick<Service, 'ingest'>,
  say: Say = plain,
  url = 'https://example.org/somebody',
): Promise<Ledger> {
  const [ada, ben] = await Promise.all([makePerson(say('first name')), makePerson(say('second name'))]);
  for (const { certificate } of [ada, ben]) await ingest.submitCertificate(certificate.armored);
  let age = 60;
  const publish = async (author: Author, body: Parameters<typeof signNow>[1]): Promise<StatementId> => {
    const { id } = await ingest.submitStatement(await signNow(author, body, --age));
    return id as StatementId;
  };
  const ref = (
    identity: Identity,
  ): ReturnType<typeof splitIdentity> & { url: string; 'url-type': string } => ({
    ...splitIdentity(identity),
    url,
    'url-type': say('url type').slice(0, 100),
  });
  const purl = 'pkg:npm/%40scope/left-pad@1.3.0';
  const old = 'pkg:npm/%40scope/left-pad@1.2.0';
  const subject = (of: string, bytes = of): { purl: string; digests: { sha512: string } } => ({
    purl: of,
    digests: { sha512: bytesOf(bytes) },
  });
  const review = { thoroughness: 'high', understanding: 'medium', rating: 'positive' } as const;
  const comment = (field: string): string => `${say(field)}\n\n${say(`${field}, second paragraph`)}\n`;

  const statements = {
    review: await publish(ada, {
      kind: 'package review',
      package: { ...subject(purl), revision: say('revision'), 'revision-type': say('revision type') },
      review,
      coverage: {
        read: ['src/**', say('path read')],
        skimmed: [say('path skimmed')],
        generated: [say('path generated')],
        opaque: [say('path opaque')],
      },
      disclosure: { relation: 'employer', paid: true, comment: comment('disclosure') },
      'llm-agent': { model: say('model'), 'model-version': say('model version'), 'human-guided': true },
      flags: { unmaintained: true, 'pregenerated-files': true },
      alternatives: [{ purl: 'pkg:npm/right-pad' }],
      comment: comment('comment on the review'),
      override: [{ ...ref(ben.identity), comment: comment('override') }],
    }),
    flagged: await publish(ben, {
      kind: 'package review',
      package: subject(purl, 'other bytes'),
      review: { ...review, rating: 'negative' },
      issues: [{ id: say('issue id'), severity: 'high', range: 'all', comment: comment('issue') }],
      advisories: [
        {
          ids: [say('advisory id')],
          severity: 'medium',
          range: 'minor',
          critical: true,
          comment: comment('advisory'),
        },
      ],
      comment: comment('comment on the flaw'),
    }),
    difference: await publish(ada, {
      kind: 'package review',
      package: subject(old),
      'package-diff-base': { ...subject('pkg:npm/%40scope/left-pad@1.1.0'), revision: say('base revision') },
      review: { ...review, thoroughness: 'low' },
    }),
    trust: await publish(ada, {
      kind: 'trust',
      ids: [ref(ben.identity)],
      trust: 'high',
      comment: comment('comment on trust'),
    }),
    distrust: await publish(ben, {
      kind: 'trust',
      ids: [{ ...ref(`crev:${'A'.repeat(43)}` as Identity) }],
      trust: 'distrust',
      override: [{ ...ref(ada.identity), comment: comment('override of trust') }],
    }),
    set: await publish(ben, {
      kind: 'reviewer set',
      name: 'board',
      title: say('set title'),
      home: url,
      domain: 'example.org',
      members: [{ id: ref(ada.identity), trust: 'high', scope: ['pkg:npm/*'], role: say('role') }],
      includes: [{ set: `${ada.identity}#others` as never, cap: 'low', scope: ['pkg:npm/*'] }],
      policy: { [say('policy key').slice(0, 64)]: say('policy value'), redundancy: '2' },
      comment: comment('comment on the set'),
    }),
    source: await publish(ada, {
      kind: 'source',
      package: { purl, digests: { sha512: bytesOf(purl), sha256: 'ab'.repeat(32) } },
      manifest: [{ path: say('manifest path'), mode: '100644', digests: { sha256: 'cd'.repeat(32) } }],
      comment: comment('comment on the source'),
    }),
  };
  const mistake = await publish(ben, { kind: 'package review', package: subject(old, 'a mistake'), review });
  const retraction = await publish(ben, {
    kind: 'retraction',
    statement: mistake,
    reason: 'mistake',
    comment: comment('reason for retracting'),
  });
  return { ada, ben, purl, statements: { ...statements, retraction } };
}
