// Resolution: a closure, a policy and evidence in; a report with a verdict for each input out.
//
// Pure and deterministic: the order in which statements come makes no difference, and the same question gets the same
// bytes. The report lists inputs by purl, then by their position in the closure. The policy is met when every input that
// is not in an ignored group is reviewed, exempt or local, or unverifiable where the policy only wants that reported.

import { artefactDigests } from './artefact-digests.ts';
import { closureId } from './closure-id.ts';
import type { Evidence } from './evidence.ts';
import { exemptionSubject, openExemptions, type ExemptionBook } from './exemptions.ts';
import type { Closure, Input } from './input.ts';
import { judge, type Case, type Judgement } from './judge.ts';
import { localInputs } from './local-inputs.ts';
import { matchArtefact } from './match.ts';
import { packageState } from './package-state.ts';
import { verdictWords, type Policy, type VerdictWord } from './policy.ts';
import { caseRemarks, closureRemarks, exemptionRemarks } from './remarks.ts';
import { createScene, type Scene } from './scene.ts';
import type { InputVerdict, Report } from './verdict.ts';

/**
 * The report on a closure.
 * @param evidence statements whose signatures the caller has verified, and a view of the web of trust of the policy's roots
 * @param at decides which exemptions hold
 * @throws TrustError policy-invalid for a purl pattern that cannot be read
 */
export function resolve(closure: Closure, policy: Policy, evidence: Evidence, at: Date): Report {
  const scene = createScene(policy, evidence);
  const isLocal = localInputs(policy);
  const exemptions = openExemptions(policy, at);
  const ignoredGroups = new Set(policy['ignore-groups']);
  const totals = emptyTotals();
  const verdicts: InputVerdict[] = [];
  let ignored = 0;
  for (const [position, input] of closure.inputs.entries()) {
    if (isIgnored(input, ignoredGroups)) {
      ignored++;
      continue;
    }
    const purl = scene.purlOf(input.purl);
    const verdict: InputVerdict = isLocal(input, purl)
      ? { purl: input.purl, input: position, result: { verdict: 'local' }, remarks: [], issues: [] }
      : resolveInput(scene, input, position, exemptions);
    totals[verdict.result.verdict]++;
    verdicts.push(verdict);
  }
  verdicts.sort((a, b) => (a.purl === b.purl ? a.input - b.input : a.purl < b.purl ? -1 : 1));
  return {
    schema: 1,
    closure: closureId(closure),
    format: closure.format,
    met: verdicts.every((verdict) => meets(verdict.result.verdict, policy)),
    totals,
    ignored,
    verdicts,
    remarks: [
      ...closure.remarks,
      ...closureRemarks(closure, policy, verdicts.length),
      ...exemptions.unused().map((one) => `The exemption for ${exemptionSubject(one)} is not used.`),
    ],
  };
}

/** Whether a verdict keeps the policy met. */
export function meets(verdict: VerdictWord, policy: Policy): boolean {
  if (verdict === 'unverifiable') return policy.rules.unverifiable === 'report';
  return verdict === 'reviewed' || verdict === 'exempt' || verdict === 'local';
}

function resolveInput(scene: Scene, input: Input, position: number, exemptions: ExemptionBook): InputVerdict {
  const subject = lookUp(scene, input);
  const judgement = judge(scene, subject);
  const { applies, expired } = exemptions.find(input.purl, subject.artefacts, judgement.verdict);
  const remarks = caseRemarks(scene, subject, judgement);
  remarks.push(...exemptionRemarks(judgement.verdict, applies, expired));
  return {
    purl: input.purl,
    input: position,
    result: applies === undefined ? judgement.verdict : exempt(judgement, applies),
    remarks: remarks.length > 1 ? [...new Set(remarks)] : remarks,
    issues: subject.state.issues,
  };
}

function exempt({ verdict }: Judgement, exemption: Policy['exemptions'][number]): InputVerdict['result'] {
  return { verdict: 'exempt', exemption, instead: verdict.verdict };
}

function lookUp(scene: Scene, input: Input): Case {
  const purl = scene.purlOf(input.purl);
  const artefacts = input.artefacts.map((artefact) =>
    artefactDigests(artefact, scene.policy, purl.package, scene.sources, scene.standings),
  );
  const matches = artefacts.map((artefact) => matchArtefact(scene, artefact, purl.package));
  return { input, purl, artefacts, matches, state: packageState(scene, purl, matches) };
}

function isIgnored(input: Input, groups: ReadonlySet<string>): boolean {
  return input.groups.length > 0 && input.groups.every((group) => groups.has(group));
}

function emptyTotals(): Record<VerdictWord, number> {
  const totals: Partial<Record<VerdictWord, number>> = {};
  for (const word of verdictWords) totals[word] = 0;
  return totals as Record<VerdictWord, number>;
}
