// Passwords: scrypt, with its parameters beside each hash, so that they can be raised and old hashes be made anew when their
// owner signs in.
//
// N = 2^17, r = 8, p = 1 is OWASP's first choice for scrypt: 128 MiB and some tenths of a second for each guess. So few run
// at once, and who comes when too many wait is sent away.

import { randomBytes, scrypt, timingSafeEqual } from 'node:crypto';
import { TrustError } from '../../core/errors.ts';
import { createGate } from './gate.ts';

/** Least characters of a password. There is no other rule (NIST SP 800-63B section 3.1.1.2). */
export const minPasswordLength = 12;
/** Most characters: enough for any pass phrase. */
export const maxPasswordLength = 256;

interface Parameters {
  /** Logarithm of the cost N. */
  readonly ln: number;
  readonly r: number;
  readonly p: number;
}

const current: Parameters = { ln: 17, r: 8, p: 1 };
const hashBytes = 32;
const pattern = /^\$scrypt\$ln=(\d{1,2}),r=(\d{1,2}),p=(\d{1,2})\$([A-Za-z0-9_-]{22})\$([A-Za-z0-9_-]{43})$/;
const gate = createGate(2, 64);

/** What checking a password gives; `outdated`: right, and its hash should be made anew. */
export type Checked = 'wrong' | 'right' | 'outdated';

/** The hash of a password, with algorithm, parameters and salt. Throws unavailable when too many wait. */
export async function hashPassword(password: string, parameters = current): Promise<string> {
  const salt = randomBytes(16);
  const hash = await derive(password, salt, parameters);
  const { ln, r, p } = parameters;
  return `$scrypt$ln=${ln},r=${r},p=${p}$${salt.toString('base64url')}$${hash.toString('base64url')}`;
}

/**
 * Whether a password fits a hash. Without a hash, for nobody has that name, it is wrong after the same work. Throws
 * unavailable when too many wait.
 */
export async function checkPassword(password: string, stored: string | undefined): Promise<Checked> {
  const [, ln, r, p, salt = '', hash = ''] = pattern.exec(stored ?? '') ?? [];
  if (ln === undefined) {
    await derive(password, randomBytes(16), current);
    return 'wrong';
  }
  const parameters = { ln: Number(ln), r: Number(r), p: Number(p) };
  const derived = await derive(password, Buffer.from(salt, 'base64url'), parameters);
  if (!timingSafeEqual(derived, Buffer.from(hash, 'base64url'))) return 'wrong';
  const isCurrent = parameters.ln === current.ln && parameters.r === current.r && parameters.p === current.p;
  return isCurrent ? 'right' : 'outdated';
}

function derive(password: string, salt: Uint8Array, { ln, r, p }: Parameters): Promise<Buffer> {
  const N = 2 ** ln;
  // Typed on another keyboard, the same characters may come in another form.
  const typed = password.normalize('NFKC');
  return gate.pass(
    () =>
      new Promise<Buffer>((resolve, reject) => {
        scrypt(typed, salt, hashBytes, { N, r, p, maxmem: 160 * N * r }, (error, hash) => {
          if (error === null) resolve(hash);
          else reject(new TrustError('internal', 'A password could not be hashed.', { cause: error }));
        });
      }),
  );
}
