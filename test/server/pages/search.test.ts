import { beforeAll, expect, it } from 'vitest';
import { fromHex, toBase64 } from '../../../core/bytes.ts';
import { describeDatabases } from '../../support/database.ts';
import { bytesOf, makeAuthor, review, sign, type Author } from '../support/authors.ts';
import { openPage, type OpenedPage } from '../support/open-page.ts';
import { makeWorld, type World } from '../support/world.ts';

describeDatabases('searching', (open) => {
  let world: World;
  let ada: Author;
  let id: string;

  const search = (q: string): Promise<OpenedPage> =>
    openPage(world.app, `/search?q=${encodeURIComponent(q)}`);

  beforeAll(async () => {
    world = await makeWorld(await open());
    ada = await makeAuthor('Ada');
    await world.service.ingest.submitCertificate(ada.certificate.armored);
    const { ingest } = world.service;
    ({ id } = await ingest.submitStatement(await sign(ada, review('pkg:npm/left-pad@1.3.0'))));
    for (const purl of [
      'pkg:npm/left-pad@1.2.0',
      'pkg:npm/left@1.0.0',
      'pkg:npm/%40scope/lefty@1.0.0',
      'pkg:golang/github.com/gorilla/mux@v1.0.0',
      'pkg:cargo/lonely@1.0.0',
    ]) {
      await ingest.submitStatement(await sign(ada, review(purl)));
    }
    const crev = { purl: 'pkg:cargo/hashed@1.0.0', digests: { sha256: 'ab'.repeat(32) } };
    await ingest.submitStatement(await sign(ada, review(crev.purl, { package: crev })));
  });

  it('leads to the one exact hit, whatever was typed', async () => {
    const sha512 = bytesOf('pkg:npm/left-pad@1.3.0');
    const fingerprint = ada.identity.slice('openpgp:'.length);
    const page = '/packages/npm/left-pad@1.3.0';
    const identity = `/identities/${encodeURIComponent(ada.identity)}`;
    for (const [typed, place] of [
      ['pkg:npm/left-pad@1.3.0', page],
      ['pkg:npm/@scope/lefty@1.0.0', '/packages/npm/%40scope/lefty@1.0.0'],
      [sha512, page],
      [sha512.toUpperCase(), page],
      [`sha512:${sha512}`, page],
      [`sha512-${toBase64(fromHex(sha512))}`, page],
      [toBase64(fromHex(sha512)), page],
      ['ab'.repeat(32), '/packages/cargo/hashed@1.0.0'],
      [`sha256:${'ab'.repeat(32)}`, '/packages/cargo/hashed@1.0.0'],
      [ada.identity, identity],
      [`${ada.identity}#set`, identity],
      [fingerprint, identity],
      [fingerprint.toLowerCase(), identity],
      [fingerprint.replaceAll(/(.{4})/g, '$1 '), identity],
      [`0x${fingerprint.slice(-16)}`, identity],
      ['ada@example.org', identity],
      ['ADA@example.org', identity],
      [id, `/statements/${id}`],
      ['0', '/entries/0'],
      ['#1', '/entries/1'],
      ['lonely', '/packages/cargo/lonely'],
      ['LONELY', '/packages/cargo/lonely'],
      ['github.com/gorilla/mux', '/packages/golang/github.com/gorilla/mux'],
      ['@scope/lefty', '/packages/npm/%40scope/lefty'],
    ] as const) {
      expect(await search(typed), typed).toMatchObject({ status: 302, location: place });
    }
  });

  it('finds packages by the beginning of their name, in either case, with how much is said of each', async () => {
    const { status, text, html } = await search('LEFT');
    expect(status).toBe(200);
    expect(text).toContain('3 results for LEFT');
    for (const path of ['/packages/npm/left', '/packages/npm/left-pad', '/packages/npm/%40scope/lefty']) {
      expect(html).toContain(`href="${path}"`);
    }
    const typed = await search('pkg:npm/');
    expect(typed.status).toBeLessThan(500);
  });

  it('teaches the syntax when nothing was typed, and when nothing was found', async () => {
    for (const seen of [await openPage(world.app, '/search'), await search('nothing-of-this-name')]) {
      expect(seen.status).toBe(200);
      expect(seen.text).toContain('What can be searched for');
      expect(seen.text).toContain('A fingerprint or key id');
    }
  });

  it('reflects what was typed as text only, and bounds it', async () => {
    for (const typed of [
      '<script>alert(1)</script>',
      '"><img src=x onerror=alert(1)>',
      '<%= 7777*7777 %>',
      '\u202Eevil',
      "' or 1=1 --",
      '%',
      '\\',
      '\0',
      'pkg:',
      'pkg:npm/%E0%A4%A',
      '@',
      '/',
      '@@@',
      '\ud800',
    ]) {
      const seen = await openPage(
        world.app,
        `/search?q=${typed === '\ud800' ? '%ED%A0%80' : encodeURIComponent(typed)}`,
      );
      expect(seen.status, typed).toBe(200);
      expect(seen.html).not.toContain('<script>alert');
      expect(seen.html).not.toContain('<img src=x');
      expect(seen.text).not.toContain('60481729');
      expect(seen.html).not.toContain('\u202E');
    }
    expect((await search('x'.repeat(5000))).text).toContain('longer than 512 characters');
    expect((await openPage(world.app, '/search?q=a&q=b')).status).toBe(200);
  });
});
