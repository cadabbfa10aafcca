import express, { type Express } from 'express';
import request from 'supertest';
import { describe, expect, it } from 'vitest';
import { readConfig } from '../../../server/config.ts';
import { maxCookieRoots, readViewer, viewerOf } from '../../../server/site/viewer.ts';

const ada = `openpgp:${'A'.repeat(40)}`;
const now = new Date('2026-11-22T12:00:00Z');

function makeApp(): Express {
  const app = express();
  app.get('/nobody', (_request, response) => {
    response.json(viewerOf(response));
  });
  app.use(readViewer({ config: readConfig({}).http, clock: () => now }));
  app.get('/', (_request, response) => {
    response.json(viewerOf(response));
  });
  return app;
}

async function viewer(
  cookie = '',
  path = '/',
): Promise<{ roots: string[]; theme: string; account?: unknown }> {
  return (await request(makeApp()).get(path).set('Cookie', cookie)).body as never;
}

describe('a reader without an account', () => {
  it('has the roots and the theme of the cookies', async () => {
    const roots = encodeURIComponent(`${ada} ${ada.replaceAll('A', 'B')}#board`);
    expect(await viewer(`roots=${roots}; theme=dark`)).toMatchObject({
      roots: [ada, `${ada.replaceAll('A', 'B')}#board`],
      theme: 'dark',
    });
  });

  it('has none where the cookies are not what we wrote', async () => {
    for (const cookie of [
      'roots=; theme=',
      'theme=<script>',
      'roots=openpgp:1 %0d%0a x',
      'roots=%',
      'theme=__proto__',
    ]) {
      expect(await viewer(cookie)).toMatchObject({ roots: [], theme: 'system' });
    }
  });

  it('keeps the valid roots of a cookie that has others, up to the most that we keep', async () => {
    expect((await viewer(`roots=${encodeURIComponent(`nonsense ${ada} crev:short`)}`)).roots).toEqual([ada]);
    const many = Array.from(
      { length: maxCookieRoots + 5 },
      (_, at) => `openpgp:${String(at).padStart(40, '0')}`,
    );
    expect((await viewer(`roots=${encodeURIComponent(many.join(' '))}`)).roots).toHaveLength(maxCookieRoots);
  });

  it('is somebody unknown on pages that come before anybody asked', async () => {
    expect(await viewer('theme=dark', '/nobody')).toMatchObject({ roots: [], theme: 'system' });
  });
});
