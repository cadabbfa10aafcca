// The form for a source statement: several digests, one source.

import { commonNames, type Composer } from './composer.ts';
import { digestErrors, readDigestLines } from './digest-lines.ts';
import { purlErrors } from './review.ts';

/** Composes source statements. */
export const sourceComposer: Composer = {
  kind: 'source',
  path: '/source',
  filename: 'source.yaml',
  names: { single: [...commonNames, 'package-purl', 'package-digests', 'package-revision'], groups: [] },
  check: (fields) => [
    ...purlErrors('package-purl', fields['package-purl']),
    ...digestErrors('package-digests', fields['package-digests']),
    ...(Object.keys(readDigestLines(fields['package-digests']).digests).length === 1
      ? [
          {
            field: 'package-digests',
            message: 'One digest joins nothing: name at least two of the same source.',
          },
        ]
      : []),
  ],
  candidate: (fields) => ({
    kind: 'source',
    package: {
      purl: (fields['package-purl'] ?? '').trim(),
      digests: readDigestLines(fields['package-digests']).digests,
      ...(fields['package-revision'] !== undefined && { revision: fields['package-revision'].trim() }),
    },
  }),
  title: (fields) => `Source of ${(fields['package-purl'] ?? 'nothing yet').trim().slice(0, 200)}`,
  command: () => [],
};
