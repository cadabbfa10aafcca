import express, { type ErrorRequestHandler, type Express } from 'express';
import request from 'supertest';
import { describe, expect, it } from 'vitest';
import { RequestError } from '../../../server/problems.ts';
import { sameOriginOnly } from '../../../server/site/same-origin.ts';

const refusals: ErrorRequestHandler = (error: unknown, _request, response, next) => {
  if (error instanceof RequestError) response.sendStatus(error.status);
  else next(error);
};

function makeApp(): Express {
  const app = express();
  app.use(sameOriginOnly());
  app.all('/', (_request, response) => {
    response.sendStatus(204);
  });
  app.use(refusals);
  return app;
}

async function statusOf(
  method: 'get' | 'head' | 'options' | 'post' | 'put' | 'patch' | 'delete',
  headers: object,
): Promise<number> {
  const asked = request(makeApp())[method]('/').set('Host', 'ledger.example.org:8443');
  for (const [name, value] of Object.entries(headers) as [string, string][]) asked.set(name, value);
  return (await asked).status;
}

describe('forged requests', () => {
  const unsafe = ['post', 'put', 'patch', 'delete'] as const;

  it('are refused when the browser says that another site makes them', async () => {
    for (const method of unsafe) {
      for (const site of ['cross-site', 'same-site', 'something-new', '']) {
        expect(await statusOf(method, { 'Sec-Fetch-Site': site }), `${method} ${site}`).toBe(403);
      }
    }
  });

  it('are refused even when the origin looks right, since the browser knows better', async () => {
    const headers = { 'Sec-Fetch-Site': 'cross-site', Origin: 'https://ledger.example.org:8443' };
    expect(await statusOf('post', headers)).toBe(403);
  });

  it('are refused by their origin where the browser says nothing else', async () => {
    for (const origin of [
      'https://evil.example',
      'https://ledger.example.org',
      'https://ledger.example.org:8444',
      'https://ledger.example.org:8443.evil.example',
      'https://evil.example#ledger.example.org:8443',
      'null',
      'not an origin',
    ]) {
      expect(await statusOf('post', { Origin: origin }), origin).toBe(403);
    }
  });

  it('may read', async () => {
    for (const method of ['get', 'head', 'options'] as const) {
      expect(await statusOf(method, { 'Sec-Fetch-Site': 'cross-site', Origin: 'https://evil.example' })).toBe(
        204,
      );
    }
  });
});

describe('requests of our own pages', () => {
  it('pass, and so do those that somebody typed, and those of programs', async () => {
    for (const headers of [
      { 'Sec-Fetch-Site': 'same-origin' },
      { 'Sec-Fetch-Site': 'none' },
      { Origin: 'https://ledger.example.org:8443' },
      {},
    ]) {
      expect(await statusOf('post', headers)).toBe(204);
    }
  });
});
