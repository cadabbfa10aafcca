// Many entries at little cost: a few people, many reviews of them, each really signed.

import { createHash } from 'node:crypto';
import { LedgerBuilder } from './static-ledger.ts';
import { makeReviewer, review, sign, trust, type Reviewer } from './world.ts';
import { parseCertificate } from '../../../core/statement/openpgp/certificate.ts';

export interface ManyEntries {
  readonly builder: LedgerBuilder;
  readonly people: readonly Reviewer[];
  /** Adds so many reviews. */
  readonly more: (count: number) => Promise<void>;
}

/** A ledger that begins with the certificates of some people, who then review one package after the other. */
export async function manyEntries(count: number, people = 3): Promise<ManyEntries> {
  const builder = new LedgerBuilder();
  const reviewers: Reviewer[] = [];
  for (let i = 0; i < people; i++) {
    const reviewer = await makeReviewer(`Person${i}`);
    reviewers.push(reviewer);
    builder.certificate(await parseCertificate(reviewer.armored));
  }
  await builder.statement(
    await sign(reviewers[0]!, trust(reviewers.slice(1).map(({ identity }) => identity))),
  );
  let next = 0;
  const more = async (wanted: number): Promise<void> => {
    for (let i = 0; i < wanted; i++) {
      const by = reviewers[next % people]!;
      const purl = `pkg:npm/package-${next % 500}@1.0.${Math.floor(next / 500)}`;
      const fields = review(purl, createHash('sha512').update(purl).digest('hex'));
      builder.now = new Date(Date.UTC(2026, 10, 22, 20) + Math.floor(next / 10) * 1000);
      next++;
      await builder.statement(await sign(by, fields));
    }
  };
  await more(count - builder.log.entries.length);
  return { builder, people: reviewers, more };
}
