// The fields with which every statement begins.

import { splitIdentity, type Identity } from '../../core/identity.ts';
import { formatSeconds } from '../../core/time.ts';

/** `version`, `date` and `from` of a statement that is made now. */
export function statementHead(
  author: Identity,
  now: Date,
): { readonly version: 1; readonly date: string; readonly from: ReturnType<typeof splitIdentity> } {
  return { version: 1, date: formatSeconds(now), from: splitIdentity(author) };
}
