// Writing a witness policy (C2SP tlog-policy): what a log tells its readers about its keys and witnesses.

import { formatVerifierKey } from './note-key.ts';
import type { PolicyMember, WitnessPolicy } from './witness-policy.ts';

/** The text of a policy, which parseWitnessPolicy reads as the same: logs, witnesses, groups in their order, the quorum. */
export function formatWitnessPolicy({ logs, witnesses, groups, quorum }: WitnessPolicy): string {
  const lines = [
    ...logs.map((member) => `log ${formatMember(member)}`),
    ...[...witnesses].map(([name, member]) => `witness ${name} ${formatMember(member)}`),
    ...[...groups].map(([name, { threshold, members }]) =>
      ['group', name, threshold === members.length ? 'all' : threshold, ...members].join(' '),
    ),
    `quorum ${quorum ?? 'none'}`,
  ];
  return `${lines.join('\n')}\n`;
}

function formatMember({ key, url }: PolicyMember): string {
  return url === undefined ? formatVerifierKey(key) : `${formatVerifierKey(key)} ${url}`;
}
