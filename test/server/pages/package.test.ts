import { beforeAll, describe, expect, it } from 'vitest';
import { splitIdentity, type Identity } from '../../../core/identity.ts';
import { describeDatabases } from '../../support/database.ts';
import { bytesOf, makeAuthor, review, sign, signedAt, trustIn, type Author } from '../support/authors.ts';
import { openPage, type OpenedPage } from '../support/open-page.ts';
import { makeWorld, type World } from '../support/world.ts';

describeDatabases('the page of a package', (open) => {
  let world: World;
  let ada: Author;
  let ben: Author;
  let eve: Author;

  const publish = async (document: string): Promise<{ id: string; index: number }> => {
    const { id, index } = await world.service.ingest.submitStatement(document);
    return { id, index };
  };
  const rooted = (...roots: Identity[]): string => `roots=${encodeURIComponent(roots.join(' '))}`;
  const page = (path: string, ...roots: Identity[]): Promise<OpenedPage> =>
    openPage(world.app, `/packages/${path}`, roots.length === 0 ? undefined : rooted(...roots));
  const strip = ({ html }: OpenedPage): string =>
    /<div class="strip strip-([a-z]+)" role="group" aria-label="Verdict under your roots">/.exec(html)?.[1] ??
    'none';

  beforeAll(async () => {
    world = await makeWorld(await open());
    [ada, ben, eve] = await Promise.all([makeAuthor('Ada'), makeAuthor('Ben'), makeAuthor('Eve')]);
    for (const one of [ada, ben, eve]) await world.service.ingest.submitCertificate(one.certificate.armored);
    await publish(await sign(ada, trustIn(ben.identity, 'medium')));
  });

  it('says reviewed by how many whom the viewer trusts, of how many in all, and why', async () => {
    const purl = 'pkg:npm/counted@1.0.0';
    await publish(await sign(ben, review(purl, { comment: 'Read it all.' })));
    await publish(await sign(eve, review(purl)));
    const seen = await page('npm/counted@1.0.0', ada.identity);
    expect(strip(seen)).toBe('reviewed');
    expect(seen.text).toContain('Reviewed by 1 whom you trust, of 2 in all.');
    expect(seen.text).toContain('trusted: medium you → Ada → ( medium ) → Ben');
    expect(seen.text).toContain('outside your web of trust');
    expect(seen.text).toContain('Read it all.');
    expect(seen.text).toContain(bytesOf(purl));
    expect(seen.text).toContain('Identities are not verified');
    expect(seen.html).toContain('href="/review?purl=pkg%3Anpm%2Fcounted%401.0.0"');
    expect((await page('npm/counted@1.0.0', eve.identity)).text).toContain('you trust them directly');
  });

  it('says to whoever trusts nobody that they do, and where to choose', async () => {
    const seen = await page('npm/counted@1.0.0');
    expect(strip(seen)).toBe('unreviewed');
    expect(seen.text).toContain('You have not said whom you trust');
    expect(seen.text).toContain('Reviewed by 2 in all');
    expect(seen.html).toContain('href="/roots"');
  });

  it('shows a negative first', async () => {
    const purl = 'pkg:npm/bad@1.0.0';
    await publish(await sign(eve, review(purl)));
    await publish(
      await sign(
        ben,
        review(purl, { review: { thoroughness: 'low', understanding: 'low', rating: 'negative' } }),
      ),
    );
    const seen = await page('npm/bad@1.0.0', ada.identity);
    expect(strip(seen)).toBe('flagged');
    expect(seen.text).toContain('1 reviewer warns of it');
    expect((await page('npm/bad@1.0.0')).text).toContain('1 reviewer warns of it');
    const whole = await page('npm/bad', ada.identity);
    expect(whole.text).toContain('One version is flagged under your roots: 1.0.0');
  });

  it('shouts a mismatch between trusted reviewers, and doubts a stranger who reviewed other bytes', async () => {
    const purl = 'pkg:npm/torn@1.0.0';
    const other = { purl, digests: { sha512: '0d'.repeat(64) } };
    await publish(await sign(ada, review(purl)));
    await publish(await sign(eve, review(purl, { package: other })));
    const doubtful = await page('npm/torn@1.0.0', ada.identity);
    expect(strip(doubtful)).toBe('reviewed');
    expect(doubtful.html).not.toContain('class="alarm"');
    expect(doubtful.text).toContain('Somebody outside your web of trust reviewed other bytes');
    for (const seen of [
      await page('npm/torn@1.0.0'),
      await page('npm/torn@1.0.0', ada.identity, eve.identity),
    ]) {
      expect(seen.html).toContain('class="alarm"');
      expect(seen.text).toContain('reviews of this version are of different bytes');
      for (const fact of ['Ada', 'Eve', bytesOf(purl), '0d'.repeat(64)]) expect(seen.text).toContain(fact);
    }
    expect(strip(await page('npm/torn@1.0.0', ada.identity, eve.identity))).toBe('mismatch');
  });

  it('does not let a stranger make a trusted review look like one of other bytes', async () => {
    const purl = 'pkg:npm/framed@1.0.0';
    const [sha512, tarSha256] = ['0a'.repeat(64), '0b'.repeat(32)];
    await publish(await sign(ada, review(purl, { package: { purl, digests: { sha512 } } })));
    await publish(await sign(ben, review(purl, { package: { purl, digests: { tarSha256 } } })));
    const frame = { purl, digests: { sha512, tarSha256: '0c'.repeat(32) } };
    await publish(await sign(eve, review(purl, { package: frame })));
    const seen = await page('npm/framed@1.0.0', ada.identity);
    expect(strip(seen)).toBe('reviewed');
    expect(seen.html).not.toContain('class="alarm"');
  });

  it('labels what is superseded, retracted, machine-made, of an older version, and by whom it is disclosed', async () => {
    const purl = 'pkg:npm/labels@1.0.0';
    const later = new Date(signedAt.getTime() + 1000);
    await publish(await sign(ada, review(purl)));
    await publish(await sign(ada, review(purl, { comment: 'Again.' }), later));
    const gone = await publish(await sign(ben, review(purl)));
    await publish(await sign(ben, { kind: 'retraction', statement: gone.id as never, reason: 'mistake' }));
    await publish(
      await sign(
        eve,
        review('pkg:npm/labels@2.0.0', {
          'llm-agent': { model: 'model-x', 'human-guided': true },
          disclosure: { relation: 'author', paid: false },
        }),
      ),
    );
    const { text } = await page('npm/labels@1.0.0', ada.identity);
    expect(text).toContain('superseded by the same author');
    expect(text).toContain('retracted');
    expect(text).toContain('Reviewed by 1 whom you trust, of 1 in all.');
    const whole = await page('npm/labels');
    for (const fact of ['older version', 'current version', 'machine-made', 'model-x', 'by the author']) {
      expect(whole.text).toContain(fact);
    }
  });

  it('shows how a version was read: full reviews, differences, and a gap where the chain rests on nothing', async () => {
    const subject = (version: string): { purl: string; digests: { sha512: string } } => {
      const purl = `pkg:npm/chained@${version}`;
      return { purl, digests: { sha512: bytesOf(purl) } };
    };
    await publish(
      await sign(ben, review('pkg:npm/chained@1.1.0', { 'package-diff-base': subject('1.0.0') })),
    );
    await publish(
      await sign(ada, review('pkg:npm/chained@1.2.0', { 'package-diff-base': subject('1.1.0') })),
    );
    const gap = await page('npm/chained@1.2.0', ada.identity);
    expect(gap.text).toContain('gap');
    expect(strip(gap)).toBe('insufficient');
    await publish(await sign(ada, review('pkg:npm/chained@1.0.0')));
    const whole = await page('npm/chained@1.2.0', ada.identity);
    expect(strip(whole)).toBe('reviewed');
    expect(whole.text).toContain('The chain ends in a review of everything.');
    expect(whole.text).not.toContain('gap');
  });

  it('names what else goes by the same bytes', async () => {
    const digests = { sha512: bytesOf('pkg:npm/twin@1.0.0') };
    await publish(await sign(ada, review('pkg:npm/twin@1.0.0')));
    await publish(
      await sign(eve, review('pkg:npm/copy@3.0.0', { package: { purl: 'pkg:npm/copy@3.0.0', digests } })),
    );
    expect((await page('npm/twin@1.0.0')).html).toContain('href="/packages/npm/copy@3.0.0"');
  });

  it('lists a hundred reviews page by page', async () => {
    for (let i = 0; i < 30; i++) await publish(await sign(eve, review(`pkg:npm/many@1.${i}.0`)));
    const first = await page('npm/many');
    const next = /href="\/packages\/npm\/many\?before=(\d+)#reviews"/.exec(first.html)?.[1];
    expect(next).toBeDefined();
    const second = await page(`npm/many?before=${next!}`);
    expect(second.html.match(/<article/g)).toHaveLength(5);
    expect(second.text).toContain('1.0.0');
    expect((await page('npm/many?before=x')).status).toBe(400);
  });

  it('says of what nobody reviewed that nobody did, and invites the first review', async () => {
    const seen = await page('cargo/never-heard-of@0.1.0');
    expect(seen.status).toBe(200);
    expect(seen.text).toContain('No reviews yet');
    expect(strip(seen)).toBe('unreviewed');
  });

  it('has one address for each purl', async () => {
    for (const [asked, canonical] of [
      ['npm/@scope/name@1.0.0', 'npm/%40scope/name@1.0.0'],
      ['npm/%40scope%2Fname@1.0.0', 'npm/%40scope/name@1.0.0'],
      ['NPM/left-pad', 'npm/left-pad'],
      ['pypi/Typing_Extensions@1.0', 'pypi/typing-extensions@1.0'],
      [
        'golang/github.com/example/mod@v1.0.0+incompatible',
        'golang/github.com/example/mod@v1.0.0%2Bincompatible',
      ],
    ] as const) {
      expect(await page(asked)).toMatchObject({ status: 301, location: `/packages/${canonical}` });
      expect((await page(canonical)).status).toBe(200);
    }
    expect((await page('julia/Example@1.0.0?uuid=7876af07-990d-54b4-ab0e-23690620f79a')).status).toBe(200);
    expect((await page('npm/x@1?before=5&utm=1')).status).toBe(200);
    expect((await openPage(world.app, '/packages')).location).toBe('/search');
  });

  describe('whatever is asked for', () => {
    it('refuses what is no purl', async () => {
      for (const path of [
        'npm',
        'npm/',
        'npm/%00',
        'npm/%E0%A4%A',
        'npm/a%E2%80%AEb',
        '%3Cscript%3E/x',
        'npm/a/b/c@@',
      ]) {
        const seen = await page(path);
        expect(seen.status, path).toBeGreaterThanOrEqual(300);
        expect(seen.status, path).toBeLessThan(500);
      }
    });

    it('escapes names, versions and comments, and evaluates nothing', async () => {
      const name = encodeURIComponent('<img src=x onerror=alert(1)>')
        .replaceAll('(', '%28')
        .replaceAll(')', '%29');
      const purl = `pkg:npm/${name}@1.0.0`;
      await publish(await sign(eve, review(purl, { comment: '<script>alert(1)</script><%= 7777*7777 %>' })));
      const seen = await page(`npm/${name}@1.0.0`);
      expect(seen.status).toBe(200);
      expect(seen.html).not.toContain('<img src=x');
      expect(seen.html).not.toContain('<script>alert');
      expect(seen.text).not.toContain('60481729');
    });

    it('takes very long names', async () => {
      const name = 'n'.repeat(900);
      await publish(await sign(eve, review(`pkg:npm/${name}@1.0.0`)));
      expect((await page(`npm/${name}@1.0.0`)).status).toBe(200);
      expect((await page(`npm/${'n'.repeat(5000)}`)).status).toBe(400);
    });

    it('forgets cookies that name no roots', async () => {
      const bad = ['<script>', 'openpgp:zz', splitIdentity(ada.identity).id].join(' ');
      const seen = await openPage(world.app, '/packages/npm/counted', `roots=${encodeURIComponent(bad)}`);
      expect(seen.text).toContain('You have not said whom you trust');
    });
  });
});
