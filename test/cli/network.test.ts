// Servers that are away, slow, endless, somewhere else, or something else.

import { afterEach, describe, expect, it } from 'vitest';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { makeApiClient } from '../../cli/http/api-client.ts';
import { parseServerUrl } from '../../cli/http/server-url.ts';
import type { StatementId } from '../../core/statement/statement.ts';
import { expectCode } from '../support/matchers.ts';
import { listen, sendJson } from './support/memory-ledger.ts';

const id = '0'.repeat(64) as StatementId;

describe('the API client', () => {
  const closers: (() => Promise<void>)[] = [];
  afterEach(async () => {
    for (const close of closers.splice(0)) await close();
  });

  async function client(
    handler: (request: IncomingMessage, response: ServerResponse) => void,
    timeoutMs = 5000,
  ) {
    const server = await listen(handler);
    closers.push(server.close);
    return makeApiClient({ server: parseServerUrl(server.url), fetch, timeoutMs });
  }

  it('says network when nobody answers', async () => {
    const gone = await listen(() => undefined);
    await gone.close();
    const api = makeApiClient({ server: parseServerUrl(gone.url), fetch, timeoutMs: 5000 });
    const error = await expectCode('network', () => api.statement(id));
    expect(error.message).toContain('refused');
  });

  it('gives up on a silent server', async () => {
    const api = await client(() => undefined, 200);
    const error = await expectCode('network', () => api.statement(id));
    expect(error.message).toContain('silent for 0.2 s');
  });

  it('gives up on one that falls silent in the middle', async () => {
    const api = await client((_request, response) => void response.writeHead(200).write('{'), 200);
    await expectCode('network', () => api.statement(id));
  });

  it('gives up on one that drips for ever', async () => {
    const api = await client((_request, response) => {
      response.writeHead(200);
      const timer = setInterval(() => response.write(' '), 20);
      response.on('close', () => {
        clearInterval(timer);
      });
    }, 60);
    await expectCode('network', () => api.statement(id));
  });

  it('stops reading an endless answer', async () => {
    const api = await client((_request, response) => {
      response.writeHead(200);
      const chunk = 'x'.repeat(64 * 1024);
      const more = (): void => {
        while (response.write(chunk));
        response.once('drain', more);
      };
      more();
    });
    const error = await expectCode('server-answer', () => api.statement(id));
    expect(error.message).toContain('longer than');
  });

  it('follows a redirect to the same origin and none to another', async () => {
    const here = await client((request, response) => {
      if (request.url === '/moved') sendJson(response, 404, problem, 'application/problem+json');
      else response.writeHead(307, { location: '/moved' }).end();
    });
    await expectCode('not-found', () => here.statement(id));
    const elsewhere = await client((_request, response) => {
      response.writeHead(307, { location: 'http://127.0.0.1:1/' }).end();
    });
    const error = await expectCode('server-answer', () => elsewhere.statement(id));
    expect(error.message).toContain('another origin');
    const loop = await client((_request, response) => {
      response.writeHead(302, { location: '/again' }).end();
    });
    await expectCode('server-answer', () => loop.statement(id));
  });

  it('never sends a body along with a redirect that drops the method', async () => {
    const api = await client((_request, response) => {
      response.writeHead(302, { location: '/other' }).end();
    });
    await expectCode('server-answer', () => api.publishStatement('text'));
  });

  const problem = {
    type: 'about:blank#not-found',
    title: 'x',
    status: 404,
    code: 'not-found',
    detail: 'No such\u001b[2J thing.',
    help: 'Look elsewhere.',
  };

  it('takes code and help of a problem document, and shows its text safely', async () => {
    const api = await client((_request, response) => {
      sendJson(response, 404, problem, 'application/problem+json');
    });
    const error = await expectCode('not-found', () => api.statement(id));
    expect(error.message).toBe('No such\\u{1b}[2J thing.');
    expect(error.help).toBe('Look elsewhere.');
  });

  it.each([
    ['HTML', 200, 'text/html', '<p>hello'],
    ['HTML with an error', 404, 'text/html', '<p>gone'],
    ['JSON of another shape', 200, 'application/json', '{"id":"x"}'],
    ['a problem of another shape', 500, 'application/problem+json', '{"code":"nope"}'],
    ['nothing', 204, 'application/json', ''],
    ['bytes that are no text', 200, 'application/json', Buffer.from([0xff, 0xfe])],
    ['JSON nested without end', 200, 'application/json', '['.repeat(200_000)],
  ])('says server-answer for %s', async (_name, status, type, body) => {
    const api = await client((_request, response) => {
      response.writeHead(status, { 'content-type': type }).end(body);
    });
    await expectCode('server-answer', () => api.statement(id));
  });

  it('notices a batch whose answer ends early or comes out of order', async () => {
    const api = await client((_request, response) => {
      response.writeHead(200, { 'content-type': 'application/x-ndjson' }).end();
    });
    const read = async (): Promise<void> => {
      for await (const result of api.publishBatch([{ document: 'x' }])) expect(result).toBeUndefined();
    };
    const error = await expectCode('server-answer', read);
    expect(error.help).toContain('again');
  });

  it('keeps a path in front of the API, and refuses what is no address of a server', async () => {
    expect(parseServerUrl('https://example.org/ledger').href).toBe('https://example.org/ledger/');
    for (const text of [
      'example.org',
      'file:///etc/passwd',
      'https://a:b@c',
      'https://a/?q',
      'https://a/#f',
    ]) {
      await expectCode('usage', () => parseServerUrl(text));
    }
  });
});
