// How somebody stands in the web of trust, in lines: the path with its statements, or what is missing.

import type { Explanation } from '../../core/trust/explain.ts';
import type { TrustStep } from '../../core/trust/types.ts';

/** Finds the id of the statement at a ledger index, when it is among those that were verified here. */
export type StatementAt = (index: number) => string | undefined;

/** The lines of an explanation, without indentation. Identities and levels only: nothing to escape. */
export function trustLines(explanation: Explanation, statementAt: StatementAt): string[] {
  switch (explanation.kind) {
    case 'trusted': {
      const { entry, path, shortest } = explanation;
      const lines = [`trusted: level ${entry.level}, distance ${entry.distance}`];
      if (path.length === 0) return [...lines, '  is one of your roots'];
      lines.push(...path.map((step) => stepLine(step, statementAt)));
      if (shortest !== undefined) {
        lines.push(
          '  a shorter path gives the distance:',
          ...shortest.map((step) => stepLine(step, statementAt)),
        );
      }
      return lines;
    }
    case 'banned':
      return [
        `banned: distrusted by ${explanation.by}`,
        ...explanation.path.map((step) => stepLine(step, statementAt)),
      ];
    case 'too-far':
      return [
        `too far: distance ${explanation.distance}, and the policy reaches to ${explanation.max}`,
        ...explanation.path.map((step) => stepLine(step, statementAt)),
      ];
    case 'overridden':
      return [
        'not heard: an override silences the trust',
        stepLine(explanation.edge, statementAt),
        '  silenced by:',
        stepLine(explanation.by, statementAt),
      ];
    case 'out-of-scope':
      return [
        `trusted for other packages only: ${explanation.scope.join(', ')}`,
        stepLine(explanation.edge, statementAt),
      ];
    case 'unreached':
      return [
        'not in your web of trust',
        ...explanation.missing.map(
          ({ from, to, hops, result }) =>
            `  missing: trust from ${from} to ${to}${hops === 0 ? '' : `, ${hops} steps before them`}; ` +
            `then trusted ${result.level} at distance ${result.distance}`,
        ),
      ];
  }
}

function stepLine({ from, to, level, index }: TrustStep, statementAt: StatementAt): string {
  if (index === undefined) return `  ${from} has the set ${to}`;
  const id = statementAt(index);
  return `  ${from} trusts ${to}: ${level}, entry ${index}${id === undefined ? '' : `, statement ${id}`}`;
}
