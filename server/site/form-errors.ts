// What is wrong with a form, for its error summary and for the fields themselves.

import { z } from 'zod';

/** A problem of a form; `field` is the id of the field that it is about. */
export const formErrorSchema = z.strictObject({ field: z.string().optional(), message: z.string() });
export type FormError = z.output<typeof formErrorSchema>;

/** One problem for each issue, at the field that its path names: `digests.0` becomes `digests-0`. */
export function formErrors(error: z.ZodError): FormError[] {
  return error.issues.map(({ path, message }) =>
    path.length === 0 ? { message } : { field: path.map(String).join('-'), message },
  );
}
