// What every form that composes a statement is made of, and the way from its fields to the exact text that will be signed.
//
// The statement is checked by core's schemas and written by core's formatter, so the text is what every other way of signing
// would sign. What is wrong is told at the field that it is about.

import { TrustError } from '../../core/errors.ts';
import { parseIdentity, splitIdentity, type Identity } from '../../core/identity.ts';
import { formatStatement, readStatement } from '../../core/statement/canonical.ts';
import { isHostileValue } from '../../core/statement/hostile-text.ts';
import type { Statement } from '../../core/statement/statement.ts';
import { identityOf } from '../../core/statement/statement.ts';
import { formatSeconds } from '../../core/time.ts';
import { z } from 'zod';
import type { DraftKind } from '../../db/drafts.ts';
import type { FormError } from '../site/form-errors.ts';
import { withoutEmptyItems, type FieldNames, type Fields } from './fields.ts';

/** Data of a statement as it was filled in, to be checked: texts, lists and mappings. */
export type Candidate = Readonly<Record<string, unknown>>;

export interface Composer {
  readonly kind: DraftKind;
  /** Path of the form on the site. */
  readonly path: string;
  /** Name of the text as a file. */
  readonly filename: string;
  readonly names: FieldNames;
  /** What is missing or cannot be read, before core looks at it. */
  readonly check: (fields: Fields) => FormError[];
  /** The statement's own fields, without kind-independent ones. */
  readonly candidate: (fields: Fields) => Candidate;
  /** What a draft is called in the list. */
  readonly title: (fields: Fields) => string;
  /** Commands of trust-check that do the same; `origin` is this service. */
  readonly command: (fields: Fields, origin: string) => string[];
}

export type Composed =
  | {
      readonly outcome: 'valid';
      readonly text: string;
      readonly author: Identity;
      readonly statement: Statement;
      readonly fields: Fields;
    }
  | { readonly outcome: 'invalid'; readonly errors: readonly FormError[]; readonly fields: Fields };

/** Fields that every form has. */
export const commonNames = ['author', 'author-other', 'date', 'comment'] as const;

/** The statement in the fields of a form, as text; or what is wrong with them. `now` dates what has no date. */
export function compose(composer: Composer, given: Fields, now: Date): Composed {
  const fields = withoutEmptyItems(given, composer.names.groups);
  const errors = [...composer.check(fields), ...authorErrors(fields), ...hostileErrors(fields)];
  const invalid = (more: readonly FormError[]): Composed => ({
    outcome: 'invalid',
    errors: onePerField(errors.length > 0 ? errors : more),
    fields,
  });
  if (errors.length > 0) return invalid([]);
  try {
    const author = authorOf(fields);
    const statement = readStatement({
      ...composer.candidate(fields),
      version: 1,
      date: fields['date']?.trim() ?? formatSeconds(now),
      from: splitIdentity(author),
      ...(fields['comment'] !== undefined && { comment: textOf(fields['comment']) }),
    });
    const text = formatStatement(statement);
    return { outcome: 'valid', text, author: identityOf(statement.from), statement, fields };
  } catch (error) {
    if (!(error instanceof TrustError)) throw error;
    return invalid(statementErrors(error, composer.names));
  }
}

/** A fingerprint as people write it (grouped, with or without openpgp:), or a crev id; throws identity-invalid. */
export function readAuthor(text: string): Identity {
  const plain = text.replaceAll(/\s+/g, '');
  return parseIdentity(
    /^(?:0x)?[0-9a-f]{40}(?:[0-9a-f]{24})?$/i.test(plain) ? `openpgp:${plain.replace(/^0x/i, '')}` : plain,
  );
}

function authorText(fields: Fields): string {
  const chosen = fields['author'] ?? 'other';
  return chosen === 'other' ? (fields['author-other'] ?? '') : chosen;
}

function authorOf(fields: Fields): Identity {
  return readAuthor(authorText(fields));
}

function authorErrors(fields: Fields): FormError[] {
  const field = 'author-other';
  if (authorText(fields).trim() === '') {
    return [{ field, message: 'Enter the fingerprint of the key that will sign.' }];
  }
  try {
    if (authorOf(fields).startsWith('openpgp:')) return [];
    return [
      { field, message: 'A crev id signs crev proofs: use trust-check with --key-file, or cargo crev.' },
    ];
  } catch (error) {
    return [{ field, message: error instanceof Error ? error.message : String(error) }];
  }
}

/** Trailing white space of lines is not signed by OpenPGP, so it is not written either; nor are empty last lines. */
function textOf(value: string): string {
  return value.replaceAll(/[ \t]+$/gm, '').replace(/\n+$/, '');
}

function hostileErrors(fields: Fields): FormError[] {
  return Object.entries(fields).flatMap(([field, value]) =>
    isHostileValue(value)
      ? [
          {
            field,
            message: 'This holds an invisible or control character, which may not be signed. Type it anew.',
          },
        ]
      : [],
  );
}

/** Each issue of core's schema at the field that it is about. */
function statementErrors(error: TrustError, names: FieldNames): FormError[] {
  if (!(error.cause instanceof z.ZodError)) {
    const field = error.code === 'text-too-large' ? { field: 'comment' } : {};
    return [{ ...field, message: [error.message, error.help].filter(Boolean).join(' ') }];
  }
  return error.cause.issues.map(({ path, message }) => {
    const field = nearestField(path.map(String), names);
    return { ...(field !== undefined && { field }), message: field === undefined ? error.message : message };
  });
}

function nearestField(path: readonly string[], { single, groups }: FieldNames): string | undefined {
  const known = (name: string): boolean =>
    single.includes(name) ||
    groups.some(
      (group) =>
        path[0] === group.name &&
        group.fields.some((field) => name === `${group.name}-${path[1] ?? ''}-${field}`),
    );
  for (let length = path.length; length > 0; length--) {
    const name = path.slice(0, length).join('-');
    if (known(name)) return name;
  }
  return undefined;
}

function onePerField(errors: readonly FormError[]): FormError[] {
  const seen = new Set<string>();
  return errors.filter(({ field }) => {
    if (field === undefined) return true;
    if (seen.has(field)) return false;
    seen.add(field);
    return true;
  });
}
