import { expect, it } from 'vitest';
import { z } from 'zod';
import { formErrors } from '../../../server/site/form-errors.ts';

it('names the field that each problem of a form is about, and leaves out what is about the whole', () => {
  const form = z
    .object({ purl: z.string('Enter a purl.'), digests: z.array(z.string().min(3, 'Too short.')) })
    .refine(() => false, 'These two do not fit together.');
  const failing = form.safeParse({ digests: ['abc', 'x'] });
  expect(formErrors(failing.error!)).toEqual([
    { field: 'purl', message: 'Enter a purl.' },
    { field: 'digests-1', message: 'Too short.' },
  ]);
  expect(formErrors(form.safeParse({ purl: 'pkg:npm/a', digests: [] }).error!)).toEqual([
    { message: 'These two do not fit together.' },
  ]);
});
