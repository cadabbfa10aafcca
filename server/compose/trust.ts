// The form for a trust statement: whom, how far, and why.

import { trustLevels } from '../../core/statement/levels.ts';
import { splitIdentity, type Identity } from '../../core/identity.ts';
import type { FormError } from '../site/form-errors.ts';
import { commonNames, readAuthor, type Candidate, type Composer } from './composer.ts';
import { linesOf, type Fields } from './fields.ts';
import { oneOf } from './review.ts';

/** Composes trust statements. */
export const trustComposer: Composer = {
  kind: 'trust',
  path: '/trust',
  filename: 'trust.yaml',
  names: { single: [...commonNames, 'ids', 'trust', 'override'], groups: [] },
  check: (fields) => [
    ...identityErrors('ids', fields['ids'], 'Enter whom you mean: a fingerprint or a crev id.'),
    ...oneOf('trust', fields['trust'], trustLevels),
    ...identityErrors('override', fields['override']),
    ...selfErrors(fields),
    ...(fields['trust'] === 'distrust' && (fields['comment'] ?? '').trim() === ''
      ? [{ field: 'comment', message: 'Say why: others will act on this warning.' }]
      : []),
  ],
  candidate,
  title: (fields) => {
    const [first = 'nobody yet', ...others] = linesOf(fields['ids']);
    return `Trust in ${first.slice(0, 80)}${others.length > 0 ? ` and ${others.length} more` : ''}`;
  },
  command: (fields, origin) => [
    `trust-check --server ${origin} trust ${identitiesIn(fields['ids']).join(' ')} --level ${fields['trust'] ?? ''}`,
  ],
};

function candidate(fields: Fields): Candidate {
  const override = identitiesIn(fields['override']);
  return {
    kind: 'trust',
    ids: identitiesIn(fields['ids']).map(splitIdentity),
    trust: fields['trust'],
    ...(override.length > 0 && { override: override.map(splitIdentity) }),
  };
}

/** The identities in a text, one a line, each once; throws identity-invalid. */
function identitiesIn(text: string | undefined): Identity[] {
  return [...new Set(linesOf(text).map(readAuthor))];
}

function identityErrors(field: string, text: string | undefined, whenEmpty?: string): FormError[] {
  try {
    if (identitiesIn(text).length > 0 || whenEmpty === undefined) return [];
    return [{ field, message: whenEmpty }];
  } catch (error) {
    return [{ field, message: error instanceof Error ? error.message : String(error) }];
  }
}

function selfErrors(fields: Fields): FormError[] {
  try {
    const author = fields['author'] ?? 'other';
    const own = readAuthor(author === 'other' ? (fields['author-other'] ?? '') : author);
    if (!identitiesIn(fields['ids']).includes(own)) return [];
    return [{ field: 'ids', message: 'This is the key that signs: nobody can vouch for themselves.' }];
  } catch {
    // Told at the field itself.
    return [];
  }
}
