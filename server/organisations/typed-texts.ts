// What was typed into a form, for showing it again: its texts, whatever they are.

import type { FormFields } from '../middleware/form.ts';

/** The fields that came once, by name. */
export function typedTexts(fields: FormFields): Record<string, string> {
  return Object.fromEntries(
    Object.entries(fields).flatMap(([name, value]) => (typeof value === 'string' ? [[name, value]] : [])),
  );
}
