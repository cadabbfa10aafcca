import request from 'supertest';
import { beforeAll, expect, it } from 'vitest';
import { parseStatement } from '../../../core/statement/canonical.ts';
import { describeDatabases } from '../../support/database.ts';
import { bytesOf, makeAuthor, review, sign, type Author } from '../support/authors.ts';
import { composeAndPublish, reviewFields, textOfElement } from '../support/composing.ts';
import { openPage, sendForm } from '../support/open-page.ts';
import { browse, type Browser } from '../support/pages.ts';
import { signIn } from '../support/sign-in.ts';
import { makeWorld, type World } from '../support/world.ts';

const purl = 'pkg:npm/left-pad@1.3.0';

describeDatabases('the form for reviews', (open) => {
  let world: World;
  let ada: Author;
  let anybody: Browser;

  beforeAll(async () => {
    world = await makeWorld(await open());
    ada = await makeAuthor('Ada');
    anybody = browse(world.app);
  });

  const fields = (more: Readonly<Record<string, string>> = {}): Record<string, string> =>
    reviewFields(ada, purl, more);

  it('begins with the purl and the base that a link names', async () => {
    const { html, status } = await openPage(world.app, `/review?purl=${purl}&base=pkg:npm/left-pad@1.2.0`);
    expect(status).toBe(200);
    expect(html).toContain(`value="${purl}"`);
    expect(html).toContain('value="pkg:npm/left-pad@1.2.0"');
  });

  it('says what each level means, beside the choice', async () => {
    const { text } = await openPage(world.app, '/review');
    for (const words of ['an hour or more for a file', 'Not to be used', 'How it works is clear']) {
      expect(text).toContain(words);
    }
  });

  it('shows exactly the text that will be signed, with everything that was filled in', async () => {
    const page = await anybody.post('/review', {
      ...fields(),
      do: 'preview',
      'package-diff-base-purl': 'pkg:npm/left-pad@1.2.0',
      'package-diff-base-digests': `sha256=${'b'.repeat(64)}`,
      'coverage-read': 'src/**\n\nindex.js',
      'coverage-opaque': '*.bin',
      'disclosure-relation': 'packager',
      'disclosure-paid': 'true',
      'llm-agent-model': 'some model',
      'llm-agent-human-guided': 'true',
      'flags-unmaintained': 'true',
      'issues-0-id': 'CVE-2026-1',
      'issues-0-severity': 'high',
      'issues-0-range': 'minor',
      'issues-2-id': 'a leak',
      'issues-2-severity': 'low',
      'advisories-0-ids': 'GHSA-1, CVE-2026-2',
      'advisories-0-severity': 'medium',
      'advisories-0-critical': 'true',
      'alternatives-0-purl': 'pkg:npm/pad',
      comment: 'Read.   \n\nAll of it.\n\n',
      date: '2026-11-21T10:00:00+01:00',
    });
    expect(page.status).toBe(200);
    const text = textOfElement(page.text, 'preview');
    expect(parseStatement(text)).toEqual({
      kind: 'package review',
      version: 1,
      date: '2026-11-21T10:00:00+01:00',
      from: { 'id-type': 'openpgp', id: ada.identity.slice('openpgp:'.length) },
      package: { purl, digests: { sha512: bytesOf(purl) } },
      'package-diff-base': { purl: 'pkg:npm/left-pad@1.2.0', digests: { sha256: 'b'.repeat(64) } },
      review: { thoroughness: 'medium', understanding: 'high', rating: 'positive' },
      coverage: { read: ['src/**', 'index.js'], opaque: ['*.bin'] },
      disclosure: { relation: 'packager', paid: true },
      'llm-agent': { model: 'some model', 'human-guided': true },
      flags: { unmaintained: true },
      issues: [
        { id: 'CVE-2026-1', severity: 'high', range: 'minor' },
        { id: 'a leak', severity: 'low', range: 'all' },
      ],
      advisories: [{ ids: ['GHSA-1', 'CVE-2026-2'], severity: 'medium', range: 'all', critical: true }],
      alternatives: [{ purl: 'pkg:npm/pad' }],
      comment: 'Read.\n\nAll of it.',
    });
  });

  it('answers the live preview with the same text, or with what is missing', async () => {
    const ask = (more: object): Promise<request.Response> =>
      request(world.app)
        .post('/review/preview')
        .type('form')
        .send(more)
        .then((answer) => answer);
    const page = await anybody.post('/review', { ...fields(), do: 'preview' });
    expect((await ask(fields())).body).toEqual({ text: textOfElement(page.text, 'preview') });
    const incomplete = (await ask({ 'package-purl': 'left-pad' })).body as { errors: { field: string }[] };
    expect(incomplete.errors.map(({ field }) => field)).toEqual([
      'package-purl',
      'package-digests',
      'review-thoroughness',
      'review-understanding',
      'review-rating',
      'author-other',
    ]);
  });

  it.each([
    ['package-purl', 'pkg:npm/left-pad', 'Which version?'],
    ['package-purl', 'left-pad', 'Not a purl'],
    ['package-digests', 'sha512: abc', '128 hex digits'],
    ['package-digests', `md5: ${'a'.repeat(32)}`, 'Add a strong one'],
    ['package-digests', 'what is this?', 'one digest a line'],
    ['package-diff-base-purl', 'pkg:npm/left-pad@1.2.0', 'Name the bytes'],
    ['review-rating', 'great', 'Choose one'],
    ['author-other', '1234', 'Not an identity'],
    ['author-other', 'crev:FYlr8YoYGVvDwHQxqEIs89reKKDy-oWisoO0qXXEfHE', 'trust-check'],
    ['date', 'yesterday', 'RFC 3339'],
    ['alternatives-0-purl', 'pad', 'Not a purl'],
    ['issues-0-comment', 'bad', 'Name the issue'],
    ['comment', 'left\u202eright', 'invisible or control character'],
  ])('tells at the field %s what is wrong with %j', async (field, value, message) => {
    const { status, text, html } = await sendForm(world.app, '/review', {
      ...fields(),
      do: 'sign',
      [field]: value,
    });
    expect(status).toBe(422);
    expect(text).toContain(message);
    const [, at] = /<a href="#([^"]+)">/.exec(html.slice(html.indexOf('id="errors"'))) ?? [];
    expect(html).toContain(` id="${at ?? '?'}"`);
    // What was typed is still there; a word that is no choice has no place.
    if (field !== 'review-rating' && !value.includes('\u202e')) expect(html).toContain(value.slice(0, 40));
  });

  it('wants a reason for a negative rating, and takes a statement without a review', async () => {
    const negative = await sendForm(world.app, '/review', {
      ...fields(),
      'review-rating': 'negative',
      do: 'sign',
    });
    expect([negative.status, negative.text.includes('Say why')]).toEqual([422, true]);
    const page = await anybody.post('/review', {
      ...fields(),
      'review-none': 'true',
      'issues-0-id': 'CVE-2026-9',
      'issues-0-severity': 'low',
      do: 'preview',
    });
    expect(parseStatement(textOfElement(page.text, 'preview'))).not.toHaveProperty('review');
  });

  it('adds and removes issues without scripts, and keeps the rest', async () => {
    const one = await sendForm(world.app, '/review', { ...fields(), 'issues-0-id': 'A', do: 'more-issues' });
    expect(one.html).toContain('id="issues-1-id"');
    expect(one.html).toContain(`value="${purl}"`);
    const two = { ...fields(), 'issues-0-id': 'A', 'issues-1-id': 'B', 'issues-count': '2' };
    const less = await sendForm(world.app, '/review', { ...two, do: 'less-issues-0' });
    expect(less.html).toMatch(/id="issues-0-id"[^>]* value="B"/);
    expect(less.html).not.toContain('id="issues-1-id"');
    const greedy = await sendForm(world.app, '/review', {
      ...fields(),
      'issues-count': '1000000000',
      do: 'edit',
    });
    expect(greedy.html.match(/id="issues-\d+-id"/g)).toHaveLength(50);
  });

  it('goes on to a page that signs it, and back to the form', async () => {
    const page = await sendForm(world.app, '/review', { ...fields({ comment: 'Hm <b>' }), do: 'sign' });
    expect(page.html).toContain('data-author="' + ada.identity + '"');
    expect(page.html).toContain('id="sign-here"');
    expect(page.text).toContain('trust-check --server');
    const kept = Object.fromEntries(
      [...page.html.matchAll(/<input type="hidden" name="([^"]+)" value="([^"]*)">/g)].map(
        ([, name = '', value = '']) => [name, value],
      ),
    );
    const back = await sendForm(world.app, '/review', { ...kept, do: 'edit' });
    expect(back.html).toContain(`value="${purl}"`);
  });

  it('publishes what was composed', async () => {
    const id = await composeAndPublish(anybody, '/review', fields(), ada);
    expect((await openPage(world.app, `/published/${id}`)).text).toContain('Your review is in the ledger');
  });

  it('tells what the ledger knows of the same digest, and shouts when others read other bytes', async () => {
    const eve = await makeAuthor('Eve');
    await anybody.post('/keys/new', { certificate: eve.certificate.armored });
    const theirs = 'pkg:npm/known@1.0.0';
    await anybody.post('/publish', { document: await sign(eve, review(theirs)) });
    const found = await openPage(world.app, `/review?digest=sha512:${bytesOf(theirs)}`);
    expect(found.html).toContain(`value="${theirs}"`);
    expect(found.text).toContain('about the same bytes');
    const other = await sendForm(world.app, '/review', {
      ...reviewFields(ada, theirs, { 'package-digests': `sha512: ${'0'.repeat(128)}` }),
      do: 'preview',
    });
    expect(other.text).toContain('Others reviewed other bytes of this version.');
  });

  it('offers the keys of the account', async () => {
    const { cookie } = await signIn(world, { keys: [ada.identity] });
    const { html } = await openPage(world.app, '/review', cookie);
    expect(html).toContain(`name="author" value="${ada.identity}" checked`);
    const page = await browse(world.app, cookie).post('/review', {
      ...fields({ 'author-other': '', author: ada.identity }),
      do: 'preview',
    });
    expect(page.status).toBe(200);
  });

  it('writes script in every field only as text', async () => {
    const script = '"><script>alert(1)</script><img src=x onerror=alert(1)>';
    const names = Object.keys(fields()).concat([
      ...[
        'package-diff-base-purl',
        'package-diff-base-digests',
        'package-revision',
        'coverage-read',
        'comment',
      ],
      ...['disclosure-relation', 'disclosure-comment', 'llm-agent-model', 'issues-0-id', 'issues-0-severity'],
      ...[
        'issues-0-comment',
        'advisories-0-ids',
        'alternatives-0-purl',
        'author',
        'date',
        'draft',
        'issues-count',
      ],
    ]);
    const everywhere = Object.fromEntries(names.map((name) => [name, script]));
    for (const action of ['edit', 'preview', 'sign', `more-${script}`]) {
      const { html } = await sendForm(world.app, '/review', { ...everywhere, do: action });
      expect(html).not.toContain('<script>alert');
      expect(html).not.toContain('<img src=x');
    }
    const { html } = await sendForm(world.app, '/review', { ...fields({ comment: script }), do: 'sign' });
    expect(html).not.toContain('<script>alert');
    const query = encodeURIComponent(script);
    const linked = await openPage(world.app, `/review?purl=${query}&digest=${query}&base=${query}&draft=`);
    expect(linked.html).not.toContain('<script>alert');
  });

  it('refuses a text that is too large, forms of other sites and oversize bodies', async () => {
    const large = await sendForm(world.app, '/review', {
      ...fields({ comment: 'ü'.repeat(40_000) }),
      do: 'sign',
    });
    expect([large.status, large.text.includes('larger than')]).toEqual([422, true]);
    expect((await anybody.post('/review', { comment: 'a'.repeat(600_000) })).status).toBe(413);
    const forged = await request(world.app)
      .post('/review')
      .set('Sec-Fetch-Site', 'cross-site')
      .type('form')
      .send({ ...fields(), do: 'save' });
    expect(forged.status).toBe(403);
  });
});
