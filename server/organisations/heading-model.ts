// What stands on top of every page about an organisation, and which of its pages this is.

import { z } from 'zod';
import { rootSchema } from '../../core/identity-schema.ts';
import type { Organisation } from '../../db/organisations.ts';
import { rootOf } from './find-organisation.ts';

export const headingModel = z.strictObject({
  slug: z.string(),
  title: z.string(),
  root: rootSchema,
});

/** The heading of an organisation's pages. */
export function headingOf(organisation: Organisation): z.input<typeof headingModel> {
  return { slug: organisation.slug, title: organisation.title, root: rootOf(organisation) };
}
