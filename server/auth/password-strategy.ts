// Signing in with user name and password: passport-local over our accounts.

import { Strategy } from 'passport-local';
import { findPassword, findAccount, setPassword, type Account } from '../../db/accounts.ts';
import type { Queryable } from '../../db/database.ts';
import type { ServiceState } from '../service-state.ts';
import { checkPassword, hashPassword } from './password.ts';

/** The strategy `local`: reads `user-name` and `password` of the body, gives the account, or false when they don't fit. */
export function passwordStrategy(state: ServiceState): Strategy {
  return new Strategy(
    { usernameField: 'user-name', passwordField: 'password', session: false },
    (userName, password, done) => {
      accountByPassword(state.service().db, userName, password).then(
        (account) => {
          done(null, account ?? false);
        },
        (error: unknown) => {
          done(error);
        },
      );
    },
  );
}

/** The account, when the password is right; its hash is made anew where the parameters have changed since. */
async function accountByPassword(
  db: Queryable,
  userName: string,
  password: string,
): Promise<Account | undefined> {
  const known = await findPassword(db, userName);
  const checked = await checkPassword(password, known?.password);
  if (checked === 'wrong' || known === undefined) return undefined;
  if (checked === 'outdated') await setPassword(db, known.id, await hashPassword(password));
  return findAccount(db, known.id);
}
