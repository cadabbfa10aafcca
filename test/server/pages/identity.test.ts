import { beforeAll, expect, it } from 'vitest';
import * as openpgp from 'openpgp';
import { splitIdentity } from '../../../core/identity.ts';
import { formatStatement } from '../../../core/statement/canonical.ts';
import { generateKey, openSigner, signCleartext } from '../../../core/statement/openpgp/sign.ts';
import type { Statement } from '../../../core/statement/statement.ts';
import { describeDatabases } from '../../support/database.ts';
import { keyDate, makeAuthor, review, sign, signedAt, trustIn, type Author } from '../support/authors.ts';
import { openPage, sendForm, type OpenedPage } from '../support/open-page.ts';
import { signIn } from '../support/sign-in.ts';
import { makeWorld, type World } from '../support/world.ts';

describeDatabases('the page of an identity', (open) => {
  let world: World;
  let ada: Author;
  let ben: Author;
  const page = (identity: string, cookie?: string): Promise<OpenedPage> =>
    openPage(world.app, `/identities/${encodeURIComponent(identity)}`, cookie);

  beforeAll(async () => {
    world = await makeWorld(await open());
    [ada, ben] = await Promise.all([makeAuthor('Ada'), makeAuthor('Ben')]);
    const { ingest } = world.service;
    for (const one of [ada, ben]) await ingest.submitCertificate(one.certificate.armored);
    await ingest.submitStatement(await sign(ada, trustIn(ben.identity, 'high')));
    await ingest.submitStatement(
      await sign(ada, {
        kind: 'reviewer set',
        name: 'core',
        title: 'Core team',
        members: [{ id: splitIdentity(ben.identity), trust: 'medium' }],
      }),
    );
    for (let i = 0; i < 25; i++) await ingest.submitStatement(await sign(ben, review(`pkg:npm/p${i}@1.0.0`)));
    const { id } = await ingest.submitStatement(await sign(ben, review('pkg:npm/wrong@1.0.0')));
    await ingest.submitStatement(
      await sign(ben, { kind: 'retraction', statement: id as never, reason: 'mistake' }),
    );
  });

  it('keeps what is verified apart from what is claimed', async () => {
    await signIn(world, { keys: [ben.identity] });
    const { text, html } = await page(ben.identity);
    const [verified = '', claimed = ''] = text.split('Claimed, not verified');
    expect(verified.slice(verified.indexOf('Verified By signatures'))).toContain('ed25519');
    expect(verified).toContain('has proven to hold this key');
    expect(claimed).toContain('Ben <ben@example.org>');
    expect(text).toContain(ben.identity.slice(8).replaceAll(/(.{4})(?=.)/g, '$1 '));
    expect(html).toContain(`data-copy="${ben.identity}"`);
  });

  it('shows reviews page by page, trust both ways, sets and retractions', async () => {
    const { text, html } = await page(ben.identity);
    expect(html.match(/<article/g)).toHaveLength(20);
    const next = /\?before=(\d+)#reviews/.exec(html)?.[1];
    const second = await openPage(
      world.app,
      `/identities/${encodeURIComponent(ben.identity)}?before=${next!}`,
    );
    expect(second.html.match(/<article/g)).toHaveLength(6);
    expect(text).toContain('Who trusts them Reviewer Trust Ledger index Ada');
    expect(text).toContain('Core team set core by Ada member, trusted medium');
    expect(text).toContain('What they withdrew');
    const other = await page(ada.identity);
    expect(other.text).toContain('Whom they trust Reviewer Trust Ledger index Ben');
    expect(other.text).toContain('they publish it');
  });

  it('says how the reader comes to trust them, and lets the reader trust them directly', async () => {
    expect((await page(ben.identity)).text).toContain('You have not said whom you trust');
    const added = await sendForm(world.app, '/preferences/roots', {
      root: ada.identity,
      change: 'add',
      return: `/identities/${encodeURIComponent(ben.identity)}`,
    });
    const cookie = added.cookies.find((one) => one.startsWith('roots='))?.split(';')[0] ?? '';
    const seen = await page(ben.identity, cookie);
    expect(seen.text).toContain('trusted: high you → Ada → ( high ) → Ben');
    const own = await page(ada.identity, cookie);
    expect(own.text).toContain('you trust them directly');
    expect(own.text).toContain('Do not trust it directly any more');
    const stranger = await makeAuthor('Stranger');
    await world.service.ingest.submitCertificate(stranger.certificate.armored);
    expect((await page(stranger.identity, cookie)).text).toContain(
      'They would come into your web of trust if',
    );
  });

  it('shows a revocation loudly, with the history of the key', async () => {
    const eve = await makeAuthor('Eve');
    const { ingest } = world.service;
    await ingest.submitCertificate(eve.certificate.armored);
    const { publicKey } = await openpgp.revokeKey({
      key: eve.signer.key,
      date: new Date(world.time.now),
      reasonForRevocation: { flag: openpgp.enums.reasonForRevocation.keyCompromised, string: '' },
      format: 'armored',
    });
    await ingest.submitCertificate(publicKey);
    const { html, text } = await page(eve.identity);
    expect(html).toContain('class="alarm"');
    expect(text).toContain('nothing that the key ever signed counts');
    expect(text).toMatch(/Key history, by ledger index \d+ \d+/);
  });

  it('reads well of a crev id without an address, and of somebody unknown', async () => {
    const crev = 'crev:FYlr8YoYGVvDwHQxqEIs89reKKDy-oWisoO0qXXEfHE';
    const { status, text } = await page(crev);
    expect(status).toBe(200);
    expect(text).toContain('The ledger has never heard of this identity');
    expect(text).toContain('They name no address.');
    expect((await page(ben.identity.toLowerCase())).location).toBe(
      `/identities/${encodeURIComponent(ben.identity)}`,
    );
    for (const bad of ['nobody', '<script>', 'openpgp:zz', 'crev:short'])
      expect((await page(bad)).status).toBe(400);
  });

  it('shows what strangers wrote into user ids and addresses as text', async () => {
    const made = await generateKey({
      name: '<script>alert(1)</script> <%= 7777*7777 %>',
      email: 'x@example.org',
      date: keyDate,
    });
    const mallory: Author = { ...made, signer: await openSigner(made.privateKey) };
    await world.service.ingest.submitCertificate(made.certificate.armored);
    for (const url of ['javascript:alert(1)', 'https://example.org/"><script>']) {
      const statement: Statement = {
        ...review(`pkg:npm/${url.startsWith('j') ? 'a' : 'b'}@1.0.0`),
        version: 1,
        date: signedAt.toISOString(),
        from: { ...splitIdentity(mallory.identity), url },
      };
      const document = await signCleartext(formatStatement(statement), mallory.signer, signedAt);
      await world.service.ingest.submitStatement(document);
      const { html, text } = await page(mallory.identity);
      expect(text).toContain(url.slice(0, 18));
      expect(html).not.toContain('<script>alert');
      expect(html).not.toContain('href="javascript:');
      expect(text).not.toContain('60481729');
    }
  });
});
