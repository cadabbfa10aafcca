// The instruments of the tests in a browser find what they are for: a page with every fault, requests with every leak.

import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { makeAuthor } from '../server/support/authors.ts';
import { describeInChromium, launchChromium } from './support/chromium.ts';
import { problemsOf } from './support/check-page.ts';
import { openTab } from './support/tab.ts';
import { leaks, type Traffic } from './support/traffic.ts';

const faulty = `<!doctype html>
<html lang="en"><head><title>Faulty</title><link rel="stylesheet" href="/style.css"></head>
<body><main><h1>Faulty</h1><p class="pale">Pale words</p><input name="nameless"><div class="wide">wide</div>
<img src="http://127.0.0.1:9/elsewhere.png" alt="elsewhere"><ul><p>no item</p></ul></main>
<script>window.ran = true;</script></body></html>`;
const style = `.pale { color: #bbb; background: #fff } .wide { width: 500px }
@media (prefers-color-scheme: dark) { .pale { color: #111; background: #000 } }`;

describeInChromium('the instruments', () => {
  let browser: Browser;
  let server: Server;
  let origin: string;

  beforeAll(async () => {
    browser = await launchChromium();
    server = createServer((request, response) => {
      const isStyle = request.url === '/style.css';
      response.setHeader('Content-Type', isStyle ? 'text/css' : 'text/html');
      response.setHeader('Content-Security-Policy', "default-src 'self'; require-trusted-types-for 'script'");
      response.end(isStyle ? style : faulty);
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    origin = `http://localhost:${(server.address() as AddressInfo).port}`;
  });
  afterAll(async () => {
    await browser.close();
    server.closeAllConnections();
    server.close();
  });

  it('finds pale text in light and dark, fields without labels, invalid HTML and sideways scrolling', async () => {
    const tab = await openTab(browser, origin, {});
    await tab.go('/');
    const problems = (await problemsOf(tab)).join('\n');
    expect(problems).toMatch(/^light, 1280 px: color-contrast/m);
    expect(problems).toMatch(/^dark, 320 px: color-contrast/m);
    expect(problems).toMatch(/^light, 1280 px: label/m);
    expect(problems).toMatch(/^HTML line \d+, element-permitted-content/m);
    expect(problems).toMatch(/^scrolls sideways at 320 px, to 5\d\d px: .*class="wide"/m);
    await tab.context.close();
  });

  it('notices violations of the policy, also with scripts off', async () => {
    for (const scripts of [true, false]) {
      const tab = await openTab(browser, origin, { scripts });
      await tab.go('/');
      expect(tab.complaints.join('\n')).toMatch(/img-src|elsewhere\.png/);
      if (scripts) expect(tab.complaints.join('\n')).toContain('policy: script-src-elem inline');
      await expect(tab.close()).rejects.toThrow('expected');
    }
  });
});

it('finds key material and passphrases in addresses, headers and bodies, in every encoding', async () => {
  const ada = await makeAuthor('Ada');
  const secrets = { passphrases: ['correct horse/battery+staple'], privateKeys: [ada.privateKey] };
  const send = (where: { url?: string; body?: string; header?: string }): Traffic => ({
    settled: () => Promise.resolve(),
    requests: [
      {
        method: 'POST',
        url: `http://localhost/${where.url ?? ''}`,
        headers: { 'x-note': where.header ?? '' },
        body: Buffer.from(where.body ?? ''),
      },
    ],
  });
  const [passphrase = ''] = secrets.passphrases;
  for (const traffic of [
    send({ body: ada.privateKey }),
    send({ body: new URLSearchParams({ document: ada.privateKey }).toString() }),
    send({ url: `?k=${encodeURIComponent(ada.privateKey.split('\n').slice(3, 5).join('\n'))}` }),
    send({ body: JSON.stringify({ passphrase }) }),
    send({ body: new URLSearchParams({ passphrase }).toString() }),
    send({ url: `?p=${encodeURIComponent(passphrase)}` }),
    send({ header: Buffer.from(`user:${passphrase}`).toString('base64') }),
    send({ header: Buffer.from(passphrase).toString('hex') }),
  ]) {
    expect(await leaks(traffic, secrets)).not.toEqual([]);
  }
  expect(
    await leaks(send({ body: ada.certificate.armored, url: '?q=correct', header: ada.identity }), secrets),
  ).toEqual([]);
});
