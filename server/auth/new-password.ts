// What user names and new passwords may be. The rule is told beside the field in the same words.

import { z } from 'zod';
import { maxPasswordLength, minPasswordLength } from './password.ts';

/** A user name: what the table accounts takes. */
export const userNameSchema = z
  .string()
  .regex(
    /^[a-z][a-z0-9-]{1,30}[a-z0-9]$/,
    'A user name has 3 to 32 lower-case letters, digits and inner hyphens, and begins with a letter.',
  );

/** A password that is chosen now. */
export const newPassword = z
  .string()
  .min(minPasswordLength, `A password has at least ${minPasswordLength} characters.`)
  .max(maxPasswordLength, `A password has at most ${maxPasswordLength} characters.`);
