// Asking the API in tests: every answer is held against the route table that documents it.
//
// Status, media type and body have to be documented for the route, problems have to carry a documented code, and every
// body has to parse under its schema. A test can't get an answer that breaks the contract.

import type { RequestListener } from 'node:http';
import request from 'supertest';
import { expect } from 'vitest';
import { z } from 'zod';
import { problemSchema } from '../../../core/api/problem.ts';
import { matchRoute } from '../../../server/openapi/match-route.ts';
import { commonProblems } from '../../../server/openapi/route.ts';

export interface Ask {
  readonly type?: string;
  readonly body?: string | Uint8Array | object;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly text: string;
  /** The JSON body as it came; for NDJSON an array of its lines. Undefined for other types. */
  readonly json: unknown;
}

/** Asks an app, checks the answer against the contract, and returns it. */
export async function ask(
  app: RequestListener,
  line: `${'GET' | 'POST'} /${string}`,
  what: Ask = {},
): Promise<Answer> {
  const [method, path] = line.split(' ') as ['GET' | 'POST', string];
  const asked = method === 'GET' ? request(app).get(path) : request(app).post(path);
  for (const [name, value] of Object.entries(what.headers ?? {})) asked.set(name, value);
  if (what.type !== undefined) asked.type(what.type);
  if (what.body !== undefined) {
    const { body } = what;
    if (what.type === undefined) asked.type('application/json');
    // superagent would turn bytes into JSON when the type is JSON.
    if (body instanceof Uint8Array) asked.serialize((bytes: string) => bytes).send(Buffer.from(body));
    else asked.send(typeof body === 'string' ? body : JSON.stringify(body));
  }
  const response = await asked.buffer(true).parse((stream, done) => {
    const chunks: Buffer[] = [];
    stream.on('data', (chunk: Buffer) => chunks.push(chunk));
    stream.on('end', () => {
      done(null, Buffer.concat(chunks).toString('utf8'));
    });
  });
  const text = String(response.body);
  const headers = response.headers as Record<string, string>;
  return checkContract(line, response.status, headers, text);
}

/** Checks one answer against the row of the route table for `line`; fails the test when it is not documented so. */
export function checkContract(
  line: string,
  status: number,
  headers: Readonly<Record<string, string>>,
  text: string,
): Answer {
  const [method = '', target = ''] = line.split(' ');
  const route = matchRoute(method, target.split('?')[0] ?? '');
  const type = headers['content-type']?.split(';')[0] ?? '';
  const where = `${line} → ${status} ${type}`;
  expect(headers['x-request-id'], where).toMatch(/^[0-9a-f-]{36}$/);
  if (status >= 400) {
    expect(type, where).toBe('application/problem+json');
    const json: unknown = JSON.parse(text);
    const problem = problemSchema.parse(json);
    expect(problem.status, where).toBe(status);
    expect(problem.requestId, where).toBe(headers['x-request-id']);
    const documented = [...(route?.problems ?? ['not-found']), ...commonProblems];
    expect(documented, where).toContain(problem.code);
    return { status, headers, text, json };
  }
  const content = route?.answers[status]?.content[type];
  if (content === undefined) throw new Error(`Not documented: ${where}`);
  if (content === 'text' || content === 'binary') return { status, headers, text, json: undefined };
  if (type === 'application/x-ndjson') {
    const lines = text
      .split('\n')
      .slice(0, -1)
      .map((one): unknown => JSON.parse(one));
    z.array(content).parse(lines);
    return { status, headers, text, json: lines };
  }
  const json: unknown = JSON.parse(text);
  content.parse(json);
  return { status, headers, text, json };
}
