import { describe, expect, test } from 'vitest';
import {
  digest,
  digest512,
  gitSha1,
  identity,
  input,
  policyOf,
  reportOn,
  resultOn,
  review,
  source,
  verdictOn,
} from '../../support/closure-world.ts';

const sha512 = digest512('archive');
const crevDigest = digest('tree');
const archive = { sha512 };
const byCrev = review({ by: 'ann', of: { crevDigest } });

function computed(digests: Record<string, string>) {
  return { digests, origin: { kind: 'computed' as const } };
}

describe('digests that the closure does not carry', () => {
  test('join a review when the asker computed them', () => {
    const inputs = [input({ artefacts: [{ digests: archive, equivalents: [computed({ crevDigest })] }] })];
    const origin = resultOn('reviewed', { inputs, reviews: [byCrev] }).chains[0]![0]!;
    expect(origin).toMatchObject({ via: 'computed', matched: ['crevDigest'] });
  });

  test('join a review when a trusted source statement says so, and the statement is named', () => {
    const said = source('bob', { sha512, crevDigest });
    const result = resultOn('reviewed', {
      inputs: [input({ of: archive })],
      reviews: [byCrev],
      sources: [said],
    });
    expect(result.chains[0]![0]).toMatchObject({ via: 'source-statement', sources: [said.id] });
  });

  test('are not believed from a stranger, nor from somebody below the required trust', () => {
    const world = { inputs: [input({ of: archive })], reviews: [byCrev] };
    expect(verdictOn({ ...world, sources: [source('eve', { sha512, crevDigest })] }).result.verdict).toBe(
      'unreviewed',
    );
    const policy = policyOf({ require: { trust: 'medium' } });
    const low = [source('dan', { sha512, crevDigest })];
    expect(verdictOn({ ...world, sources: low, policy }).result.verdict).toBe('unreviewed');
    expect(verdictOn({ ...world, sources: low }).result.verdict).toBe('reviewed');
  });

  test('are not believed from the input itself under the name of a statement', () => {
    const said = source('bob', { sha512: digest512('other'), crevDigest });
    const origin = { kind: 'statement' as const, statement: said.id, author: identity('bob') };
    const inputs = [
      input({ artefacts: [{ digests: archive, equivalents: [{ digests: { crevDigest }, origin }] }] }),
    ];
    expect(verdictOn({ inputs, reviews: [byCrev], sources: [said] }).result.verdict).toBe('unreviewed');
  });

  test('may be joined over several statements', () => {
    const tarSha256 = digest('tar');
    const sources = [source('bob', { tarSha256, crevDigest }), source('cat', { sha512, tarSha256 })];
    const result = resultOn('reviewed', { inputs: [input({ of: archive })], reviews: [byCrev], sources });
    expect(result.chains[0]![0]!.sources).toEqual([sources[0]!.id]);
  });

  test('are left out, with a remark, when they contradict what is known', () => {
    const sources = [
      source('bob', { sha512, crevDigest: digest('right') }),
      source('cat', { sha512, crevDigest: digest('wrong') }),
    ];
    const right = review({ by: 'ann', of: { crevDigest: digest('right') } });
    const wrong = review({ by: 'ann', of: { crevDigest: digest('wrong') }, purl: 'pkg:cargo/else@1.0.0' });
    const verdict = verdictOn({ inputs: [input({ of: archive })], reviews: [right, wrong], sources });
    expect(verdict.result).toMatchObject({ verdict: 'reviewed', chains: [[{ statement: right.id }]] });
    expect(verdict.remarks[0]).toMatch(
      /source statement by .* contradicts what is known of these bytes on crevDigest/,
    );
    const alone = verdictOn({ inputs: [input({ of: archive })], reviews: [wrong], sources });
    expect(alone.result.verdict).toBe('unreviewed');
  });

  test('computed ones that contradict the closure are left out, with a remark', () => {
    const inputs = [
      input({
        artefacts: [{ digests: archive, equivalents: [computed({ sha512: digest512('x'), crevDigest })] }],
      }),
    ];
    const verdict = verdictOn({ inputs, reviews: [byCrev] });
    expect(verdict.result.verdict).toBe('unreviewed');
    expect(verdict.remarks).toEqual(['The computed sha512 contradicts the closure; it was left out.']);
  });

  test('a review that shares one digest and contradicts the computed one is of other bytes', () => {
    const inputs = [input({ artefacts: [{ digests: archive, equivalents: [computed({ crevDigest })] }] })];
    const inconsistent = review({ by: 'ann', of: { sha512, crevDigest: digest('something else') } });
    expect(verdictOn({ inputs, reviews: [inconsistent] }).result.verdict).toBe('mismatch');
  });
});

describe('weak digests', () => {
  const sha1 = 'ab'.repeat(20);
  const weak = { unverifiable: { reason: 'weak' as const, note: 'only sha1' } };

  test('never make a verdict; a trusted review that shares one is a hint', () => {
    const given = review({ by: 'ann', of: { sha1, sha512 } });
    const verdict = verdictOn({ inputs: [input({ of: { sha1 }, ...weak })], reviews: [given] });
    expect(verdict.result).toEqual({ verdict: 'unverifiable', reason: 'weak', note: 'only sha1' });
    expect(verdict.remarks[0]).toMatch(/shares a weak digest: a hint, not counted/);
  });

  test('with a strong digest computed beside them the input can be verified', () => {
    const artefacts = [{ digests: { sha1 }, equivalents: [computed({ sha512, crevDigest })] }];
    const inputs = [input({ artefacts, ...weak })];
    expect(verdictOn({ inputs, reviews: [byCrev] }).result.verdict).toBe('reviewed');
    expect(verdictOn({ inputs }).result.verdict).toBe('unreviewed');
  });
});

describe('inputs without a usable digest', () => {
  test('are unverifiable for the reason that the format gives', () => {
    const unverifiable = { reason: 'unpinned' as const, note: 'run npm install' };
    expect(resultOn('unverifiable', { inputs: [input({ artefacts: [], unverifiable })] })).toMatchObject({
      reason: 'unpinned',
      note: 'run npm install',
    });
  });

  test('are unverifiable also when the format says nothing', () => {
    expect(resultOn('unverifiable', { inputs: [input({ artefacts: [] })] }).reason).toBe('unpinned');
    expect(resultOn('unverifiable', { inputs: [input({ of: { md5: 'a'.repeat(32) } })] }).reason).toBe(
      'weak',
    );
  });

  test('of a kind that no review names stay so until somebody joins the kinds', () => {
    const unverifiable = { reason: 'other-kind' as const, note: 'yarn zip' };
    const inputs = [input({ of: { yarnZip: sha512 }, unverifiable })];
    expect(verdictOn({ inputs, reviews: [byCrev] }).result.verdict).toBe('unverifiable');
    const sources = [source('bob', { yarnZip: sha512, crevDigest })];
    expect(verdictOn({ inputs, reviews: [byCrev], sources }).result.verdict).toBe('reviewed');
    expect(verdictOn({ inputs, sources }).result.verdict).toBe('unreviewed');
  });

  test('an opaque binary does not become readable by more digests of it', () => {
    const unverifiable = { reason: 'binary' as const, note: 'seed' };
    const artefacts = [{ digests: { sha256: digest('seed') }, equivalents: [computed({ sha512 })] }];
    expect(verdictOn({ inputs: [input({ artefacts, unverifiable })] }).result.verdict).toBe('unverifiable');
  });

  test('can still be flagged by a negative review of exactly these bytes', () => {
    const unverifiable = { reason: 'binary' as const, note: 'seed' };
    const reviews = [review({ by: 'ann', rating: 'negative' })];
    expect(verdictOn({ inputs: [input({ unverifiable })], reviews }).result.verdict).toBe('flagged');
  });

  test('break the policy, unless it only wants them reported', () => {
    const met = (rule: string) =>
      reportOn({
        inputs: [input({ artefacts: [] })],
        policy: policyOf({ rules: { unverifiable: rule } }),
      }).met;
    expect(met('fail')).toBe(false);
    expect(met('report')).toBe(true);
  });
});

describe('SHA-1 object ids of git', () => {
  const gitCommit = gitSha1('commit');
  const inputs = [input({ of: { gitCommit } })];
  const reviews = [review({ by: 'ann', of: { gitCommit } })];

  test('decide by default, with a remark', () => {
    const verdict = verdictOn({ inputs, reviews });
    expect(verdict.result.verdict).toBe('reviewed');
    expect(verdict.remarks).toEqual(['Matched on SHA-1 object ids of git only.']);
  });

  test('neither join nor contradict where the policy calls them weak', () => {
    const policy = policyOf({ rules: { 'git-sha1': 'weak' } });
    expect(resultOn('unverifiable', { inputs, reviews, policy }).reason).toBe('weak');
    const both = [input({ of: { gitCommit, crevDigest } })];
    const moved = [review({ by: 'ann', of: { gitCommit: gitSha1('other'), crevDigest } })];
    expect(verdictOn({ inputs: both, reviews: moved, policy }).result.verdict).toBe('reviewed');
    expect(verdictOn({ inputs: both, reviews: moved }).result.verdict).toBe('mismatch');
  });

  test('include the identifier of a Software Heritage directory, which is a git tree', () => {
    const swhDir = gitSha1('tree');
    const world = { inputs: [input({ of: { swhDir } })], reviews: [review({ by: 'ann', of: { swhDir } })] };
    expect(verdictOn(world).result.verdict).toBe('reviewed');
    const policy = policyOf({ rules: { 'git-sha1': 'weak' } });
    expect(verdictOn({ ...world, policy }).result.verdict).toBe('unverifiable');
  });

  test('of a SHA-256 repository are strong and leave nothing to remark', () => {
    const strong = { gitCommit: digest('commit') };
    const policy = policyOf({ rules: { 'git-sha1': 'weak' } });
    const verdict = verdictOn({
      inputs: [input({ of: strong })],
      reviews: [review({ by: 'ann', of: strong })],
      policy,
    });
    expect(verdict).toMatchObject({ result: { verdict: 'reviewed' }, remarks: [] });
  });
});

describe("an SBOM's declared digests", () => {
  const declared = (digests: Record<string, string>, equivalents: ReturnType<typeof computed>[] = []) => [
    input({ artefacts: [{ digests, equivalents, declared: true }] }),
  ];

  test('match a review of the same bytes', () => {
    expect(
      verdictOn({ inputs: declared({ sha256: digest('good') }), reviews: [review({ by: 'ann' })] }).result
        .verdict,
    ).toBe('reviewed');
  });

  test('never make a mismatch, for nobody knows what they are of', () => {
    const reviews = [review({ by: 'ann', of: 'other' })];
    expect(verdictOn({ inputs: declared({ sha256: digest('good') }), reviews }).result.verdict).toBe(
      'unreviewed',
    );
  });

  test('do not stand in the way of what was computed', () => {
    const inputs = declared({ sha256: digest('some file') }, [computed({ sha256: digest('good') })]);
    expect(verdictOn({ inputs, reviews: [review({ by: 'ann' })] }).result.verdict).toBe('reviewed');
  });
});
