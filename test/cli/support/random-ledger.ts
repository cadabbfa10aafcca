// A real ledger full of everything that moves a verdict, at random: whoever compares two ways of answering from it compares
// them on webs with cycles and bans, retractions and revocations of both kinds, supersession, sources, chains of differences.

import { createHash } from 'node:crypto';
import fc from 'fast-check';
import type { Identity } from '../../../core/identity.ts';
import type { CrevContent } from '../../../core/statement/crev/sign.ts';
import { signCrevProof } from '../../../core/statement/crev/sign.ts';
import { ed25519KeyPair } from '../../../core/ed25519.ts';
import { toBase64Url } from '../../../core/bytes.ts';
import { parseIdentity, splitIdentity } from '../../../core/identity.ts';
import { statementSchema } from '../../../core/statement/statement.ts';
import type { Service } from '../../../server/service.ts';
import { makeReviewer, type Reviewer, type Words } from '../../support/reviewers.ts';
import { packageLock } from './world.ts';

const packages = ['alpha', 'beta', 'gamma', 'delta'];
const versions = ['1.0.0', '1.1.0', '2.0.0'];
/** Two archives may go by one name: who reviewed the other one raises a mismatch. */
const forms = ['x', 'y'];

export interface RandomLedger {
  readonly people: readonly Identity[];
  readonly sets: readonly string[];
  /** Ids of the statements. */
  readonly ids: readonly string[];
}

/** SHA-512 that tests pretend a package version has. */
export function sha512Of(name: string, version: string, form: string): string {
  return createHash('sha512').update(`${name} ${version} ${form}`).digest('hex');
}

const level = fc.constantFrom('none', 'low', 'medium', 'high');
const day = fc
  .integer({ min: 1, max: 20 })
  .map((number) => new Date(Date.UTC(2026, 10, number)).toISOString());
const subject = fc
  .record({
    name: fc.constantFrom(...packages),
    version: fc.constantFrom(...versions),
    form: fc.constantFrom(...forms, 'x', 'x'),
    isQualified: fc.boolean(),
    isWeak: fc.boolean(),
  })
  .map(({ name, version, form, isQualified, isWeak }) => ({
    purl: `pkg:npm/${name}@${version}${isQualified ? '?arch=any' : ''}`,
    digests: {
      sha512: sha512Of(name, version, form),
      ...(isWeak && { sha1: createHash('sha1').update(name).digest('hex') }),
    },
  }));

const reviewWords = fc
  .record({
    subject,
    base: fc.option(subject, { freq: 3 }),
    date: day,
    rating: fc.constantFrom('negative', 'neutral', 'positive', 'strong'),
    thoroughness: level,
    understanding: level,
    isLoud: fc.integer({ min: 0, max: 5 }),
  })
  .map(({ subject: about, base, date, rating, thoroughness, understanding, isLoud }): Words => ({
    kind: 'package review',
    date,
    package: about,
    ...(base !== null && { 'package-diff-base': base }),
    review: { rating, thoroughness, understanding },
    ...(isLoud === 0 && { issues: [{ id: 'CVE-1', severity: 'high', range: 'minor' }] }),
    ...(isLoud === 1 && { flags: { unmaintained: true } }),
  }));

const sourceWords = fc.record({ a: subject, b: subject, date: day }).map(({ a, b, date }): Words => ({
  kind: 'source',
  date,
  package: { purl: a.purl, digests: { sha512: a.digests.sha512, crevDigest: b.digests.sha512.slice(0, 64) } },
}));

/** Fills an empty service with `count` statements by a handful of people, and moves its time on as it goes. */
export async function fillRandomly(
  service: Service,
  time: { now: number },
  count: number,
  seed: number,
): Promise<RandomLedger> {
  const reviewers = await Promise.all(
    ['Ada', 'Bob', 'Cyd', 'Dan', 'Eve', 'Fay', 'Gil'].map((name) => makeReviewer(name)),
  );
  for (const { certificate } of reviewers) await service.ingest.submitCertificate(certificate.armored);
  const seeds = [1, 2].map((number) => new Uint8Array(32).fill(number));
  const crevPeople = await Promise.all(
    seeds.map(async (one) => parseIdentity(`crev:${toBase64Url((await ed25519KeyPair(one)).publicKey)}`)),
  );
  const people = [...reviewers.map(({ identity }) => identity), ...crevPeople];
  const sets = reviewers.slice(0, 3).map(({ identity }) => `${identity}#set`);
  const ids: { readonly id: string; readonly by: Reviewer | undefined }[] = [];

  const ref = fc.constantFrom(...people).map((identity) => splitIdentity(identity));
  const trustWords = fc
    .record({
      ids: fc.uniqueArray(ref, { minLength: 1, maxLength: 3, selector: ({ id }) => id }),
      trust: fc.constantFrom('distrust', 'none', 'low', 'medium', 'high', 'high'),
      date: day,
      override: fc.option(fc.array(ref, { maxLength: 1 }), { freq: 3 }),
    })
    .map(({ override, ...words }): Words => ({
      kind: 'trust',
      ...words,
      ...(override !== null && { override }),
    }));
  const setWords = fc
    .record({
      members: fc.array(
        fc
          .record({ id: ref, trust: fc.constantFrom('low', 'medium', 'high'), isScoped: fc.boolean() })
          .map(({ isScoped, ...member }) => ({ ...member, ...(isScoped && { scope: ['pkg:npm/alpha'] }) })),
        { minLength: 1, maxLength: 4 },
      ),
      include: fc.constantFrom(...sets),
      date: day,
    })
    .map(({ members, include, date }): Words => ({
      ...{ kind: 'reviewer set', name: 'set', title: 'A set', members, date },
      includes: [{ set: include, cap: 'medium' }],
    }));
  const action = fc.oneof(
    { weight: 8, arbitrary: reviewWords.map((words) => ({ kind: 'say' as const, words })) },
    { weight: 4, arbitrary: trustWords.map((words) => ({ kind: 'say' as const, words })) },
    { weight: 2, arbitrary: setWords.map((words) => ({ kind: 'set' as const, words })) },
    { weight: 2, arbitrary: sourceWords.map((words) => ({ kind: 'say' as const, words })) },
    { weight: 2, arbitrary: fc.nat().map((which) => ({ kind: 'retract' as const, which })) },
    { weight: 2, arbitrary: reviewWords.map((words) => ({ kind: 'crev' as const, words })) },
  );
  const script = fc.sample(fc.tuple(fc.nat(), action), { numRuns: count, seed });
  const revokedFrom = Math.floor(count * 0.6);
  for (const [position, [who, what]] of script.entries()) {
    time.now += 60_000;
    if (position === revokedFrom) {
      // From here on these two say nothing more: what they said before is void, or stays.
      const [hard, soft] = [reviewers[5]!, reviewers[6]!];
      const revokedAt = new Date(time.now - (count / 4) * 60_000);
      await service.ingest.submitCertificate((await hard.revoked('hard', revokedAt)).armored);
      await service.ingest.submitCertificate((await soft.revoked('soft', revokedAt)).armored);
    }
    const speakers = position < revokedFrom ? reviewers : reviewers.slice(0, 5);
    const by = what.kind === 'set' ? reviewers[who % 3]! : speakers[who % speakers.length]!;
    let document: string;
    if (what.kind === 'crev') {
      const number = who % 2;
      document = await crevReview(crevPeople[number]!, seeds[number]!, what.words);
    } else if (what.kind === 'retract') {
      const own = ids.filter((known) => known.by === by);
      const target = own[what.which % Math.max(1, own.length)];
      if (target === undefined) continue;
      document = (await by.say({ kind: 'retraction', statement: target.id })).document;
    } else document = (await by.say(what.words)).document;
    const { id } = await service.ingest.submitStatement(document);
    ids.push({ id, by: what.kind === 'crev' ? undefined : by });
  }
  return { people, sets, ids: [...new Set(ids.map(({ id }) => id))] };
}

async function crevReview(identity: Identity, seed: Uint8Array, words: Words): Promise<string> {
  const subjectOf = words['package'] as { readonly purl: string };
  const [, name = '', version = ''] = /npm\/([a-z]+)@([0-9.]+)/.exec(subjectOf.purl) ?? [];
  const content = statementSchema.parse({
    kind: 'package review',
    version: -1,
    date: words['date'],
    from: { ...splitIdentity(identity), url: 'https://example.org/proofs', 'url-type': 'git' },
    package: {
      purl: `pkg:cargo/${name}@${version}`,
      digests: { crevDigest: sha512Of(name, version, 'x').slice(0, 64) },
    },
    review: words['review'],
  }) as CrevContent;
  return signCrevProof(content, seed);
}

/** A lockfile of some of the packages, each in one of its versions and forms. */
export const lockfile: fc.Arbitrary<string> = fc
  .uniqueArray(
    fc.record({
      name: fc.constantFrom(...packages, 'unknown'),
      version: fc.constantFrom(...versions),
      form: fc.constantFrom(...forms, 'x', undefined),
    }),
    { minLength: 1, maxLength: 5, selector: ({ name }) => name },
  )
  .map((inputs) =>
    packageLock(
      inputs.map(({ name, version, form }) => ({
        ...{ name, version },
        ...(form !== undefined && { sha512: sha512Of(name, version, form) }),
      })),
    ),
  );

/** Flags of a policy with one to three of these roots. */
export function policyFlags(ledger: RandomLedger): fc.Arbitrary<string[]> {
  return fc
    .record({
      roots: fc.uniqueArray(fc.constantFrom(...ledger.people, ...ledger.sets), {
        minLength: 1,
        maxLength: 3,
      }),
      trust: level,
      redundancy: fc.integer({ min: 1, max: 3 }),
      depth: fc.constantFrom(1, 5, 20),
      none: fc.constantFrom(3, 21),
      isStrict: fc.boolean(),
    })
    .map(({ roots, trust, redundancy, depth, none, isStrict }) => [
      ...roots.flatMap((root) => ['--root', root]),
      ...['--trust', trust, '--redundancy', String(redundancy), '--depth', String(depth)],
      ...['--none-cost', String(none), isStrict ? '--strict' : '--no-strict'],
    ]);
}
