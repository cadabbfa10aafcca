// From a key to a review in the ledger, as people do it: in the browser, and with gpg and scripts off. No request carries a
// private key or its passphrase.

import { readFileSync } from 'node:fs';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { GpgHome, hasGpg } from '../cli/support/gpg-home.ts';
import { bytesOf, type Author } from '../server/support/authors.ts';
import { makePerson } from './support/people.ts';
import { pressAndLand, signInBrowser, signWithGpg } from './support/signing.ts';
import { describeSite } from './support/site.ts';
import { leaks } from './support/traffic.ts';

const passphrase = 'nine ∆ quiet horses/+&=';
const purl = 'pkg:npm/left-pad@1.3.0';

/** Fills in the form for a review. */
async function compose(page: Page, comment: string): Promise<void> {
  await page.fill('#package-purl', purl);
  await page.fill('#package-digests', `sha512: ${bytesOf(purl)}`);
  await page.check('input[name=review-thoroughness][value=high]');
  await page.check('input[name=review-understanding][value=medium]');
  await page.check('input[name=review-rating][value=positive]');
  await page.fill('#comment', comment);
}

/** The page with the receipt: which statement it is of. */
async function published(page: Page): Promise<string> {
  expect(new URL(page.url()).pathname).toMatch(/^\/published\/[0-9a-f]{64}$/);
  expect(await page.textContent('main')).toContain('verified and recorded');
  expect(await page.textContent('pre[aria-label=Receipt]')).toContain('c2sp.org/tlog-proof@v1');
  return page.url().slice(-64);
}

const sign = 'button[name=do][value=sign]';

describeSite('from a key to a review', (site) => {
  let ada: Author;
  beforeAll(async () => {
    ada = await makePerson('Ada', passphrase);
  });

  it('leads through joining, composing and signing in the browser, to trust and to a retraction', async () => {
    await site().browse({}, async ({ page, go, traffic }) => {
      await go('/join');
      await page.check('input[name=publish]');
      await signInBrowser(page, ada.privateKey, passphrase);
      expect(new URL(page.url()).pathname).toBe('/account');

      await go('/review');
      await compose(page, 'Read twice.\n\nNothing to fear.');
      await pressAndLand(page, sign);
      const text = await page.textContent('#text-to-sign');
      expect(text).toContain('rating: positive');
      await signInBrowser(page, ada.privateKey, passphrase);
      const review = await published(page);
      await go(`/statements/${review}`);
      expect(await page.textContent('main')).toContain(text?.trim());

      await go('/trust');
      await page.fill('#ids', `openpgp:${'B'.repeat(40)}`);
      await page.check('input[name=trust][value=medium]');
      await pressAndLand(page, sign);
      await signInBrowser(page, ada.privateKey, passphrase);
      await published(page);

      await go(`/retract?statement=${review}`);
      await page.check('input[name=reason][value=mistake]');
      await pressAndLand(page, sign);
      await signInBrowser(page, ada.privateKey, passphrase);
      await published(page);
      await go(`/statements/${review}`);
      expect(await page.textContent('main')).toMatch(/retracted|withdrawn/i);

      await traffic.settled();
      expect(traffic.requests.filter(({ method }) => method === 'POST').length).toBeGreaterThan(6);
      expect(await leaks(traffic, { passphrases: [passphrase], privateKeys: [ada.privateKey] })).toEqual([]);
    });
  });

  it('shows the text to be signed while it is written, as it will be', async () => {
    await site().browse({}, async ({ page, go }) => {
      await go('/review');
      await compose(page, 'Live.');
      await page.fill('#author-other', ada.identity.slice('openpgp:'.length));
      await page.locator('#preview', { hasText: 'comment: Live.' }).waitFor();
      const preview = (await page.textContent('#preview')) ?? '';
      await pressAndLand(page, sign);
      const withoutDate = (text: string): string => text.replace(/^date: .*$/m, '').trim();
      expect(withoutDate((await page.textContent('#text-to-sign')) ?? '')).toBe(withoutDate(preview));
    });
  });

  it('keeps what was filled in when something is missing, and says what, with scripts off', async () => {
    await site().browse({ scripts: false }, async ({ page, go }) => {
      await go('/review');
      await page.fill('#package-purl', 'no purl');
      await page.fill('#comment', 'Long thoughts.');
      await pressAndLand(page, sign);
      expect(await page.textContent('#errors')).toBeTruthy();
      expect(await page.inputValue('#comment')).toBe('Long thoughts.');
      expect(await page.inputValue('#package-purl')).toBe('no purl');
    });
  });

  it('hashes an archive in the browser and uploads nothing of it', async () => {
    const archive = Buffer.from('not an archive, but bytes that were read');
    await site().browse({}, async ({ page, go, traffic }) => {
      await go('/review');
      await page.setInputFiles('#package-archive', {
        name: 'left-pad-1.3.0.tgz',
        mimeType: 'application/gzip',
        buffer: archive,
      });
      await page.waitForFunction(
        () =>
          document.querySelector<HTMLTextAreaElement>('#package-digests')?.value.includes('sha512') === true,
      );
      await traffic.settled();
      expect(traffic.requests.filter(({ body }) => body.includes(archive))).toEqual([]);
    });
  });

  it('makes a key in the browser, which has to be saved before its public half is published', async () => {
    await site().browse({ tolerate: /beforeunload/ }, async ({ page, go, traffic }) => {
      await go('/keys/new');
      await page.fill('#key-name', 'Nell');
      await page.fill('#new-passphrase', passphrase);
      await page.fill('#new-passphrase-again', passphrase);
      await page.click('#make-now');
      await page.locator('#save-key').waitFor({ state: 'visible' });
      const publish = page.locator('#publish-key button[type=submit]');
      expect(await publish.isDisabled()).toBe(true);
      const save = async (id: string): Promise<string> => {
        const [download] = await Promise.all([page.waitForEvent('download'), page.click(id)]);
        return readFileSync(await download.path(), 'utf8');
      };
      const privateKey = await save('#save-private');
      expect(await publish.isDisabled()).toBe(true);
      const revocation = await save('#save-revocation');
      expect(privateKey).toContain('BEGIN PGP PRIVATE KEY BLOCK');
      expect(revocation).toContain('BEGIN PGP PUBLIC KEY BLOCK');
      expect(await publish.isDisabled()).toBe(true);
      const fingerprint = ((await page.textContent('#new-fingerprint')) ?? '').replaceAll(' ', '');
      await page.fill('#typed-fingerprint', fingerprint.slice(-8));
      expect(await publish.isDisabled()).toBe(false);
      await pressAndLand(page, '#publish-key button[type=submit]');
      expect(await page.textContent('h1')).toBe('The key is published');

      // It signs, and what it signs is taken.
      await go('/review');
      await compose(page, 'By a new key.');
      await page.fill('#author-other', fingerprint);
      await pressAndLand(page, sign);
      await signInBrowser(page, privateKey, passphrase);
      await published(page);
      await traffic.settled();
      expect(await leaks(traffic, { passphrases: [passphrase], privateKeys: [privateKey] })).toEqual([]);
      expect(traffic.requests.some(({ body }) => body.includes(revocation.slice(100, 150)))).toBe(false);
    });
  });

  describe.skipIf(!hasGpg())('with gpg and scripts off', () => {
    let gpg: GpgHome;
    let fingerprint: string;
    beforeAll(() => {
      gpg = new GpgHome();
      fingerprint = gpg.generate('Gregor <gregor@example.org>');
    });
    afterAll(() => {
      gpg.remove();
    });

    it('leads through joining, composing and pasting to the receipt', async () => {
      await site().browse({ scripts: false }, async ({ page, go, traffic, context }) => {
        await go('/join?return=%2Freview');
        await signWithGpg(page, gpg, fingerprint);
        expect(new URL(page.url()).pathname).toBe('/review');
        await compose(page, 'Read with gpg.');
        await pressAndLand(page, sign);
        await signWithGpg(page, gpg, fingerprint);
        const review = await published(page);
        // What the ledger gives out verifies with gpg.
        const document = await context.request.get(`/api/v1/statements/${review}/document`);
        expect(gpg.run(['--decrypt'], await document.text())).toContain('Read with gpg.');
        const secret = gpg.gpg('--armor', '--export-secret-keys', fingerprint);
        await traffic.settled();
        expect(await leaks(traffic, { passphrases: [], privateKeys: [secret] })).toEqual([]);
      });
    });

    it('tells of a signature that does not fit, and keeps what was pasted', async () => {
      await site().browse({ scripts: false }, async ({ page, go }) => {
        await go('/publish');
        const signed = gpg.run(['--local-user', fingerprint, '--clearsign'], 'kind: nothing\n');
        await page.fill('#document', signed.replace('nothing', 'something'));
        await pressAndLand(
          page,
          '#publish-form button[type=submit], form[action="/publish"] button[type=submit]',
        );
        expect(await page.textContent('#errors')).toBeTruthy();
        expect(await page.inputValue('#document')).toContain('kind: something');
      });
    });
  });
});
