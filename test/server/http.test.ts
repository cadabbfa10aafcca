import { connect } from 'node:net';
import type { Express } from 'express';
import { describe, expect, it } from 'vitest';
import request from 'supertest';
import { createApp } from '../../server/app.ts';
import { readConfig, type HttpConfig } from '../../server/config.ts';
import { listen } from '../../server/http-server.ts';
import { createLogger } from '../../server/logger.ts';
import { createServiceState } from '../../server/service-state.ts';
import { assetPath } from '../../server/site/assets.ts';
import { expectCode } from '../support/matchers.ts';
import { ask } from './support/contract.ts';

/** An app whose service is still starting. */
function startingApp(http: Partial<HttpConfig> = {}): Express {
  return createApp({
    config: { ...readConfig({}).http, ...http },
    log: createLogger('silent'),
    state: createServiceState(),
    clock: () => new Date(),
  });
}

describe('a service that is starting', () => {
  const app = startingApp();

  it('is live at once, and truthfully not ready', async () => {
    expect((await ask(app, 'GET /livez')).json).toEqual({ status: 'live' });
    expect(await ask(app, 'GET /readyz')).toMatchObject({
      status: 503,
      json: { code: 'unavailable', detail: 'The service is starting.' },
      headers: { 'retry-after': '5' },
    });
  });

  it('refuses what needs the database with 503, and describes itself all the same', async () => {
    expect((await ask(app, 'GET /api/v1/ledger')).status).toBe(503);
    expect((await ask(app, 'GET /api/openapi.json')).status).toBe(200);
  });

  it('shows people a page that says so', async () => {
    const page = await request(app).get('/').accept('text/html');
    expect(page.status).toBe(503);
    expect(page.type).toBe('text/html');
    expect(page.text).toContain('The service is starting.');
    expect(page.text).toContain(String(page.headers['x-request-id']));
  });
});

describe('requests that nothing answers', () => {
  const app = startingApp();

  it('get a problem in the API, also from a browser', async () => {
    const answer = await ask(app, 'GET /api/v1/nothing', { headers: { Accept: 'text/html' } });
    expect(answer).toMatchObject({ status: 404, json: { code: 'not-found' } });
  });

  it('get a page elsewhere, if they ask for one, with the path nowhere in it', async () => {
    const page = await request(app).get('/%3Cscript%3Ealert(1)%3C/script%3E').accept('text/html');
    expect(page.status).toBe(404);
    expect(page.type).toBe('text/html');
    expect(page.text).not.toContain('alert');
    expect((await ask(app, 'GET /nowhere')).status).toBe(404);
  });

  it('get 405 and the allowed methods where only the method is wrong', async () => {
    const answer = await request(app).delete('/api/v1/checks');
    expect(answer.status).toBe(405);
    expect(answer.headers['allow']).toBe('POST');
    expect((await request(app).put('/api/v1/statements')).headers['allow']).toBe('POST, GET, HEAD');
    expect((await ask(app, 'GET /api/v1/batches')).status).toBe(405);
  });

  it('get 400 for a path that cannot be decoded', async () => {
    expect((await request(app).get('/api/v1/statements/%zz')).body).toMatchObject({
      status: 400,
      code: 'request-invalid',
    });
  });
});

describe('every answer', () => {
  it('forbids everything but our own files, and says who may frame or refer', async () => {
    const { headers } = await request(startingApp()).get('/').accept('text/html');
    const policy = String(headers['content-security-policy']).split(';');
    expect(policy).toEqual(
      expect.arrayContaining([
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "form-action 'self'",
        "frame-ancestors 'none'",
        "base-uri 'none'",
        "require-trusted-types-for 'script'",
      ]),
    );
    expect(policy.join()).not.toContain('unsafe');
    expect(headers['x-powered-by']).toBeUndefined();
    expect(headers['set-cookie']).toBeUndefined();
  });

  it('may be styled: the sheet and the icon are there, and nothing else of the project', async () => {
    const app = startingApp();
    expect((await request(app).get(assetPath('style.css'))).type).toBe('text/css');
    expect((await request(app).get('/icon.svg')).type).toBe('image/svg+xml');
    for (const path of ['/package.json', '/../package.json', '/home.ejs', '/.git/config']) {
      expect((await request(app).get(path)).status, path).toBe(404);
    }
  });
});

describe('rate limits', () => {
  it('answer 429 with Retry-After and advice, each kind for itself, and spare the probes', async () => {
    const app = startingApp({ rateLimits: { submit: 2, check: 1, read: 3, tiles: 0, login: 0 } });
    const submit = () => ask(app, 'POST /api/v1/statements', { type: 'text/plain', body: 'x' });
    const statuses: number[] = [];
    for (let i = 0; i < 3; i++) statuses.push((await submit()).status);
    expect(statuses).toEqual([503, 503, 429]);
    const refused = await submit();
    expect(refused.json).toMatchObject({
      code: 'rate-limited',
      help: expect.stringMatching(/\d+ s/) as string,
    });
    expect(Number(refused.headers['retry-after'])).toBeGreaterThan(0);
    expect((await ask(app, 'GET /api/v1/ledger')).status).toBe(503);
    for (let i = 0; i < 20; i++) expect((await ask(app, 'GET /livez')).status).toBe(200);
  });

  it('are per client: behind a trusted proxy by the address that it forwards', async () => {
    const rateLimits = { submit: 0, check: 0, read: 1, tiles: 0, login: 0 };
    const from = (app: Express, address: string) =>
      ask(app, 'GET /api/v1/ledger', { headers: { 'X-Forwarded-For': address } });
    const behind = startingApp({ rateLimits, trustProxy: 1 });
    expect((await from(behind, '192.0.2.1')).status).toBe(503);
    expect((await from(behind, '192.0.2.2')).status).toBe(503);
    expect((await from(behind, '192.0.2.1')).status).toBe(429);
    // Without a proxy in front, the header is anybody's invention.
    const direct = startingApp({ rateLimits, trustProxy: 0 });
    expect((await from(direct, '192.0.2.1')).status).toBe(503);
    expect((await from(direct, '192.0.2.2')).status).toBe(429);
  });
});

describe('slow and broken clients', () => {
  it('are answered 408 when the body does not arrive in time', async () => {
    const http = await listen(startingApp({ bodySeconds: 0.2 }), { host: '127.0.0.1', port: 0 });
    try {
      const text = await talk(
        http.address,
        'POST /api/v1/statements HTTP/1.1\r\nHost: x\r\nContent-Type: text/plain\r\nContent-Length: 1000\r\n\r\nslow',
      );
      expect(text).toMatch(/^HTTP\/1\.1 408 /);
      expect(text).toContain('"code":"request-invalid"');
      expect(text).toMatch(/^Connection: close/m);
    } finally {
      await http.stop(0);
    }
  });

  it('get no page with a made-up host in its commands', async () => {
    const app = startingApp();
    const page = await request(app).get('/').set('Host', 'a.example$(touch x)');
    expect(page.status).toBeGreaterThanOrEqual(400);
    expect(page.text).not.toContain('touch');
  });
});

describe('listening', () => {
  it('says what to do when the port is taken', async () => {
    const http = await listen(startingApp(), { host: '127.0.0.1', port: 0 });
    try {
      const port = Number(new URL(http.address).port);
      const error = await expectCode('config-invalid', () =>
        listen(startingApp(), { host: '127.0.0.1', port }),
      );
      expect(error.message).toContain(`port ${port}`);
      expect(error.help).toContain('PORT');
    } finally {
      await http.stop(0);
    }
  });
});

/** Sends bytes and gives everything that comes back until the connection ends. */
function talk(address: string, bytes: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(Number(new URL(address).port), '127.0.0.1');
    let text = '';
    socket.setEncoding('utf8');
    socket.on('data', (chunk: string) => (text += chunk));
    socket.on('error', reject);
    socket.on('close', () => {
      resolve(text);
    });
    socket.write(bytes);
  });
}
