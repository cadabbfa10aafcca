import { beforeAll, beforeEach, expect, it } from 'vitest';
import type { DigestSet } from '../../core/digest/digest-set.ts';
import type { VerifiedStatement } from '../../core/statement/verified.ts';
import { appendStatements } from '../../db/append.ts';
import { appendCertificates } from '../../db/append-certificates.ts';
import type { Database } from '../../db/database.ts';
import { findEvidence, type PackageVersion } from '../../db/evidence.ts';
import { describeDatabases } from '../support/database.ts';
import { expectCode } from '../support/matchers.ts';
import { digest, makeReviewer, review, today, type Reviewer, type Words } from '../support/reviewers.ts';

describeDatabases('evidence', (open) => {
  let db: Database;
  let ada: Reviewer;
  let bob: Reviewer;
  // Each test has its own package and bytes, so that one database serves all.
  let test = 0;
  let byte = 0;
  let name: string;
  const bytes = (): { sha256: string } => ({ sha256: digest(++byte) });

  beforeAll(async () => {
    db = await open();
    [ada, bob] = [await makeReviewer('Ada'), await makeReviewer('Bob')];
  });
  beforeEach(() => {
    name = `pkg:npm/package-${++test}`;
  });

  const say = async (who: Reviewer, words: Words): Promise<VerifiedStatement> => {
    const statement = await who.say(words);
    await appendStatements(db, [statement], today);
    return statement;
  };
  const find = async (
    digests: readonly DigestSet[],
    packages: readonly PackageVersion[] = [],
  ): Promise<{ reviews: string[]; sources: string[] }> => {
    const found = await findEvidence(db, { digests, packages });
    return { reviews: found.reviews.map(({ id }) => id), sources: found.sources.map(({ id }) => id) };
  };
  const version = (text: string): PackageVersion => ({ package: name, version: text });

  it('is the reviews of the same bytes, whatever they call them', async () => {
    const here = bytes();
    const a = await say(ada, review(`${name}@1.0.0`, here));
    const b = await say(bob, review(`${name}-fork@9.0.0`, here));
    await say(bob, review(`${name}-else@9.0.0`, bytes()));
    const found = await findEvidence(db, { digests: [here], packages: [] });
    expect(found.sources).toEqual([]);
    expect(found.reviews).toEqual([
      { id: a.id, index: expect.any(Number) as number, author: ada.identity, statement: a.statement },
      { id: b.id, index: found.reviews[0]!.index + 1, author: bob.identity, statement: b.statement },
    ]);
  });

  it('is the reviews of the same version, whatever its bytes, and not those of other versions', async () => {
    const other = await say(ada, review(`${name}@1.0.0`, bytes()));
    await say(ada, review(`${name}@2.0.0`, bytes()));
    expect((await find([bytes()], [version('1.0.0')])).reviews).toEqual([other.id]);
  });

  it('finds versions that purls write in code', async () => {
    const epoch = await say(ada, review('pkg:deb/debian/vim@2%3A9.0+dfsg?arch=amd64', bytes()));
    expect((await find([], [{ package: 'pkg:deb/debian/vim', version: '2:9.0+dfsg' }])).reviews).toEqual([
      epoch.id,
    ]);
  });

  it('never comes by a weak digest', async () => {
    const sha1 = digest(++byte, 20);
    await say(ada, review(`${name}@1.0.0`, { ...bytes(), sha1 }));
    expect((await find([{ sha1 }])).reviews).toEqual([]);
  });

  it('never comes by the same hex of another kind', async () => {
    const { sha256 } = bytes();
    await say(ada, review(`${name}@1.0.0`, { tarSha256: sha256 }));
    expect((await find([{ sha256 }])).reviews).toEqual([]);
  });

  it.each([
    ['issues', { issues: [{ id: 'CVE-1', severity: 'high' }] }],
    ['advisories', { advisories: [{ ids: ['CVE-1'], severity: 'high' }] }],
    ['abandonment', { flags: { unmaintained: true } }],
  ])(
    'is also reports of %s in any version, with all else that their author says of the package',
    async (_, more) => {
      const report = await say(ada, review(`${name}@1.0.0`, bytes(), more));
      const newer = await say(ada, review(`${name}@1.0.0`, bytes()));
      const elsewhere = await say(ada, review(`${name}@3.0.0`, bytes()));
      await say(bob, review(`${name}@1.0.0`, bytes()));
      expect((await find([], [version('2.0.0')])).reviews).toEqual([report.id, newer.id, elsewhere.id]);
    },
  );

  it('goes down the chain of differences, also round a cycle', async () => {
    const [one, two, three] = [bytes(), bytes(), bytes()];
    const base = (v: string, digests: object): object => ({
      'package-diff-base': { purl: `${name}@${v}`, digests },
    });
    const full = await say(bob, review(`${name}@1.0.0`, one, base('3.0.0', three)));
    const second = await say(ada, review(`${name}@2.0.0`, two, base('1.0.0', one)));
    const third = await say(ada, review(`${name}@3.0.0`, three, base('2.0.0', two)));
    expect((await find([three])).reviews).toEqual([full.id, second.id, third.id]);
    // A base is not reviewed by being one.
    expect((await find([{ sha256: digest(0xee) }])).reviews).toEqual([]);
  });

  it('goes through source statements to reviews in other digests, one step', async () => {
    const [archive, tree, further] = [bytes(), { crevDigest: digest(++byte) }, { narSha256: digest(++byte) }];
    const source = await say(bob, {
      kind: 'source',
      package: { purl: `${name}@1.0.0`, digests: { ...archive, ...tree } },
    });
    await say(bob, { kind: 'source', package: { purl: `${name}@1.0.0`, digests: { ...tree, ...further } } });
    const reviewed = await say(ada, review(`${name}@1.0.0`, tree));
    await say(ada, review(`${name}-else@1.0.0`, further));
    expect(await find([archive])).toEqual({ reviews: [reviewed.id], sources: [source.id] });
  });

  it('brings the newer word of an author that names other bytes', async () => {
    const old = { ...bytes(), tarSha256: digest(++byte) };
    const first = await say(ada, review(`${name}@1.0.0?arch=x`, old));
    const newer = await say(ada, review(`${name}@1.0.0?arch=x`, { tarSha256: old.tarSha256 }));
    expect((await find([{ sha256: old.sha256 }])).reviews).toEqual([first.id, newer.id]);
  });

  it('leaves out what its author retracted, and only its author', async () => {
    const here = bytes();
    const mine = await say(ada, review(`${name}@1.0.0`, here));
    const yours = await say(bob, review(`${name}@1.0.0`, here));
    await say(ada, { kind: 'retraction', statement: mine.id });
    await say(ada, { kind: 'retraction', statement: yours.id });
    expect((await find([here])).reviews).toEqual([yours.id]);
  });

  it('keeps what was said after somebody retracted it in advance', async () => {
    const here = bytes();
    const words = await ada.say(review(`${name}@1.0.0`, here));
    await say(ada, { kind: 'retraction', statement: words.id });
    await appendStatements(db, [words], today);
    expect((await find([here])).reviews).toEqual([words.id]);
  });

  it('leaves out what a retraction in the same batch withdraws', async () => {
    const here = bytes();
    const words = await ada.say(review(`${name}@1.0.0`, here));
    const back = await ada.say({ kind: 'retraction', statement: words.id });
    await appendStatements(db, [words, back], today);
    expect((await find([here])).reviews).toEqual([]);
  });

  it('leaves out what revoked keys say: all, or what came after', async () => {
    const [hard, soft] = [await makeReviewer('Hard'), await makeReviewer('Soft')];
    const [here, there] = [bytes(), bytes()];
    const at = (hours: number): Date => new Date(today.getTime() + hours * 3_600_000);
    await appendStatements(db, [await hard.say(review(`${name}@1.0.0`, here))], at(1));
    const before = await soft.say(review(`${name}@1.0.0`, here));
    const after = await soft.say(review(`${name}@1.0.0`, there));
    await appendStatements(db, [before], at(1));
    await appendStatements(db, [after, await soft.say({ kind: 'retraction', statement: before.id })], at(3));
    expect((await find([there], [version('1.0.0')])).reviews).toHaveLength(2);
    await appendCertificates(
      db,
      [await hard.revoked('hard', at(2)), await soft.revoked('soft', at(2))],
      at(4),
    );
    // The retraction came after the revocation too, so it has no effect either.
    expect((await find([here, there], [version('1.0.0')])).reviews).toEqual([before.id]);
  });

  it('is bounded', async () => {
    const here = bytes();
    for (const who of [ada, bob]) await say(who, review(`${name}@1.0.0`, here));
    await expectCode('request-too-large', () =>
      findEvidence(db, { digests: [here], packages: [], limit: 1 }),
    );
    expect((await findEvidence(db, { digests: [here], packages: [], limit: 2 })).reviews).toHaveLength(2);
  });

  it('of nothing is nothing', async () => {
    expect(await find([])).toEqual({ reviews: [], sources: [] });
  });
});
