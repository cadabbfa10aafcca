// The text that `trust-check review` opens in an editor: the fields of a review, with what each word means.

import { digestEntries } from '../../core/digest/digest-set.ts';
import type { Subject } from '../../core/statement/statement.ts';

/** What the form begins with; the flags of the command fill it in. */
export interface ReviewStart {
  readonly subject: Subject;
  readonly base: Subject | undefined;
  readonly thoroughness: string;
  readonly understanding: string;
  readonly rating: string;
  readonly comment: string | undefined;
}

/** YAML with comments. Everything above `review:` is shown for reading and is not read back. */
export function reviewTemplate(start: ReviewStart): string {
  const { subject, base } = start;
  const facts = [
    `Review of ${subject.purl}`,
    ...digestLines(subject),
    ...(base === undefined
      ? ['You vouch for the whole source with these digests.']
      : [
          `compared with ${base.purl}`,
          ...digestLines(base),
          'You vouch for the difference between the two.',
        ]),
  ];
  return `${facts.map((line) => `# ${line}`).join('\n')}
# It is signed with your key and published for good. Lines that begin with # are left out.

review:
  # How closely you read.  high: an hour or more per file; medium: a quarter of an hour; low: minutes; none: a skim.
  thoroughness: ${start.thoroughness}
  # How well you understand the code now: none, low, medium or high.
  understanding: ${start.understanding}
  # strong: read closely, good enough to depend on everywhere; positive: fine to use; neutral: could be better;
  # negative: do not use, and say why in the comment.
  rating: ${start.rating}

# Which files, as globs. What you leave out counts as not read, and everybody sees it.
# coverage:
#   read: [src/**]
#   skimmed: [docs/**]
#   generated: [dist/**]
#   opaque: [testdata/*.bin]

# Your relation to the code: none, author, maintainer, packager, employer or other; and whether you were paid.
# disclosure:
#   relation: none
#   paid: false

# When a model wrote or helped with this review.
# llm-agent:
#   model: name of the model
#   human-guided: true

# flags:
#   unmaintained: false
#   pregenerated-files: false

# Problems that this version has, and (advisories) problems that it repairs.
# issues:
#   - id: CVE-2026-0001
#     severity: medium
#     range: all
#     comment: one line
# advisories:
#   - ids: [CVE-2026-0001]
#     severity: high
#     range: minor

# What you read, how, and what you found.
${commentBlock(start.comment)}
`;
}

function digestLines(subject: Subject): string[] {
  return digestEntries(subject.digests).map(([key, value]) => `  ${key} ${value}`);
}

/** A literal block: what the person types below needs no quoting, only the two spaces in front. */
export function commentBlock(comment: string | undefined): string {
  if (comment === undefined || comment === '') return 'comment: |-\n  ';
  return `comment: |-\n${comment
    .split('\n')
    .map((line) => (line === '' ? '' : `  ${line}`))
    .join('\n')}`;
}
