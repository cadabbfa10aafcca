import { beforeAll, expect, it } from 'vitest';
import type { Database } from '../../db/database.ts';
import { readOrMakeSecret } from '../../db/secrets.ts';
import { describeDatabases } from '../support/database.ts';

describeDatabases('secrets', (open) => {
  let db: Database;
  beforeAll(async () => {
    db = await open();
  });

  it('are what was fresh the first time, for everybody, for ever', async () => {
    const asked = await Promise.all(
      [1, 2, 3, 4].map((byte) => readOrMakeSecret(db, 'site', new Uint8Array(32).fill(byte))),
    );
    const values = asked.map((value) => Buffer.from(value).toString('hex'));
    expect(new Set(values).size).toBe(1);
    expect(Buffer.from(await readOrMakeSecret(db, 'site', new Uint8Array(32))).toString('hex')).toBe(
      values[0],
    );
  });

  it('are kept apart by name', async () => {
    await readOrMakeSecret(db, 'one', Uint8Array.of(1));
    expect([...(await readOrMakeSecret(db, 'two', Uint8Array.of(2)))]).toEqual([2]);
  });
});
