// A small ledger that has everything in it.

import { appendStatements } from '../../db/append.ts';
import { appendCertificates } from '../../db/append-certificates.ts';
import type { Database } from '../../db/database.ts';
import { digest, makeReviewer, review, today } from './reviewers.ts';

/**
 * Fills an empty ledger with 15 entries, at least one of everything that is projected.
 * @param published called after each batch
 */
export async function fillLedger(
  db: Database,
  published: () => Promise<void> = () => Promise.resolve(),
): Promise<void> {
  const [ada, bob, eve, kim] = await Promise.all(['Ada', 'Bob', 'Eve', 'Kim'].map(makeReviewer));
  const at = (hours: number): Date => new Date(today.getTime() + hours * 3_600_000);
  const all = [ada!, bob!, eve!, kim!];
  await appendCertificates(
    db,
    all.map(({ certificate }) => certificate),
    at(0),
  );
  await published();
  const full = await ada!.say(
    review(
      'pkg:npm/left-pad@1.3.0',
      { sha512: digest(1, 64), sha1: digest(2, 20) },
      { issues: [{ id: 'CVE-1', severity: 'low' }] },
    ),
  );
  const wrong = await bob!.say(
    review('pkg:npm/left-pad@1.3.0', { sha512: digest(1, 64) }, { comment: 'ünï\n😀' }),
  );
  await appendStatements(db, [full, wrong], at(1));
  await published();
  await appendStatements(
    db,
    [
      await ada!.say({ kind: 'trust', ids: [bob!.ref, eve!.ref], trust: 'medium', override: [kim!.ref] }),
      await bob!.say({
        kind: 'trust',
        ids: [kim!.ref],
        trust: 'distrust',
        from: { ...bob!.ref, url: 'https://example.org/bob' },
      }),
      await ada!.say({
        kind: 'reviewer set',
        name: 'security',
        title: 'Security',
        members: [
          { id: bob!.ref, trust: 'high', scope: ['pkg:npm/*', 'pkg:npm/"odd\\one'], role: 'lead' },
          { id: eve!.ref, trust: 'low' },
        ],
        includes: [
          { set: `${bob!.identity}#friends`, cap: 'low', scope: ['pkg:cargo/*'] },
          { set: kim!.identity, cap: 'none' },
        ],
      }),
      await eve!.say({
        kind: 'source',
        package: {
          purl: 'pkg:npm/left-pad@1.3.0',
          digests: { sha512: digest(1, 64), crevDigest: digest(3) },
        },
      }),
      await bob!.say({ kind: 'retraction', statement: wrong.id, reason: 'mistake' }),
      await ada!.say({
        ...review('pkg:npm/left-pad@1.3.1', { sha512: digest(4, 64) }),
        'package-diff-base': { purl: 'pkg:npm/left-pad@1.3.0', digests: { sha512: digest(1, 64) } },
      }),
    ],
    at(2),
  );
  await published();
  await appendCertificates(db, [await eve!.revoked('hard', at(3)), await kim!.revoked('soft', at(3))], at(4));
  await published();
  await appendStatements(db, [await bob!.say({ kind: 'retraction', statement: full.id })], at(5));
}
