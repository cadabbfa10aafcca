// Remarks: what a report says beside its verdicts, one line each, in a fixed order. They change no verdict.

import { excerpt } from '../bytes.ts';
import { compareDigests } from '../digest/digest-set.ts';
import { isGitSha1 } from './usable-digests.ts';
import { exemptionSubject } from './exemptions.ts';
import type { Closure, Input } from './input.ts';
import type { Case, Judgement } from './judge.ts';
import { weakHints, type Match } from './match.ts';
import type { Exemption, Policy } from './policy.ts';
import { isFlagging, isNegative } from './requirements.ts';
import type { Scene } from './scene.ts';
import type { Verdict } from './verdict.ts';

/** The remarks on one input, exemptions apart. */
export function caseRemarks(scene: Scene, subject: Case, judgement: Judgement): string[] {
  const { purl, artefacts, matches, state } = subject;
  const trusted = matches.flatMap((one) => one.trusted);
  const remarks = artefacts.flatMap((artefact) => artefact.remarks);
  for (const match of trusted) {
    const { entry, purl: reviewed } = match.reading;
    if (reviewed.versioned !== purl.versioned) {
      remarks.push(`${entry.author} reviewed the same bytes as ${reviewed.text}.`);
    }
    if (isNegative(match) && !isFlagging(match, scene.policy)) {
      remarks.push(`Negative review by ${entry.author}, trust ${match.standing.level}: too little to flag.`);
    }
  }
  if (judgement.verdict.verdict === 'reviewed' && trusted.every((match) => restsOnSha1(match, subject))) {
    remarks.push('Matched on SHA-1 object ids of git only.');
  }
  if (judgement.verdict.verdict !== 'mismatch') {
    for (const match of judgement.named) {
      if (match.differs === undefined) continue;
      const { author, index } = match.reading.entry;
      remarks.push(
        `${author} reviewed other bytes of this version (ledger index ${index}, ${match.differs.key}).`,
      );
    }
  }
  for (const artefact of artefacts) {
    for (const hint of weakHints(scene, artefact, purl.package)) {
      remarks.push(
        `A review by ${hint.entry.author} (ledger index ${hint.entry.index}) shares a weak digest: a hint, not counted.`,
      );
    }
  }
  return [...remarks, ...state.remarks];
}

/** The remarks on exemptions for one input: what an applied one hides, and those that would apply but have expired. */
export function exemptionRemarks(
  verdict: Verdict,
  applies: Exemption | undefined,
  expired: readonly Exemption[],
): string[] {
  if (applies !== undefined) {
    if (verdict.verdict === 'flagged')
      return verdict.flags.map((flag) => `Exempt although ${flagWords(flag)}.`);
    if (verdict.verdict === 'mismatch') {
      return verdict.others.map((other) => `Exempt although ${other.origin.author} reviewed other bytes.`);
    }
    return [];
  }
  return expired.map(
    (exemption) =>
      `The exemption for ${exemptionSubject(exemption)} expired on ${exemption.until}: ${exemption.reason}`,
  );
}

/** The remarks on the closure as a whole. */
export function closureRemarks(closure: Closure, policy: Policy, judged: number): string[] {
  const remarks: string[] = [];
  if (policy.roots.length === 0) remarks.push('The policy names no roots: nobody is trusted.');
  if (judged === 0) remarks.push('Nothing was checked.');
  const byPurl = new Map<string, Input[]>();
  for (const input of closure.inputs) {
    if (input.local === true || input.artefacts.length !== 1) continue;
    const same = byPurl.get(input.purl);
    if (same === undefined) byPurl.set(input.purl, [input]);
    else same.push(input);
  }
  for (const [purl, inputs] of byPurl) {
    const first = inputs[0]?.artefacts[0]?.digests ?? {};
    const differs = inputs.some(
      (input) => compareDigests(first, input.artefacts[0]?.digests ?? {}).relation === 'different',
    );
    if (differs) remarks.push(`${purl} stands in the closure with different digests.`);
  }
  return remarks;
}

function flagWords(flag: Extract<Verdict, { verdict: 'flagged' }>['flags'][number]): string {
  return flag.kind === 'negative-review'
    ? `${flag.origin.author} reviewed it as negative`
    : `issue ${excerpt(flag.id)} is open, severity ${flag.severity}`;
}

function restsOnSha1(match: Match, subject: Case): boolean {
  return match.matched.every((key) =>
    subject.artefacts.some((artefact) => isGitSha1(key, artefact.all[key] ?? '')),
  );
}
