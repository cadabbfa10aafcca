// What trusted people say about the package of an input in any version: open issues, and whether it is maintained.

import { excerpt } from '../bytes.ts';
import { atLeast, levels, trustLevels } from '../statement/levels.ts';
import type { Identity } from '../identity.ts';
import { openIssues, type IssueSource, type OpenIssue } from './issues.ts';
import type { Match, Matches } from './match.ts';
import { originOf } from './origins.ts';
import type { PurlParts } from './purl-parts.ts';
import { unmaintainedBy, type Reading } from './review-index.ts';
import type { Scene } from './scene.ts';
import type { Flag, InputVerdict } from './verdict.ts';

export interface PackageState {
  readonly issues: InputVerdict['issues'];
  readonly flags: readonly Flag[];
  readonly remarks: readonly string[];
}

const nothing: PackageState = { issues: [], flags: [], remarks: [] };

/**
 * Open issues and maintenance for an input. Issues count from authors who reach the required trust; `unmaintained` from
 * anyone in the trust set, as in crev. An issue in a review of these very bytes under another name counts as found here.
 * @param matches the reviews of each artefact's bytes
 */
export function packageState(scene: Scene, purl: PurlParts, matches: readonly Matches[]): PackageState {
  const readings = scene.reviews.ofPackage(purl.package);
  const isElsewhere = (match: Match): boolean =>
    match.reading.purl.package !== purl.package && reports(match);
  const elsewhere = matches.flatMap((one) => one.trusted.filter(isElsewhere));
  const quiet = readings.reporting === undefined && elsewhere.length === 0;
  if (quiet && !readings.anyUnmaintained) return nothing;

  const remarks = unmaintainedBy(
    readings,
    (author) => scene.standings.of(author, purl.package) !== undefined,
  ).map((author) => `Unmaintained, says ${author}.`);
  if (quiet || purl.version === undefined) return { ...nothing, remarks };

  const { version } = purl;
  const sources = new Map<IssueSource, Match>();
  const add = (reading: Reading, reviewed: string, known?: Match): void => {
    const standing = countingStanding(scene, reading.entry.author, purl);
    if (standing === undefined) return;
    const { id, index, statement } = reading.entry;
    sources.set({ id, index, version: reviewed, statement }, known ?? { reading, standing, matched: [] });
  };
  const heard = new Map(matches.flatMap((one) => one.trusted.map((match) => [match.reading, match])));
  for (const reading of readings.reporting ?? []) {
    if (reading.purl.version !== undefined) add(reading, reading.purl.version, heard.get(reading));
  }
  for (const match of new Set(elsewhere)) add(match.reading, version, match);

  const state = openIssues(purl.type, version, [...sources.keys()]);
  for (const { id, source } of state.unordered) {
    remarks.push(
      `Issue ${excerpt(id)} was reported at ${excerpt(source.version)}, which has no known order with ${excerpt(version)}: read statement ${source.id}.`,
    );
  }
  const flags: Flag[] = [];
  for (const issue of state.open) {
    if (doesFlag(scene, issue)) flags.push(...flagOf(scene, issue, sources, purl));
    else remarks.push(`Open issue ${excerpt(issue.id)}, severity ${issue.severity}.`);
  }
  const issues = state.open.map(({ id, severity, reports: list }) => ({
    id,
    severity,
    reports: [...new Set(list.map((report) => report.source.id))],
  }));
  return { issues, flags, remarks: [...new Set(remarks)] };
}

function reports(match: Match): boolean {
  return (match.reading.entry.statement.issues?.length ?? 0) > 0;
}

function countingStanding(scene: Scene, author: Identity, purl: PurlParts): Match['standing'] | undefined {
  const standing = scene.standings.of(author, purl.package);
  return standing !== undefined && atLeast(trustLevels, standing.level, scene.policy.require.trust)
    ? standing
    : undefined;
}

function doesFlag({ policy }: Scene, issue: OpenIssue): boolean {
  return policy.rules.issues === 'flag' && atLeast(levels, issue.severity, policy.rules['issue-severity']);
}

/** One flag for an issue: the worst report, the earliest in the ledger when several are as bad. */
function flagOf(
  scene: Scene,
  issue: OpenIssue,
  sources: ReadonlyMap<IssueSource, Match>,
  purl: PurlParts,
): Flag[] {
  const worst = issue.reports.find((report) => report.severity === issue.severity);
  const match = worst === undefined ? undefined : sources.get(worst.source);
  if (match === undefined) return [];
  const origin = originOf(scene, match, purl.package);
  return [{ kind: 'issue', id: issue.id, severity: issue.severity, origin }];
}
