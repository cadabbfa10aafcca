import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { errorCodes, TrustError } from '../../core/errors.ts';
import { problemSchema } from '../../core/api/problem.ts';
import { asTrustError, problemOf, RequestError, statusOfCode } from '../../server/problems.ts';

const page = readFileSync(join(import.meta.dirname, '../../docs/ERRORS.md'), 'utf8');
const rows = [...page.matchAll(/^\| `([a-z-]+)` *\| ([^|]+) \|/gm)].map(
  ([, code, status]) => [code!, status!.trim()] as const,
);

describe('docs/ERRORS.md', () => {
  it('explains every code, in the order of the source, and none besides', () => {
    expect(rows.map(([code]) => code)).toEqual([...errorCodes]);
  });

  it('gives every code the status that the API answers with', () => {
    for (const [code, status] of rows) {
      if (status === '–') continue;
      expect(`${code} ${status.split(',')[0] ?? ''}`).toBe(
        `${code} ${statusOfCode[code as keyof typeof statusOfCode]}`,
      );
    }
  });
});

describe('a problem', () => {
  it('says what the asker did wrong, and what to do', () => {
    const problem = problemOf(
      new TrustError('key-unknown', 'No certificate of openpgp:AB.', { help: 'Publish it.' }),
      'r1',
    );
    expect(problemSchema.parse(problem)).toEqual({
      type: 'about:blank#key-unknown',
      title: 'Unprocessable Entity',
      status: 422,
      code: 'key-unknown',
      detail: 'No certificate of openpgp:AB.',
      help: 'Publish it.',
      requestId: 'r1',
    });
  });

  it('tells nothing of a failure of our own', () => {
    for (const error of [
      new Error('password=hunter2'),
      new TrustError('ledger-corrupt', 'Row 7 of /var/lib/secret differs.'),
      new TrustError('database-unavailable', 'connect ECONNREFUSED 10.1.2.3'),
      'a thrown string',
    ]) {
      const problem = problemOf(asTrustError(error));
      expect(problem.status).toBeGreaterThanOrEqual(500);
      expect(JSON.stringify(problem)).not.toMatch(/hunter2|secret|10\.1\.2\.3|thrown string/);
    }
  });

  it('keeps the status of what the framework refuses, and of requests that have their own', () => {
    const tooLarge = Object.assign(new Error('request entity too large'), {
      status: 413,
      type: 'entity.too.large',
    });
    expect(problemOf(asTrustError(tooLarge))).toMatchObject({ status: 413, code: 'request-too-large' });
    const badPath = Object.assign(new Error("Failed to decode param '%zz'"), { status: 400 });
    expect(problemOf(asTrustError(badPath))).toMatchObject({ status: 400, code: 'request-invalid' });
    const slow = new RequestError('request-invalid', 'Too slow.', { status: 408 });
    expect(problemOf(asTrustError(slow))).toMatchObject({ status: 408, title: 'Request Timeout' });
  });

  it('does not let an inner error pose as the asker’s', () => {
    const inner = Object.assign(new Error('upstream said 502'), { status: 502 });
    expect(problemOf(asTrustError(inner))).toMatchObject({ status: 500, code: 'internal' });
  });
});
