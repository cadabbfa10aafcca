import { createHash } from 'node:crypto';
import * as openpgp from 'openpgp';
import { beforeAll, describe, expect, it } from 'vitest';
import { signedText } from '../../../core/statement/read-stored.ts';
import { describeDatabases } from '../../support/database.ts';
import { makeAuthor, review, sign, signedAt, trustIn, type Author } from '../support/authors.ts';
import { openPage, type OpenedPage } from '../support/open-page.ts';
import { makeWorld, type World } from '../support/world.ts';

describeDatabases('the page of a statement', (open) => {
  let world: World;
  let ada: Author;
  let ben: Author;

  const publish = async (document: string): Promise<{ id: string; index: number }> => {
    const { id, index } = await world.service.ingest.submitStatement(document);
    return { id, index };
  };
  const page = (id: string): Promise<OpenedPage> => openPage(world.app, `/statements/${id}`);

  beforeAll(async () => {
    world = await makeWorld(await open());
    [ada, ben] = await Promise.all([makeAuthor('Ada'), makeAuthor('Ben', 60 * 86_400)]);
    for (const one of [ada, ben]) await world.service.ingest.submitCertificate(one.certificate.armored);
  });

  it('shows what was signed, verbatim and read', async () => {
    const document = await sign(
      ada,
      review('pkg:npm/%40scope/left@1.0.0', {
        coverage: { read: ['src/**'], opaque: ['test/*.xz'] },
        disclosure: { relation: 'maintainer', paid: true },
        'llm-agent': { model: 'some-model', 'human-guided': false },
        flags: { unmaintained: true },
        issues: [{ id: 'CVE-2026-1', severity: 'high', range: 'all', comment: 'Bad.' }],
        advisories: [{ ids: ['CVE-2026-2'], severity: 'low', range: 'minor' }],
        alternatives: [{ purl: 'pkg:npm/right' }],
        comment: 'First line.\nSecond line.',
      }),
    );
    const { id, index } = await publish(document);
    const { status, html, text } = await page(id);
    expect(status).toBe(200);
    expect(text).toContain('Review of @scope/left 1.0.0');
    const shown = /<pre class="wrapped"[^>]*><code>([\s\S]*?)<\/code>/.exec(html)?.[1] ?? '';
    const verbatim = shown.replaceAll('&#34;', '"').replaceAll('&#39;', "'").replaceAll('&amp;', '&');
    expect(verbatim).toBe(signedText(document));
    expect(createHash('sha256').update(verbatim).digest('hex')).toBe(id);
    for (const fact of [
      'machine-made',
      'some-model',
      'with no human guiding it',
      'positive',
      'Good to use: secure as far as was read',
      'about a quarter of an hour',
      'unmaintained',
      'maintains it',
      'was paid for the review',
      'src/**',
      'test/*.xz',
      'CVE-2026-1',
      'CVE-2026-2',
      `/api/v1/receipts/${id}`,
      `gpg --verify`,
      `trust-check`,
      `ledger index ${index}`,
    ]) {
      expect(text).toContain(fact);
    }
    expect(html).toContain(`<link rel="canonical" href="http://127.0.0.1`);
    expect(html).toContain('href="/packages/npm/%40scope/left@1.0.0"');
    expect(html).toContain('First line.\nSecond line.');
    expect(html).toContain(`href="/api/v1/receipts/${id}"`);
  });

  it('says who is trusted, and that a newer statement of the same author supersedes it', async () => {
    const older = await publish(await sign(ada, trustIn(ben.identity, 'high')));
    expect((await page(older.id)).text).toContain('Trust in');
    expect((await page(older.id)).text).not.toContain('Superseded');
    const newer = await publish(
      await sign(ada, trustIn(ben.identity, 'distrust'), new Date(signedAt.getTime() + 1000)),
    );
    const { text, html } = await page(older.id);
    expect(text).toContain('Superseded');
    expect(html).toContain(`href="/statements/${newer.id}"`);
    expect((await page(newer.id)).text).not.toContain('Superseded');
  });

  it('says that a newer review of the same bytes supersedes an older one, and one of other bytes does not', async () => {
    const purl = 'pkg:npm/twice@1.0.0';
    const later = (seconds: number): Date => new Date(signedAt.getTime() + seconds * 1000);
    const first = await publish(await sign(ada, review(purl)));
    const other = await publish(
      await sign(ada, review(purl, { package: { purl, digests: { sha512: '0f'.repeat(64) } } }), later(1)),
    );
    expect((await page(first.id)).text).not.toContain('Superseded');
    const second = await publish(await sign(ada, review(purl, { comment: 'Again.' }), later(2)));
    expect((await page(first.id)).html).toContain(`href="/statements/${second.id}"`);
    expect((await page(other.id)).text).not.toContain('Superseded');
  });

  it('says loudly that it was retracted, and links both ways', async () => {
    const withdrawn = await publish(await sign(ada, review('pkg:npm/gone@1.0.0')));
    const retraction = await publish(
      await sign(ada, {
        kind: 'retraction',
        statement: withdrawn.id as never,
        reason: 'mistake',
        comment: 'I read another version.',
      }),
    );
    const { text, html } = await page(withdrawn.id);
    expect(text).toContain('Its author has retracted it');
    expect(html).toContain(`href="/entries/${retraction.index}"`);
    const other = await page(retraction.id);
    expect(other.html).toContain(`href="/statements/${withdrawn.id}"`);
    expect(other.text).toContain('It was a mistake.');
  });

  it('tells the state of the key: valid, expired since, revoked softly later, revoked hard', async () => {
    const lasting = await publish(await sign(ada, review('pkg:npm/states@1.0.0')));
    expect((await page(lasting.id)).text).toContain('valid when it was recorded, and the key still holds');

    const running = await publish(await sign(ben, review('pkg:npm/states@2.0.0')));
    const before = world.time.now;
    world.time.now = before + 200 * 86_400_000;
    expect((await page(running.id)).text).toContain('The key has expired since');
    world.time.now = before;

    const { keyCompromised, keySuperseded } = openpgp.enums.reasonForRevocation;
    for (const [flag, says, not] of [
      [keySuperseded, 'The key was revoked later', 'no effect.'],
      [keyCompromised, 'nothing that it ever signed counts', 'still counts'],
    ] as const) {
      const eve = await makeAuthor('Eve');
      await world.service.ingest.submitCertificate(eve.certificate.armored);
      const { id } = await publish(await sign(eve, review('pkg:npm/states@3.0.0')));
      world.time.now += 60_000;
      const { publicKey } = await openpgp.revokeKey({
        key: eve.signer.key,
        date: new Date(world.time.now),
        reasonForRevocation: { flag, string: '' },
        format: 'armored',
      });
      await world.service.ingest.submitCertificate(publicKey);
      const { text } = await page(id);
      expect(text).toContain(says);
      expect(text).not.toContain(not);
    }
  });

  it('shows reviewer sets and source statements too', async () => {
    const set = await publish(
      await sign(ada, {
        kind: 'reviewer set',
        name: 'security',
        title: 'Security team',
        home: 'https://example.org/security',
        members: [
          {
            id: { 'id-type': 'openpgp', id: ben.identity.slice(8) },
            trust: 'medium',
            role: 'lead',
            scope: ['pkg:npm/*'],
          },
        ],
        policy: { require: { redundancy: '2' } },
      }),
    );
    const { text, html } = await page(set.id);
    for (const fact of ['Reviewer set Security team', 'Ben', 'medium', 'lead', 'pkg:npm/*', 'redundancy']) {
      expect(text).toContain(fact);
    }
    expect(html).toContain('<a href="https://example.org/security" rel="nofollow noreferrer">');
    const source = await publish(
      await sign(ada, {
        kind: 'source',
        package: {
          purl: 'pkg:npm/left@1.0.0',
          digests: { sha512: '0a'.repeat(64), sha256: 'ab'.repeat(32) },
        },
        manifest: [{ path: 'index.js', mode: '100644', digests: { sha256: 'cd'.repeat(32) } }],
      }),
    );
    expect((await page(source.id)).text).toContain('index.js');
  });

  it('is found by ledger index; a certificate leads to its identity', async () => {
    const { id, index } = await publish(await sign(ada, review('pkg:npm/indexed@1.0.0')));
    expect(await openPage(world.app, `/entries/${index}`)).toMatchObject({
      status: 302,
      location: `/statements/${id}`,
    });
    expect(await openPage(world.app, '/entries/0')).toMatchObject({
      status: 302,
      location: `/identities/${encodeURIComponent(ada.identity)}`,
    });
    expect((await openPage(world.app, '/entries/999999')).status).toBe(404);
    expect((await openPage(world.app, '/entries/-1')).status).toBe(400);
    expect((await openPage(world.app, '/entries/99999999999999999999')).status).toBe(400);
  });

  it('has one address', async () => {
    const { id } = await publish(await sign(ada, review('pkg:npm/address@1.0.0')));
    expect(await page(id.toUpperCase())).toMatchObject({ status: 301, location: `/statements/${id}` });
    expect((await page('ab'.repeat(32))).status).toBe(404);
    expect((await page('nonsense')).status).toBe(400);
  });

  describe('whatever strangers wrote', () => {
    const script = '<script>alert(1)</script><img src=x onerror=alert(2)>';

    it('stays text: script, templates, quotes', async () => {
      const { id } = await publish(
        await sign(ada, {
          ...review('pkg:npm/hostile@1.0.0%22%3E%3Cscript%3E'),
          comment: `${script} <%= 7777*7777 %> " onmouseover="alert(3)" \${7777*7777}`,
          'llm-agent': { model: script, 'human-guided': false },
          issues: [{ id: `"><script>`, severity: 'low', range: 'all', comment: script }],
          coverage: { read: [script] },
          disclosure: { relation: 'other', paid: false, comment: script },
        }),
      );
      const { html, text } = await page(id);
      expect(html).not.toContain('<script>alert');
      expect(html).not.toContain('<img src=x');
      expect(text).toContain('<%= 7777*7777 %>');
      expect(text).not.toContain('60481729');
    });

    it('makes no link of an address that is not of the web', async () => {
      for (const home of [
        'javascript:alert(1)',
        'data:text/html,x',
        'https://user:pass@example.org/',
        ' javascript:1',
      ]) {
        const { id } = await publish(
          await sign(ada, {
            kind: 'reviewer set',
            name: `set-${createHash('sha256').update(home).digest('hex').slice(0, 8)}`,
            title: script,
            home,
            members: [],
          }),
        );
        const { html } = await page(id);
        expect(html).not.toContain(`href="${home}`);
        expect(html).not.toMatch(/href="\s*(?:javascript|data):/i);
      }
    });

    it('may be long, and is shown whole in the signed text', async () => {
      const comment = 'x'.repeat(60_000);
      const { id } = await publish(await sign(ada, review('pkg:npm/long@1.0.0', { comment })));
      expect((await page(id)).html).toContain(comment);
    });
  });
});
