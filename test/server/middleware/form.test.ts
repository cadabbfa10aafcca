import express, { type ErrorRequestHandler } from 'express';
import request from 'supertest';
import { describe, expect, it } from 'vitest';
import { asTrustError, problemOf } from '../../../server/problems.ts';
import { formFields, readForm } from '../../../server/middleware/form.ts';

const refusals: ErrorRequestHandler = (error: unknown, _request, response, next) => {
  const { status, code } = problemOf(asTrustError(error), undefined);
  if (status >= 500) next(error);
  else response.status(status).json({ code });
};

const app = express()
  .post('/', readForm(5, 1000), (asked, response) => {
    response.json(formFields(asked));
  })
  .post('/large', readForm(5), (asked, response) => {
    response.json({ fields: Object.keys(formFields(asked)).length });
  })
  .use(refusals);

const post = (body: string | Buffer, path = '/', type = 'application/x-www-form-urlencoded'): request.Test =>
  request(app)
    .post(path)
    .type(type)
    // superagent would make a form of the bytes' numbers.
    .serialize((bytes: string) => bytes)
    .send(body);

describe('forms', () => {
  it('give texts, and lists where a name comes several times', async () => {
    expect((await post('a=1&b=x+y%26z&a=2&a=3&c=')).body).toEqual({ a: ['1', '2', '3'], b: 'x y&z', c: '' });
  });

  it('give line ends as they are signed, whatever browsers send', async () => {
    expect((await post('text=one%0D%0Atwo%0Athree')).body).toEqual({ text: 'one\ntwo\nthree' });
  });

  it('have no nested names, and none that reach into objects', async () => {
    const { text } = await post('a[b]=1&__proto__=2&constructor=3&a.b=4&toString=5');
    expect(JSON.parse(text)).toMatchObject({ 'a[b]': '1', constructor: '3', 'a.b': '4', toString: '5' });
    expect(text).toContain('"__proto__":"2"');
    expect(({} as Record<string, unknown>)['2']).toBeUndefined();
  });

  it('are refused when they are too large, of another type, not UTF-8, or of too many fields', async () => {
    expect((await post(`a=${'x'.repeat(1000)}`)).status).toBe(413);
    expect((await post('{"a":1}', '/', 'application/json')).status).toBe(415);
    expect((await post('a=1', '/', 'multipart/form-data')).status).toBe(415);
    expect((await post('a=1', '/', 'text/plain')).status).toBe(415);
    expect((await post(Buffer.from([0x61, 0x3d, 0xff]))).status).toBe(422);
    const many = Array.from({ length: 5001 }, (_, at) => `f${at}=`).join('&');
    expect(await post(many, '/large')).toMatchObject({ status: 400, body: { code: 'request-invalid' } });
    expect((await post(many.slice(0, many.lastIndexOf('&')), '/large')).body).toEqual({ fields: 5000 });
  });

  it('are refused when they are compressed, so that nothing small unpacks to something large', async () => {
    expect((await post('a=1').set('Content-Encoding', 'gzip')).status).toBe(415);
  });
});
