// The zod schemas of identities and roots: what JSON, policies and statements are read with.
//
// The text forms themselves, and what is refused in them, are in identity.ts.

import { z } from 'zod';
import { parseIdentity, parseRoot } from './identity.ts';

/** An identity in its text form, checked and canonical. */
export const identitySchema = z
  .string()
  .max(80)
  .transform((text, context) => attempt(() => parseIdentity(text), context));
/** A root in its text form, checked and canonical. */
export const rootSchema = z
  .string()
  .max(160)
  .transform((text, context) => attempt(() => parseRoot(text), context));

function attempt<T>(parse: () => T, context: z.RefinementCtx): T {
  try {
    return parse();
  } catch (error) {
    context.addIssue({ code: 'custom', message: error instanceof Error ? error.message : String(error) });
    return z.NEVER;
  }
}
