// The Chromium of this machine, for tests of the site in a real browser. None is downloaded.
//
// Where there is none, the tests are skipped and say so loudly, once a file.

import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import { chromium, type Browser } from 'playwright-core';
import { describe, it } from 'vitest';

const names = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];

/** Nothing but what a test asks for: no updates, no calls home, no first-run pages. */
const quiet = [
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** Path of Chromium: CHROMIUM_PATH, else the first one on the path or in /usr/bin; undefined when there is none. */
export function findChromium(): string | undefined {
  const given = process.env['CHROMIUM_PATH'];
  if (given !== undefined && given !== '') return given;
  const folders = [...(process.env['PATH'] ?? '').split(delimiter).filter(Boolean), '/usr/bin'];
  return names.flatMap((name) => folders.map((folder) => join(folder, name))).find(isProgram);
}

/** Starts a browser with a fresh profile. Throws when there is none. */
export async function launchChromium(): Promise<Browser> {
  const executablePath = findChromium();
  if (executablePath === undefined) throw new Error('No Chromium: set CHROMIUM_PATH.');
  // Chromium's sandbox refuses to run as root, which is what containers are.
  const sandbox = process.getuid?.() === 0 ? ['--no-sandbox'] : [];
  return chromium.launch({ executablePath, args: [...quiet, ...sandbox] });
}

/** `describe` for tests in a browser: skipped, with a warning that nobody overlooks, when there is none. */
export function describeInChromium(name: string, body: () => void): void {
  if (findChromium() !== undefined) {
    describe(name, body);
    return;
  }
  process.stderr.write(`\n!!! NOT TESTED, there is no Chromium (CHROMIUM_PATH): ${name}\n`);
  describe.skip(name, () => {
    it('runs when there is a Chromium', () => undefined);
  });
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
