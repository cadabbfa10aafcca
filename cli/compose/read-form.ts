// Reading back what the person wrote into a template.

import { TrustError } from '../../core/errors.ts';
import { checkHostileText } from '../../core/statement/hostile-text.ts';
import { maxStatementBytes } from '../../core/statement/statement.ts';
import { isYamlRecord, parseYaml, type YamlRecord, type YamlValue } from '../../core/statement/yaml.ts';

/**
 * The fields of an edited form, without those left empty. Throws what reading a statement's YAML throws, and
 * statement-invalid for a field that the form does not have: the rest of a statement is not for the person to write.
 */
export function readForm(text: string, fields: readonly string[]): YamlRecord {
  const plain = text.replace(/\r\n/g, '\n').replace(/^\uFEFF/, '');
  checkHostileText(plain, 4 * maxStatementBytes);
  const value = parseYaml(plain);
  if (!isYamlRecord(value)) {
    throw new TrustError('statement-invalid', 'The form is not a list of fields any more.');
  }
  const kept: Record<string, YamlValue> = {};
  for (const [field, content] of Object.entries(value)) {
    if (!fields.includes(field)) {
      throw new TrustError(
        'statement-invalid',
        `The form has no field ${JSON.stringify(field.slice(0, 40))}.`,
        {
          help: `It may hold ${fields.join(', ')}.`,
        },
      );
    }
    // `coverage:` with nothing behind it reads as an empty text: the person left it out.
    if (content !== '') kept[field] = content;
  }
  return kept;
}

/** Fields of the form for a review. */
export const reviewFields = [
  'review',
  'coverage',
  'disclosure',
  'llm-agent',
  'flags',
  'issues',
  'advisories',
  'alternatives',
  'override',
  'comment',
] as const;

/** Fields of the form for a trust statement. */
export const trustFields = ['trust', 'override', 'comment'] as const;
