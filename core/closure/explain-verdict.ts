// Verdicts in plain English: the same words on the command line, on pages and in the API.
//
// One line says what was found, further lines why, the last what to do next. No colour, no mark-up, no line breaks inside a
// line; names and comments come from statements and lockfiles, so whoever prints them escapes for the place.

import { excerpt } from '../bytes.ts';
import type { Identity } from '../identity.ts';
import { exemptionSubject } from './exemptions.ts';
import type { UnverifiableReason } from './input.ts';
import type { VerdictWord } from './policy.ts';
import type { Flag, InputVerdict, Origin, Shortfall, Verdict } from './verdict.ts';

/** What each verdict means, for legends and help. */
export const verdictMeanings: Readonly<Record<VerdictWord, string>> = {
  flagged: 'somebody trusted reviewed it as negative, or reports an open issue',
  mismatch: 'trusted reviews exist for this version, but of other bytes',
  insufficient: 'trusted reviews exist, below the policy',
  unreviewed: 'nobody trusted has reviewed these bytes',
  unverifiable: 'the closure carries no usable digest for it',
  exempt: 'the policy makes an exception',
  reviewed: 'reviewed by people whom the policy trusts',
  local: "the project's own code",
};

/** What to do about an input without a usable digest, for each reason. */
export const unverifiableAdvice: Readonly<Record<UnverifiableReason, string>> = {
  unpinned: 'let the package manager write hashes into the lockfile',
  mutable: 'pin the commit or digest that it resolves to now',
  weak: 'let the package manager write a SHA-256 or SHA-512 hash; SHA-1 and MD5 never decide',
  truncated: 'write the full commit or hash',
  'other-kind': 'let `trust-check --sources` compute the digests that reviews name',
  placeholder: 'replace the placeholder by a real hash',
  'trusted-by-config': 'remove the rule that switches checking off for it',
  aggregate: 'check the lockfile inside it instead',
  inherited: 'check the package that it is bundled in',
  binary: 'a review of sources cannot cover it: build it from source, or rely on trusted rebuilds',
};

/** How an author is shown; the identity itself unless the caller knows a name. */
export type NameOf = (author: Identity) => string;
const plainName: NameOf = (author) => author;

/** A verdict in words: what was found, why, and the next step. */
export function describeVerdict(verdict: InputVerdict, nameOf: NameOf = plainName): string[] {
  return [...resultLines(verdict.result, nameOf), ...verdict.remarks.map((remark) => `note: ${remark}`)];
}

function resultLines(result: Verdict, nameOf: NameOf): string[] {
  switch (result.verdict) {
    case 'reviewed':
      return result.chains.map((chain) =>
        chain.map((link) => describeOrigin(link, nameOf)).join('; on top of: '),
      );
    case 'insufficient':
      return [
        ...result.reviews.map((origin) => describeOrigin(origin, nameOf)),
        ...result.shortfalls.map((shortfall) => describeShortfall(shortfall, result.reviews, nameOf)),
        'next: ask these reviewers for what is missing, review it yourself, or ask less in `require`',
      ];
    case 'unreviewed':
      return [
        strangers(result.strangers),
        ...(result.note === undefined ? [] : [result.note]),
        'next: review it (`trust-check review`), or find somebody to trust who has',
      ];
    case 'flagged':
      return [
        ...result.flags.map((flag) => describeFlag(flag, nameOf)),
        'next: read why, then update, replace or remove it',
      ];
    case 'mismatch':
      return [
        ...result.others.map(
          ({ origin, key, here, reviewed }) =>
            `${nameOf(origin.author)} reviewed other bytes of ${origin.purl}: ${key} ${reviewed}, here ${here}`,
        ),
        'next: do not use it before you know why the bytes differ; compare with a fresh download',
      ];
    case 'unverifiable':
      return [result.note, `next: ${unverifiableAdvice[result.reason]}`];
    case 'exempt': {
      const { exemption, instead } = result;
      const by = exemption.by === undefined ? '' : ` by ${exemption.by}`;
      return [
        `would be ${instead}; exempt${by} until ${exemption.until}: ${exemption.reason} (${exemptionSubject(exemption)})`,
      ];
    }
    case 'local':
      return [verdictMeanings.local];
  }
}

/** One heard review in words. */
export function describeOrigin(origin: Origin, nameOf: NameOf = plainName): string {
  const review = origin.review;
  const agent = origin['llm-agent'];
  return [
    `${nameOf(origin.author)} (trust ${origin.level}, distance ${origin.distance})`,
    review === undefined
      ? 'made no review'
      : `rated it ${review.rating}, thoroughness ${review.thoroughness}, understanding ${review.understanding}`,
    ...(agent === undefined ? [] : [`made by a machine (${excerpt(agent)})`]),
    ...(origin.relation === undefined || origin.relation === 'none'
      ? []
      : [`is ${origin.relation} of the code`]),
    ...(origin.via === 'computed' ? ['matched on digests computed here'] : []),
    ...(origin.via === 'source-statement' ? ['matched through a trusted source statement'] : []),
  ].join(', ');
}

/** Why a flag stands, in words. */
export function describeFlag(flag: Flag, nameOf: NameOf = plainName): string {
  const author = nameOf(flag.origin.author);
  return flag.kind === 'negative-review'
    ? `${author} (trust ${flag.origin.level}) reviewed it as negative${comment(flag.origin)}`
    : `issue ${excerpt(flag.id)}, severity ${flag.severity}, is open, reported by ${author}${comment(flag.origin)}`;
}

/** What is missing, in words; `reviews` tell whose statement a shortfall is about. */
export function describeShortfall(
  shortfall: Shortfall,
  reviews: readonly Origin[] = [],
  nameOf: NameOf = plainName,
): string {
  if (shortfall.kind === 'redundancy') {
    return `${shortfall.has} of ${shortfall.needs} independent reviewers`;
  }
  if (shortfall.kind === 'artefacts') {
    return `${shortfall.reviewed} of ${shortfall.of} files that an installer may take are reviewed`;
  }
  const origin = reviews.find((review) => review.statement === shortfall.statement);
  const whose =
    origin === undefined ? `statement ${shortfall.statement}` : `the review by ${nameOf(origin.author)}`;
  switch (shortfall.kind) {
    case 'trust':
      return `${whose}: trust ${shortfall.has}, needs ${shortfall.needs}`;
    case 'thoroughness':
    case 'understanding':
    case 'rating':
      return `${whose}: ${shortfall.kind} ${shortfall.has}, needs ${shortfall.needs}`;
    case 'no-review':
      return `${whose}: says that no review took place`;
    case 'machine-made':
      return `${whose}: made by a machine (${excerpt(shortfall.model)}), which the policy does not count`;
    case 'relation':
      return `${whose}: by the ${shortfall.relation} of the code, which the policy does not count`;
    case 'paid':
      return `${whose}: paid for, which the policy does not count`;
    case 'base':
      return `${whose}: of the difference from ${shortfall.base}, which is not itself reviewed`;
  }
}

function strangers(count: number): string {
  if (count === 0) return 'nobody has reviewed these bytes';
  return count === 1
    ? 'one review of these bytes exists, by somebody outside your web of trust'
    : `reviews of these bytes by ${count} people exist, all outside your web of trust`;
}

function comment(origin: Origin): string {
  const first = origin.comment?.trim().split('\n')[0] ?? '';
  return first === '' ? '' : `: ${excerpt(first, 120)}`;
}
