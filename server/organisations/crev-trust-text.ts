// What of a reviewer set can be said in crev: trust in its crev members, as the bodies of proofs that nobody has signed.
//
// A crev proof needs a crev id, and an organisation here signs with OpenPGP; so it is for whoever takes this over to sign it
// with their own. crev names crev ids only, knows no scopes and no included sets: what is left out is counted.

import { splitIdentity } from '../../core/identity.ts';
import { formatCrevBody } from '../../core/statement/crev/sign.ts';
import type { TrustLevel } from '../../core/statement/levels.ts';
import { identityOf, type ReviewerSet } from '../../core/statement/statement.ts';
import { formatSeconds } from '../../core/time.ts';

/** Stands where the signer's own id belongs. */
const placeholder = 'A'.repeat(43);
const levels: readonly TrustLevel[] = ['high', 'medium', 'low', 'distrust'];

/** The text of the export. */
export function crevTrustText(set: ReviewerSet | undefined, root: string, at: Date): string {
  const members = set?.members ?? [];
  const crev = members.filter((member) => member.id['id-type'] === 'crev');
  const whole = crev.filter((member) => member.scope === undefined);
  const head = [
    `# Trust in the members of ${root}, for crev.`,
    '#',
    '# NOT SIGNED. crev proofs are signed with a crev id, which this organisation’s OpenPGP key is not. Each part below is the',
    '# body of a trust proof: put your own crev id in place of AAAA…, keep whom you want to trust, and sign it with',
    '#   cargo crev trust <id> …, or trust-check trust with your crev id.',
    '#',
    `# Left out, because crev can’t say it: ${members.length - crev.length} members with OpenPGP keys, ${crev.length - whole.length} with a`,
    `# scope, ${(set?.includes ?? []).length} included sets. Trusting the root with trust-check leaves out nothing.`,
  ];
  const parts = levels.flatMap((trust) => {
    const ids = whole
      .filter((member) => member.trust === trust)
      .map((member) => splitIdentity(identityOf(member.id)));
    if (ids.length === 0) return [];
    const from = { 'id-type': 'crev', id: placeholder } as const;
    // A body holds some hundred ids at most.
    const chunks = Array.from({ length: Math.ceil(ids.length / 100) }, (_, i) =>
      ids.slice(100 * i, 100 * (i + 1)),
    );
    return chunks.map((chunk) =>
      formatCrevBody({ kind: 'trust', version: -1, date: formatSeconds(at), from, ids: chunk, trust }),
    );
  });
  return [`${head.join('\n')}\n`, ...parts].join('\n');
}
