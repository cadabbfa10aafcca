// Turns the demo's script into signed documents about the packages of a lockfile.
//
// Dates are those of the keys, so a second run says exactly the same, and the ledger knows it already.

import { sha512 } from '@noble/hashes/sha2.js';
import { toHex, utf8 } from '../../core/bytes.ts';
import type { Closure, Input } from '../../core/closure/input.ts';
import { packagePurl, parsePurl } from '../../core/digest/purl.ts';
import { formatSeconds } from '../../core/time.ts';
import { formatStatement } from '../../core/statement/canonical.ts';
import { signCleartext } from '../../core/statement/openpgp/sign.ts';
import type { PackageReview, Statement, Subject } from '../../core/statement/statement.ts';
import { splitIdentity } from '../../core/identity.ts';
import type { Cast } from './cast.ts';
import { claims, reviewerSet, trust, type Claim, type Person } from './script.ts';

/** Signed documents for everything that the script says. */
export async function signScript(cast: Cast, closure: Closure): Promise<string[]> {
  const statements: (readonly [Person, Statement])[] = [
    [reviewerSet.owner, setStatement(cast)],
    ...trust.map((edge) => [edge.who, trustStatement(cast, edge)] as const),
    ...claims.flatMap((claim) => reviews(cast, closure, claim).map((review) => [claim.who, review] as const)),
  ];
  return Promise.all(
    statements.map(([who, statement]) => {
      const { signer, certificate } = cast[who];
      return signCleartext(formatStatement(statement), signer, certificate.created);
    }),
  );
}

function common(cast: Cast, who: Person): Pick<Statement, 'version' | 'date' | 'from'> {
  const { certificate } = cast[who];
  return { version: 1, date: formatSeconds(certificate.created), from: splitIdentity(certificate.identity) };
}

function setStatement(cast: Cast): Statement {
  return {
    kind: 'reviewer set',
    ...common(cast, reviewerSet.owner),
    name: reviewerSet.name,
    title: reviewerSet.title,
    members: reviewerSet.members.map(({ who, trust: level, role }) => ({
      id: splitIdentity(cast[who].certificate.identity),
      trust: level,
      role,
    })),
  };
}

function trustStatement(cast: Cast, { who, whom, level }: (typeof trust)[number]): Statement {
  return {
    kind: 'trust',
    ...common(cast, who),
    ids: [splitIdentity(cast[whom].certificate.identity)],
    trust: level,
    comment: 'A demonstration.',
  };
}

/** The reviews that a claim makes: one for each version it is about, none when the lockfile lacks the package. */
function reviews(cast: Cast, closure: Closure, claim: Claim): PackageReview[] {
  const inputs = closure.inputs.filter(({ purl }) => nameOf(purl) === claim.package);
  const ordered = inputs.sort((a, b) => compareVersions(versionOf(a), versionOf(b)));
  const lowest = ordered[0];
  const highest = ordered.at(-1);
  if (lowest === undefined || highest === undefined) return [];
  const review = (input: Input, base?: Input): PackageReview => ({
    kind: 'package review',
    ...common(cast, claim.who),
    package: claim.otherBytes === true ? otherBytes(input) : subjectOf(input),
    ...(base !== undefined && { 'package-diff-base': subjectOf(base) }),
    review: {
      thoroughness: claim.thoroughness,
      understanding: claim.understanding,
      rating: claim.rating,
    },
    comment: claim.comment,
  });
  switch (claim.version) {
    case 'lowest':
      return [review(lowest)];
    case 'highest-from-lowest':
      return lowest === highest ? [] : [review(highest, lowest)];
    default:
      return ordered.map((input) => review(input));
  }
}

function subjectOf({ purl, artefacts }: Input): Subject {
  return { purl, digests: artefacts[0]?.digests ?? {} };
}

function otherBytes({ purl }: Input): Subject {
  return { purl, digests: { sha512: toHex(sha512(utf8(`not the bytes of ${purl}`))) } };
}

function nameOf(purl: string): string {
  return decodeURIComponent(packagePurl(purl).slice('pkg:npm/'.length));
}

function versionOf({ purl }: Input): string {
  return parsePurl(purl).version ?? '';
}

function compareVersions(a: string, b: string): number {
  return a.localeCompare(b, 'en', { numeric: true });
}
