// One thread of the floor of ingest: openpgp.js alone, on keys that are parsed already.

import * as openpgp from 'openpgp';
import { parentPort } from 'node:worker_threads';

interface Work {
  readonly documents: readonly { readonly document: string; readonly author: number }[];
  readonly certificates: readonly string[];
}

let keys: Promise<openpgp.PublicKey>[] | undefined;

/** Verifies every document once and answers when done. */
async function run({ documents, certificates }: Work): Promise<void> {
  keys ??= certificates.map(async (armoredKey) => (await openpgp.readKey({ armoredKey })).toPublic());
  for (const { document, author } of documents) {
    const message = await openpgp.readCleartextMessage({ cleartextMessage: document });
    const { signatures } = await openpgp.verify({ message, verificationKeys: await keys[author]! });
    await signatures[0]!.verified;
  }
}

parentPort!.on('message', (work: Work) => {
  void run(work).then(() => {
    parentPort!.postMessage('done');
  });
});
