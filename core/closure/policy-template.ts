// Writing a policy file: every setting with its value and what it means, so that the file explains itself.
//
// What is written reads back as the same policy; for the default policy this is the file that `trust-check init` writes.

import { digestEntries } from '../digest/digest-set.ts';
import { policySchema, type Exemption, type Policy } from './policy.ts';
import type { PolicyFile } from './policy-file.ts';

/** The file that `trust-check init` writes: every setting at its default. */
export const policyTemplate = formatPolicyFile({
  policy: policySchema.parse({}),
  server: undefined,
  preset: undefined,
});

/** The text of a policy file, with comments, ending in a line break. */
export function formatPolicyFile({ policy, server, preset, logPolicy, logKeys }: PolicyFile): string {
  const costs = policy['trust-costs'];
  const costLine = Object.entries(costs).map(([key, cost]) => `${key}: ${cost}`);
  const head = [
    '# trust-check.yaml: whom this project trusts, and what counts as reviewed.',
    '# What is left out has its default, which is the value shown in a new file.',
    '',
    '# The ledger to ask. TRUST_CHECK_SERVER and --server go before it.',
    server === undefined ? '# server: https://ledger.example.org' : `server: ${quote(server)}`,
    '',
    '# Who signs the log of this ledger: a tlog-policy file with keys, witnesses and quorum, or keys alone. Without either,',
    '# the key that the ledger names on first use is pinned.',
    logPolicy === undefined ? '# log-policy: ledger.tlog-policy' : `log-policy: ${quote(logPolicy)}`,
    ...(logKeys === undefined || logKeys.length === 0
      ? ['# log-key: [ledger.example.org+0123abcd+A…]']
      : list('log-key', logKeys)),
    '',
    '# Whom you trust directly: keys (openpgp:<fingerprint>, crev:<id>), or the reviewer set of an organisation',
    '# (openpgp:<fingerprint>#<name>). Everybody that they trust, and so on, is trusted through them.',
    ...list('roots', policy.roots),
    '',
    '# How far trust reaches: the cost of a step by its level, and the most that a path may cost.',
    `trust-costs: { ${costLine.join(', ')} }`,
    '',
    ...(policy['ignore-groups'].length === 0
      ? [
          '# Groups of the lockfile that are left out, and counted: an input is, when all its groups are here.',
        ]
      : ['# Groups of the lockfile that are left out, and counted.']),
    ...list('ignore-groups', policy['ignore-groups']),
  ];
  const rest =
    preset === undefined
      ? settings(policy)
      : ['', '# The rules of crev, to the letter.', `preset: ${preset}`];
  return [...head, ...rest, ''].join('\n');
}

function settings({ require, rules, local, exemptions }: Policy): string[] {
  return [
    '',
    '# What a review needs to count.',
    'require:',
    '  # Least effective trust of the reviewer: none, low, medium, high.',
    `  trust: ${require.trust}`,
    '  # How thoroughly it was read, and how well understood: none, low, medium, high.',
    `  thoroughness: ${require.thoroughness}`,
    `  understanding: ${require.understanding}`,
    '  # Least rating: neutral, positive, strong.',
    `  rating: ${require.rating}`,
    '  # How many independent reviewers; with organisations, two people of one organisation are one.',
    `  redundancy: ${require.redundancy}`,
    `  independence: ${require.independence} # identities, organisations`,
    '  # Reviews that a machine made: count, human-guided (only those that a person guided), exclude.',
    `  llm-agent: ${require['llm-agent']}`,
    '  # Relations to the code that disqualify a reviewer: author, maintainer, packager, employer, other.',
    ...list('exclude-relations', require['exclude-relations'], '  '),
    `  exclude-paid: ${require['exclude-paid']}`,
    '',
    '# How reviews are weighed.',
    'rules:',
    '  # A review of a difference counts when its base is itself reviewed (chain), or always (as-full).',
    `  differences: ${rules.differences}`,
    '  # Whose negative review flags an input: trust-set (anybody trusted), required-level.',
    `  negatives: ${rules.negatives}`,
    '  # Open issues and advisories: flag the input, or report them beside it.',
    `  issues: ${rules.issues}`,
    '  # Least severity of an issue that flags: none, low, medium, high.',
    `  issue-severity: ${rules['issue-severity']}`,
    '  # A trusted review of other bytes of the same version: alarm, ignore.',
    `  mismatch: ${rules.mismatch}`,
    '  # Inputs from a git repository: input (they need review), local (they are your own).',
    `  git: ${rules.git}`,
    '  # Whether a SHA-1 object id of git may decide that sources are the same: accept, weak.',
    `  git-sha1: ${rules['git-sha1']}`,
    '  # Inputs without a usable digest: fail, report.',
    `  unverifiable: ${rules.unverifiable}`,
    '',
    '# Your own packages, by purl pattern: pkg:npm/%40yourscope/*',
    ...list('local', local),
    '',
    '# Inputs that you accept for now, each with a reason and the last day on which it holds:',
    '#   - purl: pkg:npm/left-pad@1.3.0',
    '#     reason: being replaced',
    '#     until: 2026-12-31',
    '#     covers: [insufficient, unreviewed, unverifiable] # the default; flagged and mismatch have to be named',
    ...(exemptions.length === 0
      ? ['exemptions: []']
      : ['exemptions:', ...exemptions.flatMap(exemptionLines)]),
  ];
}

function exemptionLines(exemption: Exemption): string[] {
  const { purl, digests, reason, until, by, covers, reasons } = exemption;
  const fields = [
    purl === undefined ? [] : `purl: ${quote(purl)}`,
    digests === undefined
      ? []
      : `digests: { ${digestEntries(digests)
          .map(([key, hex]) => `${key}: ${hex}`)
          .join(', ')} }`,
    `reason: ${quote(reason)}`,
    `until: ${until}`,
    by === undefined ? [] : `by: ${quote(by)}`,
    `covers: [${covers.join(', ')}]`,
    reasons === undefined ? [] : `reasons: [${reasons.join(', ')}]`,
  ].flat();
  return fields.map((field, position) => `  ${position === 0 ? '- ' : '  '}${field}`);
}

function list(key: string, values: readonly string[], indent = ''): string[] {
  if (values.length === 0) return [`${indent}${key}: []`];
  return [`${indent}${key}:`, ...values.map((value) => `${indent}  - ${quote(value)}`)];
}

/** A text that YAML reads back the same: plain where nothing in it means anything to YAML, else double-quoted. */
function quote(text: string): string {
  if (/^[A-Za-z](?:[A-Za-z0-9_./%+~-]|[:#@*](?=[A-Za-z0-9/%*]))*\**$/.test(text)) return text;
  return JSON.stringify(text).replace(
    /[\u007f-\u009f\u2028\u2029\ufeff\ufffe\uffff]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
