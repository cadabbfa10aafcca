// Who signs: a key of the person's own gpg, or one in a file. Both give the same three things.

import type { Identity } from '../../core/identity.ts';
import type { Statement } from '../../core/statement/statement.ts';

export interface Signer {
  readonly identity: Identity;
  /** Where the key is, for messages: `gpg` or the file's name. */
  readonly place: string;
  /** The public certificate, armoured; undefined for identities that need none (crev). */
  certificate(): Promise<string | undefined>;
  /** The text that would be signed: canonical, or for crev in crev's layout. Throws when it cannot be said so. */
  textOf(statement: Statement): string;
  /** The signed document of a statement. Throws signer-failed, and what `textOf` throws. */
  sign(statement: Statement): Promise<string>;
}
