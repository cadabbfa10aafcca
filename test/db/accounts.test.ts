import { beforeAll, expect, it } from 'vitest';
import { parseIdentity, type Identity, type Root } from '../../core/identity.ts';
import { addAccountKey } from '../../db/account-keys.ts';
import { createAccount, findAccount, findAccountByKey, setRoots } from '../../db/accounts.ts';
import type { Database } from '../../db/database.ts';
import { describeDatabases } from '../support/database.ts';

const at = new Date('2026-11-22T12:00:00Z');
let made = 0;
const someKey = (): Identity => parseIdentity(`openpgp:${String(++made).padStart(40, '0')}`);
let named = 0;
const someName = (): string => `someone-${++named}`;

describeDatabases('accounts', (open) => {
  let db: Database;
  beforeAll(async () => {
    db = await open();
  });

  it('are found by id and by each of their keys, which come in the order of their proofs', async () => {
    const [first, second] = [someKey(), someKey()];
    const account = await db.transaction((transaction) => createAccount(transaction, { keys: [second], at }));
    await addAccountKey(db, account.id, first, new Date(at.getTime() + 1000));
    const found = await findAccount(db, account.id);
    expect(found).toEqual({
      id: account.id,
      userName: undefined,
      keys: [second, first],
      roots: [],
      createdAt: at,
    });
    expect(await findAccountByKey(db, first)).toEqual(found);
    expect(await findAccountByKey(db, second)).toEqual(found);
    expect(await findAccountByKey(db, someKey())).toBeUndefined();
    expect(await findAccount(db, '00000000-0000-4000-8000-000000000000')).toBeUndefined();
  });

  it('share neither user names nor keys, also when two ask at once', async () => {
    const userName = someName();
    const key = someKey();
    const rush = await Promise.allSettled([
      createAccount(db, { userName, at }),
      createAccount(db, { userName, at }),
    ]);
    expect(rush.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    const withKey = (): Promise<unknown> =>
      db.transaction((transaction) => createAccount(transaction, { userName: someName(), keys: [key], at }));
    await withKey();
    await expect(withKey()).rejects.toMatchObject({ code: 'name-taken' });
    // The account that did not get its key is not there either.
    const { rows } = await db.query('select from accounts where user_name = $1', [`someone-${named}`]);
    expect(rows).toHaveLength(0);
  });

  it('have no user names that could be taken for something else', async () => {
    for (const userName of [
      'A',
      'ada ',
      'Ada',
      'ада',
      'a b',
      '<b>',
      '-ada',
      'ada-',
      '',
      'a'.repeat(33),
      'ada\n',
    ]) {
      await expect(createAccount(db, { userName, at }), userName).rejects.toThrow();
    }
  });

  it('keep whom they trust, up to a bound', async () => {
    const account = await createAccount(db, { userName: someName(), at });
    const roots = [someKey(), `${someKey()}#board`] as Root[];
    await setRoots(db, account.id, roots);
    expect((await findAccount(db, account.id))?.roots).toEqual(roots);
    const tooMany = Array.from({ length: 65 }, () => someKey() as string as Root);
    await expect(setRoots(db, account.id, tooMany)).rejects.toThrow();
    expect((await findAccount(db, account.id))?.roots).toEqual(roots);
  });
});
