// Open issues of a package version: which reports about any version of it still stand there.
//
// crev's rule (crev-wot, get_open_issues_for_version). An issue found at version v applies from v on, within its range. An
// advisory at version v says that versions before it, within its range, are affected, and that v is not: it opens its
// ids for those, and closes what was reported at them. Whose word counts is the caller's choice.
//
// Where versions have no order that we know (version-order.ts) we go beyond crev, and never towards silence: an issue always
// applies to the very version that it was found at; anything else is neither opened nor closed, and is told as unordered.

import { atLeast, levels, type Level, type Range } from '../statement/levels.ts';
import type { PackageReview, StatementId } from '../statement/statement.ts';
import { compareVersions, isInRange, parseVersion, type Version } from './version-order.ts';

/** A current review of some version of the package that carries issues or advisories. */
export interface IssueSource {
  readonly id: StatementId;
  readonly index: number;
  /** The reviewed version, as its purl has it. */
  readonly version: string;
  readonly statement: Pick<PackageReview, 'issues' | 'advisories'>;
}

export interface OpenIssue {
  readonly id: string;
  /** The worst that an open report says. */
  readonly severity: Level;
  /** The open reports, in ledger order. */
  readonly reports: readonly { readonly source: IssueSource; readonly severity: Level }[];
}

/** A report that may or may not concern the version, because the two versions have no known order. */
export interface UnorderedReport {
  readonly id: string;
  readonly source: IssueSource;
}

export interface IssueState {
  /** By id. */
  readonly open: readonly OpenIssue[];
  readonly unordered: readonly UnorderedReport[];
}

interface Placed {
  readonly source: IssueSource;
  readonly version: Version | undefined;
}

/**
 * The issues that are open for one version of a package.
 * @param type purl type, which decides how versions compare
 * @param queried the version in question, as its purl has it
 * @param sources current reviews of the package, any version, by those whose word counts
 */
export function openIssues(type: string, queried: string, sources: readonly IssueSource[]): IssueState {
  const here: Placed['version'] = parseVersion(type, queried);
  const placed = sources
    .map((source): Placed => ({ source, version: parseVersion(type, source.version) }))
    .sort(compareAscending);
  const reports = new Map<string, Map<IssueSource, Level>>();
  const placeOf = new Map(placed.map((place) => [place.source, place]));
  const unordered: UnorderedReport[] = [];

  const report = (id: string, source: IssueSource, severity: Level): void => {
    let open = reports.get(id);
    if (open === undefined) reports.set(id, (open = new Map<IssueSource, Level>()));
    const before = open.get(source);
    if (before === undefined || !atLeast(levels, before, severity)) open.set(source, severity);
  };

  for (const { source, version } of placed) {
    for (const issue of source.statement.issues ?? []) {
      if (source.version === queried) report(issue.id, source, issue.severity);
      else if (version === undefined || here === undefined) unordered.push({ id: issue.id, source });
      else if (compareVersions(here, version) >= 0 && isInRange(issue.range, version, here)) {
        report(issue.id, source, issue.severity);
      }
    }
  }
  for (const { source, version } of placed) {
    for (const advisory of source.statement.advisories ?? []) {
      if (source.version !== queried && (version === undefined || here === undefined)) {
        unordered.push(...advisory.ids.map((id) => ({ id, source })));
      }
      const applies = isAffected(here, version, advisory.range);
      for (const id of advisory.ids) {
        if (applies) report(id, source, advisory.severity);
        for (const reported of reports.get(id)?.keys() ?? []) {
          if (isAffected(placeOf.get(reported)?.version, version, advisory.range)) {
            reports.get(id)?.delete(reported);
          }
        }
      }
    }
  }
  return { open: summarise(reports), unordered };
}

/** Whether an advisory at version `fixed` is about `version`: an earlier one, in range (crev, `package.rs`). */
function isAffected(version: Version | undefined, fixed: Version | undefined, range: Range): boolean {
  if (version === undefined || fixed === undefined) return false;
  return compareVersions(version, fixed) < 0 && isInRange(range, fixed, version);
}

/** Ascending version, unordered ones last; equal ones in ledger order. */
function compareAscending(a: Placed, b: Placed): number {
  if (a.version === undefined || b.version === undefined) {
    if (a.version !== undefined) return -1;
    if (b.version !== undefined) return 1;
    return a.source.index - b.source.index;
  }
  const order = compareVersions(a.version, b.version);
  return order === 0 ? a.source.index - b.source.index : order;
}

function summarise(reports: ReadonlyMap<string, ReadonlyMap<IssueSource, Level>>): OpenIssue[] {
  const open: OpenIssue[] = [];
  for (const [id, sources] of reports) {
    if (sources.size === 0) continue;
    const list = [...sources].map(([source, severity]) => ({ source, severity }));
    list.sort((a, b) => a.source.index - b.source.index);
    const severity = levels[Math.max(...list.map((one) => levels.indexOf(one.severity)))] ?? 'high';
    open.push({ id, severity, reports: list });
  }
  return open.sort((a, b) => (a.id < b.id ? -1 : 1));
}
