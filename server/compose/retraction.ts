// The form for a retraction: which statement, and why. Its author is the statement's, whoever fills in the form.

import { statementIdSchema } from '../../core/statement/statement.ts';
import { commonNames, type Composer } from './composer.ts';
import { reasonChoices } from './meanings.ts';
import { oneOf } from './review.ts';

/** Composes retractions. */
export const retractionComposer: Composer = {
  kind: 'retraction',
  path: '/retract',
  filename: 'retraction.yaml',
  names: { single: [...commonNames, 'statement', 'reason'], groups: [] },
  check: (fields) => [
    ...(statementIdSchema.safeParse(fields['statement']?.trim()).success
      ? []
      : [
          { field: 'statement', message: 'Enter the id of the statement, 64 hex digits: its page shows it.' },
        ]),
    ...oneOf(
      'reason',
      fields['reason'],
      reasonChoices.map(([word]) => word),
    ),
  ],
  candidate: (fields) => ({
    kind: 'retraction',
    statement: fields['statement']?.trim(),
    reason: fields['reason'],
  }),
  title: (fields) => `Retraction of ${(fields['statement'] ?? 'nothing yet').slice(0, 16)}`,
  command: (fields, origin) => [
    `trust-check --server ${origin} retract ${fields['statement']?.trim() ?? ''} --reason ${fields['reason'] ?? ''}`,
  ],
};
