// What every page is behind: headers, cookies, bounds of bodies, limits of requests. Held over all routes, not one by one.

import { connect } from 'node:net';
import request from 'supertest';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Database } from '../../../db/database.ts';
import { listen, type HttpServer } from '../../../server/http-server.ts';
import { describeDatabases } from '../../support/database.ts';
import { logFolder } from '../../support/log-config.ts';
import { signIn } from '../support/sign-in.ts';
import { makeWorld, type World } from '../support/world.ts';

const pages = [
  '/',
  '/style',
  '/publish',
  '/sign-in',
  '/join',
  '/organisations',
  '/nothing-here',
  `/statements/${'0'.repeat(64)}`,
];
const forms = [
  '/preferences/theme',
  '/preferences/roots',
  '/publish',
  '/sign-in',
  '/sign-in/key',
  '/join',
  '/sign/download',
];

/** What a header of an answer says, as one text. */
function header(response: request.Response, name: string): string {
  const value: unknown = response.headers[name];
  return Array.isArray(value) ? value.join('\n') : typeof value === 'string' ? value : '';
}

describeDatabases('the defences of the site', (open) => {
  let db: Database;
  let world: World;
  const folder = logFolder();
  beforeAll(async () => {
    db = await open();
    world = await makeWorld(db, { folder, http: { bodySeconds: 1 } });
  });

  const get = (path: string, cookie = ''): request.Test =>
    request(world.app).get(path).set('Accept', 'text/html').set('Cookie', cookie);
  const post = (path: string, body: string | Buffer = '', cookie = ''): request.Test =>
    request(world.app)
      .post(path)
      .set('Accept', 'text/html')
      .set('Cookie', cookie)
      .type('application/x-www-form-urlencoded')
      .send(body);

  describe('headers', () => {
    it('allow a page nothing but its own scripts, styles and forms, and no frame around it', async () => {
      for (const answer of await Promise.all([
        ...pages.map((path) => get(path)),
        ...forms.map((path) => post(path)),
      ])) {
        const policy = header(answer, 'content-security-policy');
        for (const directive of [
          "default-src 'none'",
          "script-src 'self'",
          "style-src 'self'",
          "form-action 'self'",
          "frame-ancestors 'none'",
          "base-uri 'none'",
          "require-trusted-types-for 'script'",
        ]) {
          expect(policy.split(';'), policy).toContain(directive);
        }
        expect(policy).not.toMatch(/unsafe|\*|https?:/);
        expect(header(answer, 'x-frame-options')).toBe('DENY');
        expect(header(answer, 'x-content-type-options')).toBe('nosniff');
        expect(header(answer, 'referrer-policy')).toBe('no-referrer');
        expect(header(answer, 'cross-origin-opener-policy')).toBe('same-origin');
        expect(header(answer, 'access-control-allow-origin')).toBe('');
        expect(header(answer, 'x-powered-by')).toBe('');
      }
    });

    it('let nobody keep what was made for somebody who is signed in', async () => {
      const { cookie } = await signIn(world);
      for (const path of pages.filter((one) => !/^\/(?:sign-in|join)/.test(one))) {
        const answer = await get(path, cookie);
        expect(header(answer, 'cache-control'), path).toMatch(/^(?:private, )?no-store$/);
        expect(header(answer, 'vary'), path).toMatch(/Cookie/i);
      }
    });

    it('let what is for readers be kept only as long as it is asked again, and by who looks', async () => {
      for (const path of ['/', '/style', '/publish']) {
        const answer = await get(path);
        expect(header(answer, 'cache-control')).toBe('no-cache');
        expect(header(answer, 'vary')).toMatch(/Cookie/i);
      }
    });
  });

  describe('cookies', () => {
    it('are none for readers, whatever they open or send', async () => {
      for (const path of pages) expect(header(await get(path), 'set-cookie'), path).toBe('');
      for (const path of forms.filter((one) => !one.startsWith('/preferences'))) {
        expect(header(await post(path), 'set-cookie'), path).toBe('');
      }
    });

    it('of sessions are not taken from whoever makes them up, and none is made of them', async () => {
      const { cookie } = await signIn(world);
      const [sid = '', mac = ''] = decodeURIComponent(cookie).slice('sid=s:'.length).split('.');
      for (const forged of [
        `sid=${sid}`,
        `sid=s:${sid}`,
        `sid=${encodeURIComponent(`s:${sid}.`)}`,
        `sid=${encodeURIComponent(`s:${sid}.${mac.slice(0, -1)}`)}`,
        `sid=${encodeURIComponent(`s:${sid}x.${mac}`)}`,
        `sid=${encodeURIComponent(`s:fixed.${mac}`)}`,
        `__Host-sid=${encodeURIComponent(`s:${sid}.${mac}`)}`,
      ]) {
        const answer = await get('/', forged);
        expect(answer.text, forged).toContain('Sign in</a>');
        expect(header(answer, 'set-cookie')).toBe('');
      }
      expect((await get('/', cookie)).text).not.toContain('Sign in</a>');
    });

    it('of a session that somebody brings along are not the ones of the session that begins', async () => {
      const fixed = `sid=${encodeURIComponent('s:fixed-by-the-attacker.AAAA')}`;
      const joined = await post('/join', `user-name=fixated&password=${'x'.repeat(16)}&return=/`, fixed);
      expect(joined.status).toBe(303);
      const [first = ''] = header(joined, 'set-cookie').split('; ');
      expect(first).toMatch(/^sid=s%3A/);
      expect(first).not.toContain('fixed-by-the-attacker');
      // Signing in once more, in a session that goes on already, begins another.
      const again = await post('/sign-in', `user-name=fixated&password=${'x'.repeat(16)}&return=/`, first);
      const [second = ''] = header(again, 'set-cookie').split('; ');
      expect(second).toMatch(/^sid=s%3A/);
      expect(second).not.toBe(first);
      expect((await get('/', first)).text).toContain('Sign in</a>');
      expect((await get('/', second)).text).toContain('fixated');
    });

    it('of a session over https are the host’s alone', async () => {
      const secure = await makeWorld(db, { folder, http: { publicUrl: 'https://ledger.example.org' } });
      const joined = await request(secure.app)
        .post('/join')
        .type('application/x-www-form-urlencoded')
        .send(`user-name=secured&password=${'x'.repeat(16)}`);
      const cookie = header(joined, 'set-cookie');
      expect(cookie).toMatch(/^__Host-sid=/);
      for (const attribute of ['Path=/', 'HttpOnly', 'Secure', 'SameSite=Lax']) {
        expect(cookie.split('; ')).toContain(attribute);
      }
      expect(cookie).not.toContain('Domain');
    });
  });

  describe('bodies', () => {
    let http: HttpServer;
    beforeAll(async () => {
      http = await listen(world.app, { host: '127.0.0.1', port: 0 });
    });
    afterAll(async () => {
      await http.stop(0);
    });

    it('that are too large are refused with 413, and a page that says so', async () => {
      const large = `a=${'x'.repeat(2 * 1024 * 1024)}`;
      for (const path of forms) {
        const answer = await post(path, large);
        expect(answer.status, path).toBe(413);
        expect(header(answer, 'content-type')).toContain('text/html');
      }
    });

    it('that come too slowly are refused with 408', async () => {
      const { port } = new URL(http.address);
      await Promise.all(
        forms.map(async (path) => {
          const socket = connect(Number(port), '127.0.0.1');
          const answer = new Promise<string>((resolve, reject) => {
            let text = '';
            socket.on('data', (bytes) => (text += bytes.toString()));
            socket.on('end', () => {
              resolve(text);
            });
            socket.on('error', reject);
          });
          socket.write(
            `POST ${path} HTTP/1.1\r\nHost: localhost\r\nAccept: text/html\r\n` +
              'Content-Type: application/x-www-form-urlencoded\r\nContent-Length: 1000\r\n\r\na=',
          );
          expect(await answer, path).toMatch(/^HTTP\/1\.1 408 /);
        }),
      );
    });

    it('that say nothing sensible are refused without a failure of ours', async () => {
      for (const path of forms) {
        for (const body of [
          '',
          '&&&===',
          'a',
          '%',
          '%ff%fe',
          '__proto__=1&constructor[prototype][x]=1',
          '\0',
        ]) {
          const { status } = await post(path, body);
          expect(status, `${path} ${JSON.stringify(body)}`).toBeGreaterThanOrEqual(400);
          expect(status, `${path} ${JSON.stringify(body)}`).toBeLessThan(500);
        }
      }
    });
  });

  describe('limits', () => {
    it('stop whoever floods signing in, joining and publishing, and say when to come back', async () => {
      const http = { rateLimits: { submit: 3, check: 0, read: 0, tiles: 0, login: 3 } };
      const limited = await makeWorld(db, { folder, http });
      for (const [path, others] of [
        ['/sign-in', ['/join', '/sign-in/key']],
        ['/publish', []],
      ] as const) {
        const send = (to: string): request.Test =>
          request(limited.app)
            .post(to)
            .set('Accept', 'text/html')
            .type('application/x-www-form-urlencoded')
            .send('a=1');
        for (let round = 0; round < 3; round++) expect((await send(path)).status).not.toBe(429);
        // One count for all ways in, so that they don't add up.
        for (const to of [path, ...others]) {
          const answer = await send(to);
          expect(answer.status, to).toBe(429);
          expect(Number(header(answer, 'retry-after'))).toBeGreaterThan(0);
          expect(header(answer, 'content-type')).toContain('text/html');
        }
      }
    });
  });

  it('answers other methods on pages with a refusal', async () => {
    for (const path of ['/', '/style', '/sign-in']) {
      for (const method of ['put', 'patch', 'delete'] as const) {
        expect([404, 405], `${method} ${path}`).toContain((await request(world.app)[method](path)).status);
      }
    }
  });
});
