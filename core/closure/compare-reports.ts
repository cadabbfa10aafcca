// Comparing two reports on one closure: what a client computed itself with what the server answered.
//
// Reports are deterministic, so two honest ones over the same evidence are equal to the byte. Every difference is listed in
// words that say what the server got wrong: a verdict, an origin that it left out or made up, a count, anything else.

import type { InputVerdict, Origin, Report, Verdict } from './verdict.ts';

export interface ReportDifference {
  readonly kind:
    | 'closure'
    | 'policy-met'
    | 'totals'
    | 'ignored'
    | 'input-missing'
    | 'input-extra'
    | 'verdict'
    | 'origin-missing'
    | 'origin-extra'
    | 'detail';
  /** The input's purl, for differences about one input. */
  readonly purl?: string;
  /** Position of the input in the closure. */
  readonly input?: number;
  /** What our own report says, and what theirs says. */
  readonly mine: string;
  readonly theirs: string;
}

/** The differences of their report from ours, input by input; none when the two are equal. */
export function compareReports(mine: Report, theirs: Report): ReportDifference[] {
  const differences: ReportDifference[] = [];
  const add = (kind: ReportDifference['kind'], ours: unknown, other: unknown): void => {
    if (canonical(ours) !== canonical(other)) {
      differences.push({ kind, mine: canonical(ours), theirs: canonical(other) });
    }
  };
  add('closure', mine.closure, theirs.closure);
  add('policy-met', mine.met, theirs.met);
  add('totals', mine.totals, theirs.totals);
  add('ignored', mine.ignored, theirs.ignored);
  const unmatched = new Map(theirs.verdicts.map((verdict) => [verdict.input, verdict]));
  for (const ours of mine.verdicts) {
    const other = unmatched.get(ours.input);
    if (other !== undefined) differences.push(...compareInputs(ours, other));
    else differences.push({ ...subject('input-missing', ours), mine: ours.result.verdict, theirs: 'absent' });
    unmatched.delete(ours.input);
  }
  for (const other of unmatched.values()) {
    differences.push({ ...subject('input-extra', other), mine: 'absent', theirs: other.result.verdict });
  }
  if (differences.length === 0) add('detail', mine, theirs);
  return differences;
}

function compareInputs(mine: InputVerdict, theirs: InputVerdict): ReportDifference[] {
  const [ours, other] = [canonical(mine), canonical(theirs)];
  if (ours === other) return [];
  const differences: ReportDifference[] = [];
  if (mine.result.verdict !== theirs.result.verdict) {
    const words = { mine: mine.result.verdict, theirs: theirs.result.verdict };
    differences.push({ ...subject('verdict', mine), ...words });
  }
  const here = originsIn(mine.result);
  const there = originsIn(theirs.result);
  for (const [id, origin] of here) {
    const same = there.get(id);
    if (same === undefined) {
      differences.push({ ...subject('origin-missing', mine), mine: who(origin), theirs: 'absent' });
    }
  }
  for (const [id, origin] of there) {
    if (!here.has(id)) {
      differences.push({ ...subject('origin-extra', mine), mine: 'absent', theirs: who(origin) });
    }
  }
  return differences.length > 0 ? differences : [{ ...subject('detail', mine), mine: ours, theirs: other }];
}

/** Every origin that a verdict carries, by statement id. */
export function originsIn(verdict: Verdict): ReadonlyMap<string, Origin> {
  const origins = listOrigins(verdict);
  return new Map(origins.map((origin) => [origin.statement, origin]));
}

function listOrigins(verdict: Verdict): readonly Origin[] {
  switch (verdict.verdict) {
    case 'reviewed':
      return verdict.chains.flat();
    case 'insufficient':
      return verdict.reviews;
    case 'flagged':
      return verdict.flags.map((flag) => flag.origin);
    case 'mismatch':
      return verdict.others.map((other) => other.origin);
    case 'unreviewed':
    case 'unverifiable':
    case 'exempt':
    case 'local':
      return [];
  }
}

function who(origin: Origin): string {
  return `statement ${origin.statement} by ${origin.author}`;
}

function subject(
  kind: ReportDifference['kind'],
  verdict: InputVerdict,
): Pick<ReportDifference, 'kind' | 'purl' | 'input'> {
  return { kind, purl: verdict.purl, input: verdict.input };
}

/** JSON with sorted keys, so that the order in which fields were written makes no difference. */
function canonical(value: unknown): string {
  return JSON.stringify(value, (_key, inner: unknown) =>
    typeof inner === 'object' && inner !== null && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)))
      : inner,
  );
}
