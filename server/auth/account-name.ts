// What an account is called on pages: its user name, else its first key.

import type { Account } from '../../db/accounts.ts';
import { shortIdentity } from '../site/view-text.ts';

/** The name that the account's owner sees. */
export function accountName({ userName, keys }: Pick<Account, 'userName' | 'keys'>): string {
  if (userName !== undefined) return userName;
  return keys[0] === undefined ? 'your account' : shortIdentity(keys[0]);
}
