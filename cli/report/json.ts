// The report for programs. `schema` changes when a field changes its meaning or goes; new fields may come.
//
// Same question, same bytes: lockfiles in the order of their names, verdicts as core sorts them, no times, no absolute
// paths. An input's place in the lockfile is given here, because the report itself knows positions only.

import type { Closure } from '../../core/closure/input.ts';
import type { InputVerdict, Report } from '../../core/closure/verdict.ts';
import type { AdvancedCheckpoint } from '../ledger/known-ledger.ts';
import { checkpointJson } from './checkpoint-lines.ts';
import type { ExitCode } from '../exit-codes.ts';
import type { MirrorAge } from '../mirror/tell-age.ts';
import { jsonText } from '../output/json-text.ts';
import type { ErrorFacts } from '../report-error.ts';

export type LockfileOutcome = { readonly stable: string; readonly shown: string; readonly exit: ExitCode } & (
  | {
      readonly closure: Closure;
      readonly report: Report;
      readonly ledgerSize: number;
      readonly checkpoint: AdvancedCheckpoint | undefined;
    }
  | { readonly error: ErrorFacts }
);

/** The JSON text of a whole run. `mirror` is there when a mirror answered instead of the server. */
export function jsonReport(
  server: string,
  outcomes: readonly LockfileOutcome[],
  exit: ExitCode,
  mirror?: MirrorAge,
): string {
  const lockfiles = [...outcomes]
    .sort((a, b) => (a.stable < b.stable ? -1 : 1))
    .map((outcome) =>
      'error' in outcome
        ? { lockfile: outcome.stable, met: false, exit: outcome.exit, error: outcome.error }
        : {
            lockfile: outcome.stable,
            met: outcome.report.met,
            exit: outcome.exit,
            ledger: {
              size: outcome.ledgerSize,
              // null: the log was not checked (--no-log-check).
              checkpoint: outcome.checkpoint === undefined ? null : checkpointJson(outcome.checkpoint),
            },
            report: {
              ...outcome.report,
              verdicts: outcome.report.verdicts.map((verdict) => withPlaces(verdict, outcome.closure)),
            },
          },
    );
  const met = outcomes.length > 0 && outcomes.every((outcome) => 'report' in outcome && outcome.report.met);
  return jsonText({ schema: 1, met, exit, server, ...(mirror !== undefined && { mirror }), lockfiles });
}

function withPlaces(verdict: InputVerdict, closure: Closure): object {
  const input = closure.inputs[verdict.input];
  return { ...verdict, places: input?.places ?? [], groups: input?.groups ?? [] };
}
