// Joining and signing in, by each way, in a real browser. No request carries a private key or its passphrase.

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { GpgHome, hasGpg } from '../cli/support/gpg-home.ts';
import type { Author } from '../server/support/authors.ts';
import { signIn } from '../server/support/sign-in.ts';
import { makePerson } from './support/people.ts';
import { describeSite } from './support/site.ts';
import { pressAndLand, signInBrowser, signWithGpg } from './support/signing.ts';
import { leaks } from './support/traffic.ts';

const passphrase = 'seven ∆ quiet horses/+&=';

describeSite('joining and signing in', (site) => {
  let ada: Author;
  beforeAll(async () => {
    ada = await makePerson('Ada', passphrase);
  });

  it('goes by a key in the browser: joining, leaving, and coming back as the same', async () => {
    await site().browse({}, async ({ page, go, traffic, context }) => {
      for (const path of ['/join', '/sign-in']) {
        await go(`${path}?return=%2Fstyle`);
        await signInBrowser(page, ada.privateKey, passphrase);
        expect(new URL(page.url()).pathname).toBe('/style');
        expect(await page.textContent('nav[aria-label=Main]')).toContain(ada.identity.slice(-4));
        const [cookie, ...others] = await context.cookies();
        expect(cookie).toMatchObject({ name: 'sid', httpOnly: true, sameSite: 'Lax', path: '/' });
        expect(others).toEqual([]);
        await context.clearCookies();
      }
      await traffic.settled();
      expect(await leaks(traffic, { passphrases: [passphrase], privateKeys: [ada.privateKey] })).toEqual([]);
    });
    const { rows } = await site().world.service.db.query('select from account_keys where identity = $1', [
      ada.identity,
    ]);
    expect(rows).toHaveLength(1);
  });

  it('says so when the passphrase is wrong, keeps what was chosen, and sends nothing', async () => {
    await site().browse({}, async ({ page, go, traffic }) => {
      await go('/sign-in?return=%2Fstyle');
      await page.fill('#key-passphrase', 'not the passphrase');
      await page.setInputFiles('#key-file', {
        name: 'secret-key.asc',
        mimeType: 'application/pgp-keys',
        buffer: Buffer.from(ada.privateKey),
      });
      await page.click('#sign-now');
      await page.locator('#sign-status', { hasText: /passphrase/i }).waitFor();
      expect(new URL(page.url()).pathname).toBe('/sign-in');
      expect(traffic.requests.filter(({ method }) => method !== 'GET')).toEqual([]);
      await page.fill('#key-passphrase', passphrase);
      await pressAndLand(page, '#sign-now');
      expect(new URL(page.url()).pathname).toBe('/style');
    });
  });

  it('goes by user name and password, with scripts off', async () => {
    const userName = `walker-${site().kind}`;
    await site().browse({ scripts: false }, async ({ page, go, context }) => {
      await go('/join?return=%2Fstyle');
      await page.fill('#user-name', userName);
      await page.fill('#password', 'short');
      await pressAndLand(page, 'form[action="/join"] button[type=submit]');
      expect(await page.textContent('#errors')).toContain('12');
      expect(await page.inputValue('#user-name')).toBe(userName);
      expect(await page.inputValue('#password')).toBe('');
      await page.fill('#password', 'correct horse battery');
      await pressAndLand(page, 'form[action="/join"] button[type=submit]');
      expect(new URL(page.url()).pathname).toBe('/style');
      expect(await page.textContent('nav[aria-label=Main]')).toContain(userName);

      await context.clearCookies();
      await go('/sign-in?return=%2Fstyle');
      await page.fill('#user-name', userName);
      await page.fill('#password', 'wrong horse battery');
      await pressAndLand(page, 'form[action="/sign-in"] button[type=submit]');
      expect(await page.textContent('#errors')).toContain('do not fit together');
      await page.fill('#password', 'correct horse battery');
      await pressAndLand(page, 'form[action="/sign-in"] button[type=submit]');
      expect(await page.textContent('nav[aria-label=Main]')).toContain(userName);
    });
  });

  it('goes by a passkey, which is added first', async () => {
    const { cookie, account } = await signIn(site().world);
    await site().browse({ cookie }, async ({ page, go, context }) => {
      const devtools = await context.newCDPSession(page);
      await devtools.send('WebAuthn.enable');
      await devtools.send('WebAuthn.addVirtualAuthenticator', {
        options: {
          protocol: 'ctap2',
          transport: 'internal',
          hasResidentKey: true,
          hasUserVerification: true,
          isUserVerified: true,
          automaticPresenceSimulation: true,
        },
      });
      await go('/account/passkeys');
      await page.fill('#name', 'The test’s own');
      await pressAndLand(page, '#passkey-go');
      expect(await page.textContent('main table')).toContain('The test’s own');
      await context.clearCookies();
      await go('/sign-in?return=%2Fstyle');
      await pressAndLand(page, '#passkey-go');
      expect(new URL(page.url()).pathname).toBe('/style');
      expect(await page.textContent('nav[aria-label=Main]')).toContain(account.userName);
    });
  });

  describe.skipIf(!hasGpg())('with gpg', () => {
    let gpg: GpgHome;
    let fingerprint: string;
    beforeAll(() => {
      gpg = new GpgHome();
      fingerprint = gpg.generate('Gregor <gregor@example.org>');
    });
    afterAll(() => {
      gpg.remove();
    });

    it('goes by pasting what gpg signed, with scripts off', async () => {
      await site().browse({ scripts: false }, async ({ page, go, traffic }) => {
        await go('/join?return=%2Fstyle');
        await signWithGpg(page, gpg, fingerprint);
        expect(new URL(page.url()).pathname).toBe('/style');
        expect(await page.textContent('nav[aria-label=Main]')).toContain(fingerprint.slice(-4));
        const secret = gpg.gpg('--armor', '--export-secret-keys', fingerprint);
        await traffic.settled();
        expect(await leaks(traffic, { passphrases: [], privateKeys: [secret] })).toEqual([]);
      });
    });
  });
});
