// The fields of the forms about organisations: what is typed, checked and made canonical.
//
// Everything that may end up in a signed text is refused here already when no signed text could hold it.

import { domainToASCII } from 'node:url';
import { z } from 'zod';
import { setNamePattern } from '../../core/identity.ts';
import { isHostileValue } from '../../core/statement/hostile-text.ts';
import { isPurlPattern } from '../../core/trust/scope.ts';

/** A text on one line that a statement can hold; empty where `least` is 0. */
export function lineField(what: string, most: number, least = 1): z.ZodType<string> {
  return z
    .string({ error: `${what} is missing.` })
    .trim()
    .min(least, `Enter ${what.toLowerCase()}.`)
    .max(most, `${what} has at most ${most} characters.`)
    .refine((text) => !isHostileValue(text) && !text.includes('\n'), {
      message: `${what} holds a control or invisible character, or a line break.`,
    });
}

/** Empty counts as left out. */
export function optional<Output>(field: z.ZodType<Output>): z.ZodType<Output | undefined> {
  return z
    .union([
      z
        .string()
        .regex(/^\s*$/)
        .transform(() => undefined),
      field,
    ])
    .optional();
}

/** The last part of an organisation's address. */
export const slugField = z
  .string()
  .trim()
  .regex(
    /^[a-z][a-z0-9-]{0,61}[a-z0-9]$/,
    'Use 2 to 63 lower-case letters, digits and inner hyphens, a letter first.',
  )
  .refine((slug) => slug !== 'new' && slug !== 'root', 'That address is taken by the site itself.');

export const setNameField = z
  .string()
  .trim()
  .regex(setNamePattern, 'Use 1 to 64 lower-case letters, digits and inner hyphens.');

/** An address of a page: https or http, without a user in it. */
export const homeField = z
  .string()
  .trim()
  .max(2048, 'An address has at most 2,048 characters.')
  .refine(isPageAddress, 'Enter an address that begins with https:// or http://.');

/** A domain name in its ASCII form, with at least one dot, and no address. */
export const domainField = z
  .string()
  .trim()
  .max(253, 'A domain has at most 253 characters.')
  .transform((typed, context) => {
    const domain = readDomain(typed);
    if (domain !== undefined) return domain;
    context.addIssue({ code: 'custom', message: 'Enter a domain alone, such as example.org.' });
    return z.NEVER;
  });

/** purl patterns, one a line; none when empty. */
export const scopeField = z
  .string()
  .max(40_000, 'Too many patterns.')
  .default('')
  .transform((typed) => typed.split('\n').flatMap((line) => (line.trim() === '' ? [] : [line.trim()])))
  .superRefine((patterns, context) => {
    if (patterns.length > 64)
      context.addIssue({ code: 'custom', message: 'A scope has at most 64 patterns.' });
    for (const pattern of patterns) {
      if (pattern.length > 512 || isHostileValue(pattern) || !isPurlPattern(pattern)) {
        const shown = pattern.length > 60 ? `${pattern.slice(0, 60)}…` : pattern;
        context.addIssue({
          code: 'custom',
          message: `Not a purl pattern: ${shown}. Write one such as pkg:npm/%40babel/* or pkg:cargo/serde.`,
        });
        return;
      }
    }
  })
  .transform((patterns) => (patterns.length === 0 ? undefined : patterns));

/** A text that may have lines, as organisations describe themselves; never part of what is signed. */
const descriptionField = z
  .string()
  .trim()
  .max(4000, 'A description has at most 4,000 characters.')
  .refine((text) => !isHostileValue(text), 'The description holds a control or invisible character.')
  .default('');

/** What an organisation says of itself. */
export const detailFields = {
  title: lineField('A title', 256),
  home: optional(homeField),
  domain: optional(domainField),
  description: descriptionField,
};

/** The canonical form of a domain name: lower case, international names in their ASCII form; undefined when it is none. */
export function readDomain(typed: string): string | undefined {
  const domain = domainToASCII(typed.trim().toLowerCase().replace(/\.$/, ''));
  const labels = domain.split('.');
  const areLabels = labels.every((label) => /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/.test(label));
  // A last label of digits alone would be an IPv4 address to some readers.
  return labels.length >= 2 && areLabels && domain.length <= 253 && /[a-z]/.test(labels.at(-1) ?? '')
    ? domain
    : undefined;
}

function isPageAddress(text: string): boolean {
  if (isHostileValue(text) || /\s/.test(text) || !URL.canParse(text)) return false;
  const { protocol, username, password } = new URL(text);
  return (protocol === 'https:' || protocol === 'http:') && username === '' && password === '';
}
