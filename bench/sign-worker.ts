// One thread that signs reviews.

import { parentPort } from 'node:worker_threads';
import { splitIdentity } from '../core/identity.ts';
import { formatStatement } from '../core/statement/canonical.ts';
import { openSigner, signCleartext } from '../core/statement/openpgp/sign.ts';
import type { Signed, SignOrder } from './sign-order.ts';

const signedAt = new Date('2026-11-01T00:00:00Z');

async function run({ keys, from, to }: SignOrder): Promise<Signed[]> {
  const signers = await Promise.all(keys.map(({ privateKey }) => openSigner(privateKey)));
  const documents: Signed[] = [];
  for (let i = from; i < to; i++) {
    const author = i % keys.length;
    const text = formatStatement({
      kind: 'package review',
      version: 1,
      date: '2026-11-01T00:00:00Z',
      from: splitIdentity(keys[author]!.identity),
      package: { purl: `pkg:npm/bench-${i}@1.0.0`, digests: { sha512: i.toString(16).padStart(128, '0') } },
      review: { thoroughness: 'medium', understanding: 'medium', rating: 'positive' },
      comment: 'Read in full; nothing reaches the network or the file system.',
    });
    documents.push({ document: await signCleartext(text, signers[author]!, signedAt), author });
  }
  return documents;
}

parentPort!.on('message', (order: SignOrder) => {
  void run(order).then((documents) => {
    parentPort!.postMessage(documents);
  });
});
