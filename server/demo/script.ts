// What the demo says, as data: who its people are, whom they trust, and what they claim about which packages.
//
// The packages and their hashes are real, taken from this project's own package-lock.json. The people and their opinions
// are not, and every statement says so.

import type { Level, Rating, TrustLevel } from '../../core/statement/levels.ts';

export const people = {
  ada: 'Demo reviewer Ada (not a real person)',
  ben: 'Demo reviewer Ben (not a real person)',
  chiara: 'Demo reviewer Chiara (not a real person)',
  dan: 'Demo stranger Dan (not a real person)',
  guild: 'Demo guild (not a real organisation)',
} as const;
export type Person = keyof typeof people;

/** The guild's reviewer set: the demo's root of trust. */
export const reviewerSet = {
  owner: 'guild',
  name: 'reviewers',
  title: 'Demo reviewers (not real people)',
  members: [
    { who: 'ada', trust: 'high', role: 'lead' },
    { who: 'ben', trust: 'medium', role: 'reviewer' },
  ],
} as const satisfies {
  owner: Person;
  name: string;
  title: string;
  members: readonly { who: Person; trust: TrustLevel; role: string }[];
};

/** Whom the members trust in turn. Nobody in the guild knows Dan. */
export const trust: readonly { who: Person; whom: Person; level: TrustLevel }[] = [
  { who: 'ada', whom: 'chiara', level: 'medium' },
  { who: 'dan', whom: 'ada', level: 'high' },
];

/** One claim about a package of the lockfile, named without version. */
export interface Claim {
  readonly who: Person;
  readonly package: string;
  readonly thoroughness: Level;
  readonly understanding: Level;
  readonly rating: Rating;
  readonly comment: string;
  /** Of the highest version as a difference to the lowest, the lowest, or (by default) all versions in the lockfile. */
  readonly version?: 'highest-from-lowest' | 'lowest';
  /** The claim is about bytes that nobody has, to show an alarm. */
  readonly otherBytes?: true;
}

const read = (who: Person, name: string, thoroughness: Level = 'medium'): Claim => ({
  who,
  package: name,
  thoroughness,
  understanding: 'medium',
  rating: 'positive',
  comment: 'A demonstration: nobody has read this package for it.',
});

export const claims: readonly Claim[] = [
  ...['express', 'ejs', 'pg', 'zod', 'helmet', 'commander', 'smol-toml', 'jsonc-parser'].map((name) =>
    read('ada', name),
  ),
  ...['pino', 'pino-http', 'express-rate-limit', 'js-yaml', 'openpgp'].map((name) => read('ben', name)),
  ...['semver', 'cookie', 'ms'].map((name) => read('chiara', name, 'high')),
  read('ben', 'express', 'high'),
  // A chain: the older version was read whole, the newer one only as a difference to it.
  { ...read('ada', '@noble/hashes', 'high'), version: 'lowest' },
  { ...read('ben', '@noble/hashes'), version: 'highest-from-lowest' },
  // Reviewed, and not well enough for the demo's policy.
  {
    ...read('ben', 'workerpool', 'none'),
    understanding: 'low',
    comment: 'A demonstration of a review that is not thorough enough.',
  },
  // A warning.
  {
    ...read('chiara', 'debug'),
    rating: 'negative',
    comment: 'A demonstration of a warning: nothing is wrong with this package.',
  },
  // The alarm that a name and a version cannot raise.
  {
    ...read('ada', 'qs', 'high'),
    otherBytes: true,
    comment: 'A demonstration: a review of bytes that are not those of the lockfile.',
  },
  // Nobody in the guild trusts Dan, so this counts for nothing.
  { ...read('dan', 'accepts', 'high') },
];

/** What the demo's policy lets pass, and why. */
export const exemption = {
  purl: 'pkg:npm/%40electric-sql/*',
  reason: 'A demonstration of an exemption: the embedded database is for trying out only.',
  by: people.guild,
} as const;
