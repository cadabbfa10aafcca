// The real proofs, seen from a real root: crev's own counts (crev.md, section 15, "coverage") come out of our resolution.

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import type { LedgerStatement } from '../../../core/closure/evidence.ts';
import type { Input } from '../../../core/closure/input.ts';
import { crevCompatible, policySchema, type Policy } from '../../../core/closure/policy.ts';
import { resolve } from '../../../core/closure/resolve.ts';
import { reportSchema, type Report } from '../../../core/closure/verdict.ts';
import { parseIdentity, type Identity } from '../../../core/identity.ts';
import { parseProofFile, verifyCrevProof } from '../../../core/statement/crev/proof.ts';
import type { PackageReview } from '../../../core/statement/statement.ts';
import { TrustGraph } from '../../../core/trust/graph.ts';
import { directTrustParameters } from '../../../core/trust/types.ts';
import { corpusPath, describeWithCorpus } from '../../support/corpus.ts';
import { closureOf, input } from '../../support/closure-world.ts';

const dpc = 'crev:FYlr8YoYGVvDwHQxqEIs89reKKDy-oWisoO0qXXEfHE';

describeWithCorpus('the real proofs, from the root dpc', () => {
  const graph = new TrustGraph();
  const reviews: LedgerStatement<PackageReview>[] = [];
  let inputs: Input[] = [];

  beforeAll(async () => {
    const root = corpusPath('corpus', 'crev-proofs');
    const files = readdirSync(root, { recursive: true, encoding: 'utf8' }).sort();
    const seen = new Set<string>();
    for (const file of files.filter((name) => name.endsWith('.crev'))) {
      for (const entry of parseProofFile(readFileSync(join(root, file), 'utf8'))) {
        if ('error' in entry) throw entry.error;
        const { id, author, statement } = await verifyCrevProof(entry.proof);
        if (seen.has(id)) continue;
        const place = { id, author, index: seen.size };
        seen.add(id);
        if (statement.kind === 'package review') reviews.push({ ...place, statement });
        else graph.apply({ ...place, statement });
      }
    }
    const byDigest = new Map(
      reviews.map(({ statement }) => [statement.package.digests.crevDigest, statement.package.purl]),
    );
    inputs = [...byDigest].map(([crevDigest, purl]) => input({ purl, of: { crevDigest: crevDigest! } }));
  });

  function check(policy: Policy, trust = graph.view(policy.roots, policy['trust-costs'])): Report {
    const organisationsOf = (author: Identity) => trust.organisationsOf(author);
    const evidence = { reviews, sources: [], trust, organisationsOf };
    return reportSchema.parse(resolve(closureOf(...inputs), policy, evidence, new Date(0)));
  }
  const defaults = policySchema.parse({ roots: [parseIdentity(dpc)] });
  const crev = crevCompatible(defaults);

  test('give crev’s own answer: of 1,225 digests 885 pass, 153 warn and 187 have none', () => {
    const { totals } = check(crev);
    expect(inputs).toHaveLength(1225);
    expect(totals.reviewed).toBe(885);
    expect(totals.flagged).toBe(153);
    expect(totals.insufficient + totals.unreviewed).toBe(187);
  });

  test('give 22 that two people of medium trust have read', () => {
    const policy = { ...crev, require: { ...crev.require, trust: 'medium' as const, redundancy: 2 } };
    expect(check(policy).totals.reviewed).toBe(22);
  });

  test('rest on the 24 ids of --direct when asked so', () => {
    const direct = graph.view(crev.roots, directTrustParameters);
    expect(direct.entries()).toHaveLength(24);
    const { totals } = check(crev, direct);
    expect(totals.reviewed).toBeLessThan(885);
    expect(totals.reviewed).toBeGreaterThan(0);
  });

  test('never pass under our default policy what crev does not pass', () => {
    const [ours, theirs] = [check(defaults), check(crev)];
    for (const [i, verdict] of ours.verdicts.entries()) {
      if (verdict.result.verdict === 'reviewed') expect(theirs.verdicts[i]!.result.verdict).toBe('reviewed');
    }
    expect(ours.totals.reviewed).toBeGreaterThan(0);
    expect(ours.totals.mismatch).toBe(0);
  });

  test('let differences count on their bases only: those without a reviewed base fall out', () => {
    const asFull = { ...defaults, rules: { ...defaults.rules, differences: 'as-full' as const } };
    const [chained, full] = [check(defaults), check(asFull)];
    expect(chained.totals.reviewed).toBeLessThan(full.totals.reviewed);
    const longest = Math.max(
      ...chained.verdicts.flatMap(({ result }) =>
        result.verdict === 'reviewed' ? result.chains.map((chain) => chain.length) : [0],
      ),
    );
    expect(longest).toBeGreaterThan(1);
  });
});
