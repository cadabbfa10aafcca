// The text that `trust-check trust` opens in an editor.

import type { Identity } from '../../core/identity.ts';
import { commentBlock } from './review-template.ts';

/** YAML with comments; `names` are what the certificates of the identities call themselves, already escaped. */
export function trustTemplate(
  ids: readonly { readonly identity: Identity; readonly names: readonly string[] }[],
  level: string,
  comment: string | undefined,
): string {
  const list = ids.map(({ identity, names }) => `#   ${[identity, ...names].join('  ')}`).join('\n');
  return `# How far you trust the reviews, and the trust, of
${list}
# Names are what the keys say of themselves: nobody has checked them. Compare the fingerprints with their owners.
# It is signed with your key and published for good. Lines that begin with # are left out.

# high: as your own judgement; medium: with some doubt; low: barely; none: withdraws what you said before;
# distrust: nothing of theirs counts for anyone who trusts you, and say why in the comment.
trust: ${level}

${commentBlock(comment)}
`;
}
