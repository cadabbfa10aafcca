// Real proofs and upstream's vectors: the corpus parses and verifies, flipped bytes are refused, our writer writes as upstream.

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { utf8 } from '../../../core/bytes.ts';
import { verifyByCrevId } from '../../../core/statement/crev/ed25519.ts';
import { readEnvelopes } from '../../../core/statement/crev/envelope.ts';
import { parseProofFile, verifyCrevProof } from '../../../core/statement/crev/proof.ts';
import { signCrevProof } from '../../../core/statement/crev/sign.ts';
import { verifyDocument } from '../../../core/statement/verify.ts';
import { corpusPath, corpusText, describeWithCorpus } from '../../support/corpus.ts';
import { expectCode } from '../../support/matchers.ts';
import { contextOf } from './samples.ts';

const seed = new Uint8Array(32).fill(0x42);
const testId = 'IVL40Zt5HSRFMkLhXy6rbLfP-ntqXtMAl5YOBpiB2xI';
const context = contextOf([], new Date('2026-11-22T00:00:00Z'));

describeWithCorpus('the 1,685 real proofs', () => {
  const root = corpusPath('corpus', 'crev-proofs');
  const files = readdirSync(root, { recursive: true, encoding: 'utf8' }).filter((name) =>
    name.endsWith('.crev'),
  );

  test('all parse and verify, in the numbers of the reference, and stored documents verify again', async () => {
    const count = { files: files.length, reviews: 0, trust: 0, legacy: 0, errors: 0 };
    const ids = new Set<string>();
    for (const file of files) {
      for (const entry of parseProofFile(readFileSync(join(root, file), 'utf8'))) {
        if ('error' in entry) {
          count.errors += 1;
          continue;
        }
        const verified = await verifyCrevProof(entry.proof);
        if (verified.statement.kind === 'trust') count.trust += 1;
        else count.reviews += 1;
        if (entry.proof.envelope.legacyType !== undefined) count.legacy += 1;
        ids.add(verified.id);
        expect(await verifyDocument(verified.document, context)).toEqual(verified);
      }
    }
    expect(count).toEqual({ files: 352, reviews: 1409, trust: 276, legacy: 618, errors: 0 });
    expect(ids.size).toBe(1624);
  });

  test('a flipped byte anywhere in a body or signature is refused', async () => {
    const documents: string[] = [];
    for (const file of files.slice(0, 40)) {
      for (const entry of parseProofFile(readFileSync(join(root, file), 'utf8')).slice(0, 2)) {
        if ('proof' in entry) documents.push((await verifyCrevProof(entry.proof)).document);
      }
    }
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...documents),
        fc.nat(),
        fc.nat({ max: 6 }),
        async (document, at, bit) => {
          // Between the first marker line and the last one; markers themselves are not signed.
          const start = document.indexOf('\n') + 1;
          const end = document.lastIndexOf('\n', document.length - 2);
          const bytes = Buffer.from(document);
          const position = start + (at % (end - start));
          bytes[position] = (bytes[position] ?? 0) ^ (1 << bit);
          const flipped = bytes.toString('utf8');
          const outcome = await verifyDocument(flipped, context).catch(() => undefined);
          expect(outcome, flipped).toBeUndefined();
        },
      ),
      { numRuns: 1500 },
    );
  });
});

describeWithCorpus('upstream’s vectors', () => {
  const read = (name: string) => corpusText('vectors', 'crev', `${name}.proof.crev`);

  test('a package review with every field reads field by field', async () => {
    const { statement, author, signature, id } = await verifyDocument(
      read('package-review-all-fields'),
      context,
    );
    expect(author).toBe(`crev:${testId}`);
    expect(signature).toEqual({ algorithm: 'ed25519', key: testId, created: undefined });
    expect(id).toMatch(/^[0-9a-f]{64}$/);
    expect(statement).toEqual({
      kind: 'package review',
      version: -1,
      date: '2026-04-05T12:00:01.000000000+00:00',
      from: { 'id-type': 'crev', id: testId, url: 'https://example.com/alice/crev-proofs' },
      original: {
        proof: '1zfFwywHs-bpv9LRAKwyTo1fAEd5g-DevTzmkmHvXns',
        comment: 'author left the organisation',
      },
      package: {
        purl: 'pkg:cargo/hex@0.4.3',
        digests: { crevDigest: '522e273f1abe7eb0f43557ae633a41eba0ae48db1b9da1fe76250851e32f1455' },
        revision: 'b2b4370b5bf021b98ee7adc92233e8de3f2de792',
      },
      'package-diff-base': {
        purl: 'pkg:cargo/hex@0.3.2',
        digests: {
          crevDigest: Buffer.from('6FtxZesHD7pnSlbpp--CF_MPAnJATZI4ZR-Vdwb6Fes', 'base64url').toString('hex'),
        },
      },
      review: { thoroughness: 'medium', understanding: 'high', rating: 'strong' },
      issues: [{ id: 'CVE-2099-0001', severity: 'high', range: 'minor', comment: '' }],
      advisories: [
        { ids: ['RUSTSEC-2099-0002'], severity: 'medium', range: 'major', comment: 'fixed in this release' },
      ],
      flags: { unmaintained: true },
      alternatives: [{ purl: 'pkg:cargo/base16ct' }],
      override: [
        {
          'id-type': 'crev',
          id: 'Ivwpd5Lwtv_Av8_bftsMCqFOAlo2XsDjQuhuOCnLdLY',
          url: 'https://example.com/mallory/crev-proofs',
          comment: 'outdated',
        },
      ],
      'llm-agent': { model: 'claude-opus-4-6', 'human-guided': false },
      comment: 'First line.\n\nLast line.',
    });
  });

  test('distrust with an override reads field by field', async () => {
    const { statement } = await verifyDocument(read('trust-distrust-override'), context);
    expect(statement).toMatchObject({
      kind: 'trust',
      ids: [{ id: 'Ivwpd5Lwtv_Av8_bftsMCqFOAlo2XsDjQuhuOCnLdLY' }],
      trust: 'distrust',
      override: [{ id: 'FYlr8YoYGVvDwHQxqEIs89reKKDy-oWisoO0qXXEfHE' }],
      comment: 'Example only.',
    });
  });

  test('a file review has a good signature and is of a kind that is not accepted yet', async () => {
    const [entry] = readEnvelopes(read('code-review'), (envelope) => envelope);
    if (entry === undefined || 'error' in entry) throw new Error('no envelope');
    const { body, signature } = entry.proof;
    expect(await verifyByCrevId(testId, signature, utf8(body))).toBe(true);
    await expectCode('statement-kind-unsupported', () => verifyDocument(read('code-review'), context));
  });

  test.each(['package-review-all-fields', 'trust-distrust-override'])(
    'our writer gives %s again byte for byte',
    async (name) => {
      const { statement, document } = await verifyDocument(read(name), context);
      expect(document).toBe(read(name).trimEnd() + '\n');
      if (statement.kind !== 'package review' && statement.kind !== 'trust') throw new Error(statement.kind);
      expect(await signCrevProof(statement, seed)).toBe(document);
    },
  );
});
