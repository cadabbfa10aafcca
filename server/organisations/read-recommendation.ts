// The policy that an organisation recommends: some of the words of trust-check.yaml, as text and as the tree that is signed.
//
// Only what whoever trusts the organisation can take over is allowed: what counts, the rules, trust costs, exemptions, or a
// preset. Which ledger to ask, whom to trust and which packages are one's own is for the reader to say.

import { TrustError } from '../../core/errors.ts';
import { readPolicyFile, type PolicyFile } from '../../core/closure/policy-file.ts';
import { readPolicyYaml } from '../../core/closure/policy-yaml.ts';
import type { TextTree } from '../../core/statement/statement.ts';
import { writeYaml } from '../../core/statement/yaml-text.ts';

/** The keys of a policy file that can be recommended. */
export const recommendable = ['preset', 'trust-costs', 'require', 'rules', 'exemptions'] as const;

export type Recommendation = Readonly<Record<string, TextTree>>;

/** The recommendation in a text; undefined when there is none. Throws policy-invalid with every problem and its line. */
export function readRecommendation(text: string): Recommendation | undefined {
  if (text.trim() === '') return undefined;
  const file = readPolicyYaml(text);
  const { value } = file;
  if (typeof value === 'object' && !Array.isArray(value)) {
    for (const key of Object.keys(value)) {
      if (!recommendable.some((known) => known === key)) {
        throw new TrustError(
          'policy-invalid',
          `Line ${file.lineOf([key]) ?? 1}: ${key.slice(0, 80)} can’t be recommended; only ${recommendable.join(', ')} can.`,
        );
      }
    }
  }
  readPolicyFile(text);
  if (typeof value === 'string' || Array.isArray(value)) return undefined;
  return Object.keys(value).length === 0 ? undefined : value;
}

/** A recommendation as the text of a policy file, ending in a line break. */
export function writeRecommendation(recommendation: Recommendation): string {
  return `${writeYaml(recommendation, (keys) => keys)}\n`;
}

/** What trust-check makes of a published recommendation; undefined when it could not read it. */
export function policyOfRecommendation(recommendation: Recommendation): PolicyFile | undefined {
  try {
    const text = writeRecommendation(recommendation);
    readRecommendation(text);
    return readPolicyFile(text);
  } catch (error) {
    if (error instanceof TrustError) return undefined;
    throw error;
  }
}
