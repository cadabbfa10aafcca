// The two ways of signing on a page, as people do it: with the key in the browser, or with gpg and by pasting.

import type { Page } from 'playwright-core';
import type { GpgHome } from '../../cli/support/gpg-home.ts';

/** Signs what the page shows with a private key that is chosen as a file, and sends it. Resolves on the next page. */
export async function signInBrowser(page: Page, privateKey: string, passphrase: string): Promise<void> {
  await page.setInputFiles('#key-file', {
    name: 'secret-key.asc',
    mimeType: 'application/pgp-keys',
    buffer: Buffer.from(privateKey),
  });
  await page.fill('#key-passphrase', passphrase);
  await pressAndLand(page, '#sign-now');
}

/** Signs what the page shows with gpg, pastes the result with the public key, and sends it. Needs no scripts. */
export async function signWithGpg(page: Page, gpg: GpgHome, fingerprint: string): Promise<void> {
  const text = (await page.textContent('#text-to-sign')) ?? '';
  const signed = gpg.run(['--local-user', fingerprint, '--clearsign'], `${text}\n`);
  await page.fill('#document', signed);
  await page.fill('#certificate', gpg.gpg('--armor', '--export', fingerprint));
  await pressAndLand(page, '#publish-form button[type=submit]');
}

/** Presses a button that leads to another page, and waits for that page. */
export async function pressAndLand(page: Page, button: string): Promise<void> {
  const landed = page.waitForEvent('load');
  await page.click(button);
  await landed;
}
