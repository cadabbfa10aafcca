// Verification on real worker threads, which need the built files: Node 20 cannot load TypeScript in a thread.

import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createLedgerTime } from '../../../server/ingest/ledger-time.ts';
import { createVerifier, type Verifier } from '../../../server/ingest/verifier.ts';
import type { Certificate } from '../../../core/statement/verified.ts';
import { expectCode } from '../../support/matchers.ts';
import { makeAuthor, review, sign, type Author } from '../support/authors.ts';

const built = join(import.meta.dirname, '../../../dist/server/ingest/verifier.js');
const hasBuild = existsSync(built);
if (!hasBuild)
  process.stderr.write('\n!!! NOT TESTED, run npm run build first: verification on worker threads\n');

describe('verification without the built files', () => {
  it('on threads is refused with what to do, not discovered later', async () => {
    const error = await expectCode('config-invalid', () =>
      createVerifier({
        workers: 1,
        time: createLedgerTime(() => new Date()),
        findCertificates: () => Promise.resolve([]),
      }),
    );
    expect(error.help).toContain('VERIFY_WORKERS=0');
  });
});

describe.skipIf(!hasBuild).each([0, 2])('verification on %i threads', (workers) => {
  let verifier: Verifier;
  let ada: Author;
  let known: Certificate[];
  const asked: string[] = [];

  beforeAll(async () => {
    const { createVerifier: create } = (await import(pathToFileURL(built).href)) as {
      createVerifier: typeof createVerifier;
    };
    ada = await makeAuthor('Ada');
    known = [];
    verifier = create({
      workers,
      time: createLedgerTime(() => new Date('2026-11-22T12:00:00.700Z')),
      findCertificates: (authors) => {
        asked.push(...authors);
        return Promise.resolve(known.filter(({ identity }) => authors.includes(identity)));
      },
    });
  });
  afterAll(() => verifier.close());

  it('refuses an unknown author, and does not remember that it was unknown', async () => {
    const document = await sign(ada, review('pkg:npm/threads@1.0.0'));
    await expect(verifier.verify(document)).rejects.toMatchObject({ code: 'key-unknown' });
    known.push(ada.certificate);
    const { statement, used, at } = await verifier.verify(document);
    expect(statement).toMatchObject({ author: ada.identity, document, envelope: 'openpgp' });
    expect(used).toEqual({ author: ada.identity, id: ada.certificate.id });
    expect(new Date(at).toISOString()).toBe('2026-11-22T12:00:00.000Z');
  });

  it('verifies many at once, each with its own outcome, asking for a certificate hardly ever', async () => {
    const documents = await Promise.all(
      Array.from({ length: 100 }, (_, i) => sign(ada, review(`pkg:npm/many-${i}@1.0.0`))),
    );
    const before = asked.length;
    const outcomes = await Promise.allSettled(
      documents.map((document, i) =>
        verifier.verify(i % 10 === 0 ? document.replace('many', 'moved') : document),
      ),
    );
    outcomes.forEach((outcome, i) => {
      if (i % 10 === 0)
        expect(outcome).toMatchObject({ status: 'rejected', reason: { code: 'signature-invalid' } });
      else {
        const { statement } = (outcome as PromiseFulfilledResult<Awaited<ReturnType<Verifier['verify']>>>)
          .value;
        expect(statement.document).toBe(documents[i]);
      }
    });
    // A refusal is judged once more with the newest certificate; an acceptance is checked under the ledger's lock.
    expect(asked.length - before).toBeLessThan(30);
  });

  it('uses the newest certificate when it is told that the one it has was replaced', async () => {
    const document = await sign(ada, review('pkg:npm/replaced@1.0.0'));
    const { used } = await verifier.verify(document);
    known.length = 0;
    await expect(verifier.verify(document, used)).rejects.toMatchObject({ code: 'key-unknown' });
    known.push(ada.certificate);
  });
});
