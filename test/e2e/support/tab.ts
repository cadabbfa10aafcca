// One tab of a browser context of its own, with everything that happened in it: requests, and what went wrong.
//
// Closing it fails the test when a script threw, the console has an error, the content security policy was violated, a
// dialog came up, or anything was asked of another host.

import type { Browser, BrowserContext, Page, Request, Response } from 'playwright-core';
import { expect } from 'vitest';
import { recordTraffic, type Traffic } from './traffic.ts';

export interface Look {
  readonly scheme?: 'light' | 'dark';
  readonly width?: number;
  /** Whether scripts run. */
  readonly scripts?: boolean;
  /** Value of the header Cookie, of somebody who is signed in. */
  readonly cookie?: string;
  /** Other origins that the test itself leads to. */
  readonly elsewhere?: readonly string[];
  /** What is expected to go wrong: complaints that match are left out. */
  readonly tolerate?: RegExp;
}

export interface Tab {
  readonly page: Page;
  readonly context: BrowserContext;
  readonly traffic: Traffic;
  /** What went wrong so far. */
  readonly complaints: readonly string[];
  /** Opens a path of the site; returns the answer. */
  readonly go: (path: string) => Promise<Response>;
  /** The document that the tab shows, as it was served. */
  readonly source: () => Promise<string>;
  /** Checks that nothing went wrong, and closes the context. */
  readonly close: () => Promise<void>;
}

/** Opens a tab on a site, in a fresh context. */
export async function openTab(browser: Browser, origin: string, look: Look): Promise<Tab> {
  const { scheme = 'light', width = 1280, scripts = true, cookie, elsewhere = [], tolerate } = look;
  const context = await browser.newContext({
    baseURL: origin,
    colorScheme: scheme,
    viewport: { width, height: 900 },
    javaScriptEnabled: scripts,
    reducedMotion: 'reduce',
  });
  if (cookie !== undefined) {
    const [name = '', value = ''] = cookie.split('=');
    await context.addCookies([{ name, value, url: origin, httpOnly: true, sameSite: 'Lax' }]);
  }
  const complaints = await collectComplaints(context);
  const traffic = recordTraffic(context);
  const page = await context.newPage();
  let document: Response | undefined;
  page.on('response', (response) => {
    const request = response.request();
    const isPage = request.isNavigationRequest() && request.frame() === page.mainFrame();
    if (isPage && (response.status() < 300 || response.status() >= 400)) document = response;
    if (!isPage && response.status() >= 400) complaints.push(`${response.status()} for ${response.url()}`);
  });
  return {
    ...{ page, context, traffic, complaints },
    async go(path) {
      const response = await page.goto(path);
      if (response === null) throw new Error(`No answer for ${path}`);
      return response;
    },
    source: async () => (await document?.text()) ?? '',
    async close() {
      await traffic.settled();
      await context.close();
      const foreign = traffic.requests
        .map(({ url }) => url)
        .filter((url) => ![origin, ...elsewhere].some((one) => isOwn(url, one)));
      expect(foreign.map((url) => `request to another host: ${url}`)).toEqual([]);
      expect([...new Set(complaints)].filter((complaint) => tolerate?.test(complaint) !== true)).toEqual([]);
    },
  };
}

async function collectComplaints(context: BrowserContext): Promise<string[]> {
  const complaints: string[] = [];
  const documents = new Set<string>();
  context.on('request', (request: Request) => {
    if (request.isNavigationRequest()) documents.add(request.url());
  });
  context.on('console', (message) => {
    if (!['error', 'warning', 'assert'].includes(message.type())) return;
    // That a page was answered with 404 or 422 is what the test looks at itself.
    const isStatus = message.text().startsWith('Failed to load resource: the server responded with a status');
    if (isStatus && documents.has(message.location().url)) return;
    complaints.push(`console: ${message.text()} at ${message.location().url}`);
  });
  context.on('weberror', (error) => {
    complaints.push(`script: ${String(error.error())}`);
  });
  context.on('dialog', (dialog) => {
    complaints.push(`dialog: ${dialog.message()}`);
    void dialog.dismiss();
  });
  await context.exposeBinding('reportViolation', (_source, what: string) => {
    complaints.push(`policy: ${what}`);
  });
  await context.addInitScript(() => {
    addEventListener('securitypolicyviolation', (event) => {
      const what = `${event.violatedDirective} ${event.blockedURI} ${event.sourceFile}:${event.lineNumber}`;
      (window as unknown as { reportViolation: (what: string) => void }).reportViolation(what);
    });
  });
  return complaints;
}

function isOwn(url: string, origin: string): boolean {
  return url.startsWith(`${origin}/`) || /^(?:blob|data|about|chrome-error):/.test(url);
}
