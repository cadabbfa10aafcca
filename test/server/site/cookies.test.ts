import express, { type Express } from 'express';
import request from 'supertest';
import { describe, expect, it } from 'vitest';
import { readCookie, writeCookie } from '../../../server/site/cookies.ts';

function makeApp(): Express {
  const app = express();
  app.get('/read', (asked, response) => {
    response.json({ value: readCookie(asked, 'theme') ?? null });
  });
  app.get('/write', (asked, response) => {
    writeCookie(response, 'theme', asked.query['value'] as string);
    response.sendStatus(204);
  });
  return app;
}

async function read(cookie?: string): Promise<unknown> {
  const asked = request(makeApp()).get('/read');
  if (cookie !== undefined) asked.set('Cookie', cookie);
  return ((await asked).body as { value: unknown }).value;
}

describe('the cookies of preferences', () => {
  it('are read by their name alone', async () => {
    expect(await read('a=b; theme=dark; mytheme=light')).toBe('dark');
    expect(await read('roots=x')).toBeNull();
    expect(await read()).toBeNull();
  });

  it('are read without harm when they are not what we wrote', async () => {
    for (const cookie of ['theme=%ZZ', 'theme', '=;;=', '__proto__=x; constructor=y', ';'.repeat(4000)]) {
      const value = await read(cookie);
      expect(value === null || typeof value === 'string', cookie.slice(0, 40)).toBe(true);
    }
    expect(await read('toString=x')).toBeNull();
  });

  it('are out of reach of scripts and of other sites, and last a year', async () => {
    const { headers } = await request(makeApp()).get('/write?value=dark');
    const [cookie = ''] = headers['set-cookie'] as unknown as string[];
    expect(cookie).toMatch(/^theme=dark; Max-Age=31536000; Path=\/; Expires=[^;]+; HttpOnly; SameSite=Lax$/);
  });

  it('cannot be made to say more than one cookie', async () => {
    const { headers } = await request(makeApp()).get(
      `/write?value=${encodeURIComponent('dark; Domain=example.org\r\nSet-Cookie: sid=1')}`,
    );
    const cookies = headers['set-cookie'] as unknown as string[];
    expect(cookies).toHaveLength(1);
    expect(cookies[0]).toMatch(/^theme=dark%3B%20Domain%3Dexample.org%0D%0ASet-Cookie%3A%20sid%3D1; Max-Age/);
  });

  it('go when the value is empty', async () => {
    const { headers } = await request(makeApp()).get('/write?value=');
    expect((headers['set-cookie'] as unknown as string[])[0]).toMatch(/^theme=; .*Expires=Thu, 01 Jan 1970/);
  });
});
