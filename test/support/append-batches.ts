// A program to kill: appends statements from a file, batch by batch, and tells each batch once it is acknowledged.
//
// Arguments: where the database is (JSON of a TestPlace), the file (JSON of VerifiedStatement[]), the size of a batch.

import { readFileSync } from 'node:fs';
import type { VerifiedStatement } from '../../core/statement/verified.ts';
import { appendStatements } from '../../db/append.ts';
import { openDatabase, type OpenOptions } from '../../db/connect.ts';

const [place = '', file = '', size = ''] = process.argv.slice(2);
const statements = JSON.parse(readFileSync(file, 'utf8')) as VerifiedStatement[];
const db = await openDatabase(JSON.parse(place) as OpenOptions);
for (let from = 0; from < statements.length; from += Number(size)) {
  const receipts = await appendStatements(db, statements.slice(from, from + Number(size)), new Date());
  process.stdout.write(`${JSON.stringify(receipts.map(({ id, index }) => ({ id, index })))}\n`);
}
process.stdout.write('done\n');
await db.close();
