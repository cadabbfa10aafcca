// Signing in by an OpenID Connect provider, which runs as a process of its own, in a real browser.

import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import type { RequestListener } from 'node:http';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createApp } from '../../server/app.ts';
import { readConfig } from '../../server/config.ts';
import { listen, type HttpServer } from '../../server/http-server.ts';
import { createLogger } from '../../server/logger.ts';
import { runTypeScript } from '../support/run-typescript.ts';
import { pressAndLand } from './support/signing.ts';
import { describeSite } from './support/site.ts';

describeSite('signing in by a provider', (site) => {
  let provider: ChildProcess;
  let issuer: string;
  let http: HttpServer;
  let origin: string;

  beforeAll(async () => {
    // The provider has to know our address, and we its: so the address comes before the app.
    let app: RequestListener = (_request, response) => response.writeHead(503).end();
    http = await listen(
      (request, response) => {
        app(request, response);
      },
      { host: '127.0.0.1', port: 0 },
    );
    origin = http.address.replace('127.0.0.1', 'localhost');
    const main = join(import.meta.dirname, '../support/oidc-provider-process.ts');
    provider = runTypeScript(main, [`${origin}/sign-in/provider/callback`], { stderr: 'pipe' });
    if (provider.stdout === null) throw new Error('no standard output');
    [issuer] = (await once(createInterface({ input: provider.stdout }), 'line')) as [string];
    app = createApp({
      config: {
        ...readConfig({}).http,
        publicUrl: origin,
        oidc: { issuer, clientId: 'ledger', clientSecret: 'a secret of tests', name: 'Example' },
      },
      log: createLogger('silent'),
      state: site().world.state,
      clock: () => new Date(),
    });
  });
  afterAll(async () => {
    provider.kill();
    await http.stop(0);
  });

  it('leads through its pages and back, and knows the same person again', async () => {
    const names: (string | null)[] = [];
    for (let visit = 0; visit < 2; visit++) {
      // The provider's own pages are not ours to judge.
      const look = {
        elsewhere: [origin, issuer, 'https://fonts.googleapis.com'],
        tolerate: /fonts|favicon|127\.0\.0\.1/,
      };
      await site().browse(look, async ({ page }) => {
        await page.goto(`${origin}/sign-in?return=%2Fstyle`);
        await page.getByRole('link', { name: 'Sign in with Example' }).click();
        await page.waitForURL(`${issuer}/**`);
        await page.fill('[name=login]', 'ada');
        await page.fill('[name=password]', 'any');
        await pressAndLand(page, '[type=submit]');
        if (page.url().startsWith(issuer)) await pressAndLand(page, '[type=submit]');
        expect(page.url()).toBe(`${origin}/style`);
        names.push(await page.textContent('nav[aria-label=Main]'));
      });
    }
    expect(names[0]).not.toContain('Sign in');
    expect(names[1]).toBe(names[0]);
    const { rows } = await site().world.service.db.query('select subject from account_logins');
    expect(rows).toEqual([{ subject: 'ada' }]);
  });
});
