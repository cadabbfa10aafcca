// The form for a package review: its fields, and the statement that they make.

import { canonicalPurl, parsePurl } from '../../core/digest/purl.ts';
import { levels, ranges, ratings } from '../../core/statement/levels.ts';
import { digestEntries } from '../../core/digest/digest-set.ts';
import type { FormError } from '../site/form-errors.ts';
import { commonNames, type Candidate, type Composer } from './composer.ts';
import { digestErrors, readDigestLines } from './digest-lines.ts';
import { itemsOf, linesOf, type FieldGroup, type Fields } from './fields.ts';

export const issueGroup: FieldGroup = {
  name: 'issues',
  fields: ['id', 'severity', 'range', 'comment'],
  content: ['id', 'comment'],
};
export const advisoryGroup: FieldGroup = {
  name: 'advisories',
  fields: ['ids', 'severity', 'range', 'critical', 'comment'],
  content: ['ids', 'comment'],
};
export const alternativeGroup: FieldGroup = { name: 'alternatives', fields: ['purl'], content: ['purl'] };

export const coverageParts = ['read', 'skimmed', 'generated', 'opaque'] as const;

const single = [
  ...commonNames,
  ...['package-purl', 'package-digests', 'package-revision'],
  ...['package-diff-base-purl', 'package-diff-base-digests'],
  ...['review-none', 'review-thoroughness', 'review-understanding', 'review-rating'],
  ...coverageParts.map((part) => `coverage-${part}`),
  ...['disclosure-relation', 'disclosure-paid', 'disclosure-comment'],
  ...['llm-agent-model', 'llm-agent-model-version', 'llm-agent-human-guided'],
  ...['flags-unmaintained', 'flags-pregenerated-files'],
];

/** Composes package reviews. */
export const reviewComposer: Composer = {
  kind: 'review',
  path: '/review',
  filename: 'review.yaml',
  names: { single, groups: [issueGroup, advisoryGroup, alternativeGroup] },
  check,
  candidate,
  title: (fields) => fields['package-purl']?.trim().slice(0, 200) ?? 'Review of nothing yet',
  command,
};

function check(fields: Fields): FormError[] {
  return [
    ...purlErrors('package-purl', fields['package-purl']),
    ...digestErrors('package-digests', fields['package-digests']),
    ...(hasBase(fields)
      ? [
          ...purlErrors('package-diff-base-purl', fields['package-diff-base-purl']),
          ...digestErrors('package-diff-base-digests', fields['package-diff-base-digests']),
        ]
      : []),
    ...reviewErrors(fields),
    ...itemsOf(fields, issueGroup).flatMap(({ id, severity }, position) => [
      ...missing(
        `issues-${position}-id`,
        id,
        'Name the issue, such as CVE-2026-0001, or give it a short name.',
      ),
      ...oneOf(`issues-${position}-severity`, severity, levels),
    ]),
    ...itemsOf(fields, advisoryGroup).flatMap(({ ids, severity }, position) => [
      ...missing(`advisories-${position}-ids`, ids, 'Name the advisory, such as GHSA-xxxx.'),
      ...oneOf(`advisories-${position}-severity`, severity, levels),
    ]),
  ];
}

function reviewErrors(fields: Fields): FormError[] {
  if (fields['review-none'] !== undefined) {
    const saysSomething = ['issues-0-id', 'advisories-0-ids', 'alternatives-0-purl', 'comment'].some(
      (field) => fields[field] !== undefined,
    );
    const hasFlag = Object.keys(fields).some((name) => name.startsWith('flags-'));
    if (saysSomething || hasFlag) return [];
    return [
      {
        field: 'review-none',
        message: 'Without a review, say something else: an issue, a flag or a comment.',
      },
    ];
  }
  return [
    ...oneOf('review-thoroughness', fields['review-thoroughness'], levels),
    ...oneOf('review-understanding', fields['review-understanding'], levels),
    ...oneOf('review-rating', fields['review-rating'], ratings),
    ...(fields['review-rating'] === 'negative'
      ? missing(
          'comment',
          fields['comment'],
          'Say why: a negative rating stops the builds of those who trust you.',
        )
      : []),
  ];
}

function candidate(fields: Fields): Candidate {
  const coverage = Object.fromEntries(
    coverageParts.flatMap((part) => {
      const globs = linesOf(fields[`coverage-${part}`]);
      return globs.length === 0 ? [] : [[part, globs]];
    }),
  );
  const issues = itemsOf(fields, issueGroup).map(({ id, severity, range, comment }) => ({
    ...{ id: id?.trim(), severity, range: range ?? ranges[2] },
    ...(comment !== undefined && { comment }),
  }));
  const advisories = itemsOf(fields, advisoryGroup).map(({ ids, severity, range, critical, comment }) => ({
    ...{ ids: (ids ?? '').split(/[\s,]+/).filter((id) => id !== ''), severity, range: range ?? ranges[2] },
    ...(critical !== undefined && { critical: true }),
    ...(comment !== undefined && { comment }),
  }));
  const alternatives = itemsOf(fields, alternativeGroup).map(({ purl }) => ({ purl: purl?.trim() }));
  const relation = fields['disclosure-relation'];
  const model = fields['llm-agent-model'];
  const flags = {
    ...(fields['flags-unmaintained'] !== undefined && { unmaintained: true }),
    ...(fields['flags-pregenerated-files'] !== undefined && { 'pregenerated-files': true }),
  };
  return {
    kind: 'package review',
    package: {
      ...subject(fields, 'package'),
      ...(fields['package-revision'] !== undefined && { revision: fields['package-revision'].trim() }),
    },
    ...(hasBase(fields) && { 'package-diff-base': subject(fields, 'package-diff-base') }),
    ...(fields['review-none'] === undefined && {
      review: {
        thoroughness: fields['review-thoroughness'],
        understanding: fields['review-understanding'],
        rating: fields['review-rating'],
      },
    }),
    ...(Object.keys(coverage).length > 0 && { coverage }),
    ...(relation !== undefined && {
      disclosure: {
        relation,
        paid: fields['disclosure-paid'] !== undefined,
        ...(fields['disclosure-comment'] !== undefined && { comment: fields['disclosure-comment'] }),
      },
    }),
    ...(model !== undefined && {
      'llm-agent': {
        model: model.trim(),
        ...(fields['llm-agent-model-version'] !== undefined && {
          'model-version': fields['llm-agent-model-version'].trim(),
        }),
        'human-guided': fields['llm-agent-human-guided'] !== undefined,
      },
    }),
    ...(Object.keys(flags).length > 0 && { flags }),
    ...(issues.length > 0 && { issues }),
    ...(advisories.length > 0 && { advisories }),
    ...(alternatives.length > 0 && { alternatives }),
  };
}

function subject(fields: Fields, name: 'package' | 'package-diff-base'): Candidate {
  return {
    purl: (fields[`${name}-purl`] ?? '').trim(),
    digests: readDigestLines(fields[`${name}-digests`]).digests,
  };
}

function hasBase(fields: Fields): boolean {
  return ['purl', 'digests'].some((part) => (fields[`package-diff-base-${part}`] ?? '').trim() !== '');
}

/** What is wrong with the purl of an exact version. */
export function purlErrors(field: string, text: string | undefined): FormError[] {
  if (text === undefined || text.trim() === '') {
    return [{ field, message: 'Enter a purl with its version, such as pkg:npm/left-pad@1.3.0.' }];
  }
  try {
    if (parsePurl(text.trim()).version !== undefined) return [];
    return [{ field, message: 'Which version? Add it behind an @, such as pkg:npm/left-pad@1.3.0.' }];
  } catch (error) {
    return [{ field, message: error instanceof Error ? error.message : String(error) }];
  }
}

function missing(field: string, value: string | undefined, message: string): FormError[] {
  return value === undefined || value.trim() === '' ? [{ field, message }] : [];
}

/** What is wrong with a choice of words. */
export function oneOf(field: string, value: string | undefined, words: readonly string[]): FormError[] {
  if (value !== undefined && words.includes(value)) return [];
  return [{ field, message: `Choose one: ${words.join(', ')}.` }];
}

function command(fields: Fields, origin: string): string[] {
  const purl = canonicalPurl((fields['package-purl'] ?? '').trim());
  const base = hasBase(fields)
    ? ` --diff-base '${canonicalPurl((fields['package-diff-base-purl'] ?? '').trim())}'`
    : '';
  const digests = digestEntries(readDigestLines(fields['package-digests']).digests)
    .slice(0, 1)
    .map(([key, hex]) => ` --digest ${key}:${hex}`);
  return [`trust-check --server ${origin} review '${purl}'${base}${digests.join('')}`];
}
