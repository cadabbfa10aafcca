// Projection of what reviews and source statements are about: the tables subjects and subject_digests.
//
// A review of a difference has two subjects, itself and its base. Weak digests are kept, for searching; who decides that
// bytes are the same leaves them out (evidence.ts).

import { digestEntries } from '../core/digest/digest-set.ts';
import { packagePurl, parsePurl } from '../core/digest/purl.ts';
import type { PackageReview, Subject } from '../core/statement/statement.ts';
import type { Command } from './command.ts';
import { bytea } from './parameters.ts';
import type { PlacedStatement } from './placed.ts';

/** How a statement names a subject. */
export type SubjectRole = 'review' | 'base' | 'source';

interface Row {
  readonly index: number;
  readonly role: SubjectRole;
  readonly author: string;
  readonly subject: Subject;
  readonly reports: boolean;
}

/** The commands that add the subjects of those of the statements that have any. */
export function projectSubjects(statements: readonly PlacedStatement[]): Command[] {
  const rows = statements.flatMap(rowsOf);
  if (rows.length === 0) return [];
  const purls = rows.map(({ subject }) => parsePurl(subject.purl));
  const digests = rows.flatMap(({ index, role, subject }) =>
    digestEntries(subject.digests).map(([key, hex]) => ({ index, role, key, hex })),
  );
  return [
    {
      text: `insert into subjects (idx, role, author, package, version, reports)
    select idx, role, author, package, version, reports
    from unnest($1::bigint[], $2::text[], $3::text[], $4::text[], $5::text[], $6::boolean[])
      as added (idx, role, author, package, version, reports)`,
      values: [
        rows.map(({ index }) => index),
        rows.map(({ role }) => role),
        rows.map(({ author }) => author),
        purls.map((purl) => packagePurl(purl)),
        purls.map((purl) => purl.version ?? ''),
        rows.map(({ reports }) => reports),
      ],
    },
    {
      text: `insert into subject_digests (key, value, role, idx)
    select key, value, role, idx
    from unnest($1::text[], $2::bytea[], $3::text[], $4::bigint[]) as added (key, value, role, idx)`,
      values: [
        digests.map(({ key }) => key),
        digests.map(({ hex }) => bytea(hex)),
        digests.map(({ role }) => role),
        digests.map(({ index }) => index),
      ],
    },
  ];
}

function rowsOf({ index, author, statement }: PlacedStatement): Row[] {
  if (statement.kind === 'source') {
    return [{ index, role: 'source', author, subject: statement.package, reports: false }];
  }
  if (statement.kind !== 'package review') return [];
  const base = statement['package-diff-base'];
  return [
    { index, role: 'review', author, subject: statement.package, reports: isReporting(statement) },
    ...(base === undefined ? [] : [{ index, role: 'base', author, subject: base, reports: false } as const]),
  ];
}

/** Whether a review says something about other versions too. */
function isReporting(review: PackageReview): boolean {
  const count = (review.issues?.length ?? 0) + (review.advisories?.length ?? 0);
  return count > 0 || review.flags?.unmaintained === true;
}
