// Every real proof of the corpus: appended, replayed, and read back as it is in the proof repositories.

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { parseProofFile, verifyCrevProof } from '../../core/statement/crev/proof.ts';
import type { VerifiedStatement } from '../../core/statement/verified.ts';
import { appendStatements } from '../../db/append.ts';
import { openDatabase } from '../../db/connect.ts';
import { readLedgerState } from '../../db/entries.ts';
import { rebuildProjections } from '../../db/rebuild.ts';
import { findStatementsById } from '../../db/statements.ts';
import { corpusPath, describeWithCorpus } from '../support/corpus.ts';
import { usePlaces } from '../support/database.ts';
import { contents } from '../support/projections.ts';
import { today } from '../support/reviewers.ts';

async function realProofs(): Promise<VerifiedStatement[]> {
  const root = corpusPath('corpus', 'crev-proofs');
  const files = readdirSync(root, { recursive: true, encoding: 'utf8' }).filter((file) =>
    file.endsWith('.crev'),
  );
  const verified: VerifiedStatement[] = [];
  for (const file of files.sort()) {
    for (const entry of parseProofFile(readFileSync(join(root, file), 'utf8'))) {
      if ('proof' in entry) verified.push(await verifyCrevProof(entry.proof));
    }
  }
  return verified;
}

describeWithCorpus('the real proofs (postgresql)', () => {
  const makePlace = usePlaces('postgresql');

  it('are appended, found again to the letter, and rebuilt to the same tables', async () => {
    const proofs = await realProofs();
    expect(proofs.length).toBeGreaterThanOrEqual(1685);
    const distinct = new Map(proofs.map((proof) => [proof.id, proof]));
    const db = await openDatabase(await makePlace());
    try {
      for (let from = 0; from < proofs.length; from += 256) {
        await appendStatements(db, proofs.slice(from, from + 256), today);
      }
      expect((await readLedgerState(db)).size).toBe(distinct.size);
      const stored = await findStatementsById(db, [...distinct.keys()]);
      expect(stored).toHaveLength(distinct.size);
      for (const { id, document, statement } of stored) {
        expect(document).toBe(distinct.get(id)!.document);
        expect(statement).toEqual(distinct.get(id)!.statement);
      }
      const live = await contents(db);
      await rebuildProjections(db);
      expect(await contents(db)).toEqual(live);
    } finally {
      await db.close();
    }
  });
});
