// The service running for browsers: its app on a port of its own, on the embedded database and on PostgreSQL.
//
// The clock is the real one, since browser and gpg have no other.

import { afterAll, beforeAll } from 'vitest';
import type { Browser } from 'playwright-core';
import { listen, type HttpServer } from '../../../server/http-server.ts';
import { makeWorld, type World, type WorldOptions } from '../../server/support/world.ts';
import { describeDatabases, type DatabaseKind } from '../../support/database.ts';
import { describeInChromium, launchChromium } from './chromium.ts';
import { openTab, type Look, type Tab } from './tab.ts';

export interface Site {
  readonly world: World;
  /** Such as http://localhost:40123; localhost, because browsers give passkeys to secure places only. */
  readonly origin: string;
  readonly kind: DatabaseKind;
  /** Opens a fresh browser context, works in its tab, closes it, and fails when anything in it went wrong. */
  browse<Result>(look: Look, work: (tab: Tab) => Promise<Result>): Promise<Result>;
}

export interface SiteOptions extends WorldOptions {
  /** Fills the ledger, before the first test. */
  readonly prepare?: (site: Site) => Promise<void>;
}

/** Runs a suite in a real browser against the running service, once for each kind of database. */
export function describeSite(
  name: string,
  body: (site: () => Site) => void,
  options: SiteOptions = {},
): void {
  describeInChromium(name, () => {
    let browser: Browser;
    beforeAll(async () => {
      browser = await launchChromium();
    });
    afterAll(async () => {
      await browser.close();
    });

    describeDatabases('over', (open, kind) => {
      let site: Site;
      let http: HttpServer;
      beforeAll(async () => {
        const world = await makeWorld(await open(), { clock: () => new Date(), ...options });
        http = await listen(world.app, { host: '127.0.0.1', port: 0 });
        const origin = http.address.replace('127.0.0.1', 'localhost');
        site = {
          ...{ world, origin, kind },
          browse: async (look, work) => {
            const tab = await openTab(browser, origin, look);
            let result;
            try {
              result = await work(tab);
            } catch (error) {
              // What the browser complained about is often why.
              if (error instanceof Error) error.message += ['', ...new Set(tab.complaints)].join('\n');
              await tab.context.close();
              throw error;
            }
            await tab.close();
            return result;
          },
        };
        await options.prepare?.(site);
      });
      afterAll(async () => {
        await http.stop(0);
      });
      body(() => site);
    });
  });
}
