// Publishing and closing a test's log without the service: its head, signed by a key that is known.

import { formatCheckpoint } from '../../core/log/checkpoint.ts';
import { signFreezeNotice } from '../../core/log/freeze-notice.ts';
import { formatNote } from '../../core/log/note.ts';
import { makePrivateKey, type PrivateKey } from '../../core/log/note-key.ts';
import { signNote } from '../../core/log/note-signature.ts';
import { insertCheckpoint } from '../../db/checkpoints.ts';
import type { Database } from '../../db/database.ts';
import { lockLedger } from '../../db/entries.ts';
import { insertFreeze } from '../../db/log-freeze.ts';
import { readHead, setOrigin } from '../../db/log-head.ts';

export const testOrigin = 'ledger.example.org/log';

/** Key number `number` of the test's log, always the same. */
export function testKey(number = 1, name = testOrigin): Promise<PrivateKey> {
  return makePrivateKey(name, 'ed25519', new Uint8Array(32).fill(number));
}

/** Signs the head as it is, by these keys, and publishes it. */
export async function publish(db: Database, keys: readonly PrivateKey[], signedAt: Date): Promise<void> {
  await setOrigin(db, testOrigin);
  const { size, root } = await readHead(db);
  const text = formatCheckpoint({ origin: testOrigin, size, root });
  const signatures = await Promise.all(keys.map((key) => signNote(key, text, 0)));
  await insertCheckpoint(db, { size, root, note: formatNote({ text, signatures }), signedAt });
}

/** Closes the log where it is. */
export async function freeze(db: Database, keys: readonly PrivateKey[], frozenAt: Date): Promise<void> {
  const { key } = await testKey(9, 'next.example.org/log');
  await db.transaction(async (transaction) => {
    await lockLedger(transaction);
    const { size, root } = await readHead(transaction);
    const successor = { key, url: 'https://next.example.org/' };
    const note = await signFreezeNotice({ origin: testOrigin, size, root, successor }, keys);
    await insertFreeze(transaction, { note, frozenAt });
  });
}
