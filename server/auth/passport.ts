// passport: a session knows the account by its id, and a user name with its password gives the account. The other ways to
// sign in stand in files of their own.

import { Passport } from 'passport';
import { findAccount, type Account } from '../../db/accounts.ts';
import type { ServiceState } from '../service-state.ts';
import { passwordStrategy } from './password-strategy.ts';

declare global {
  // eslint-disable-next-line @typescript-eslint/no-namespace
  namespace Express {
    // What passport calls the user is an account of ours.
    // eslint-disable-next-line @typescript-eslint/no-empty-object-type
    interface User extends Account {}
  }
}

/** A passport that reads accounts from the service's database. */
export function createPassport(state: ServiceState): InstanceType<typeof Passport> {
  const passport = new Passport();
  passport.use(passwordStrategy(state));
  passport.serializeUser((user, done) => {
    done(null, user.id);
  });
  passport.deserializeUser((id: string, done) => {
    findAccount(state.service().db, id).then(
      (account) => {
        // A session whose account is gone is nobody's.
        done(null, account ?? false);
      },
      (error: unknown) => {
        done(error);
      },
    );
  });
  return passport;
}
