import { request as httpRequest, type IncomingMessage } from 'node:http';
import { beforeAll, expect, it } from 'vitest';
import type { BatchLine, BatchResult } from '../../core/api/statements.ts';
import { listen } from '../../server/http-server.ts';
import { describeDatabases } from '../support/database.ts';
import { ask, checkContract, type Answer } from './support/contract.ts';
import { makeAuthor, review, sign, type Author } from './support/authors.ts';
import { makeWorld, type World } from './support/world.ts';

const type = 'application/x-ndjson';
const linesOf = (lines: readonly (BatchLine | string)[]): string =>
  lines.map((line) => `${typeof line === 'string' ? line : JSON.stringify(line)}\n`).join('');
const shown = (answer: Answer): string[] =>
  (answer.json as BatchResult[]).map((result) =>
    'receipt' in result ? `${result.line} ${result.receipt.status}` : `${result.line} ${result.problem.code}`,
  );

describeDatabases('batches', (open) => {
  let world: World;
  let ada: Author;

  const batch = (lines: readonly (BatchLine | string)[]): Promise<Answer> =>
    ask(world.app, 'POST /api/v1/batches', { type, body: linesOf(lines) });
  const signed = (name: string): Promise<string> => sign(ada, review(`pkg:npm/${name}@1.0.0`));

  beforeAll(async () => {
    world = await makeWorld(await open());
    ada = await makeAuthor('Ada');
    await batch([{ certificate: ada.certificate.armored }]);
  });

  it('answers every line in order, refuses the bad ones and keeps the rest', async () => {
    const good = await signed('good');
    const answer = await batch([
      { document: good },
      'not json',
      '{"document": 7}',
      '{"document":"x","more":1}',
      '',
      { document: good.replace('positive', 'negative') },
      { document: await signed('better') },
      `{"document":${'['.repeat(100)}`,
      { document: good },
      { document: 'x'.repeat(1_000_000) },
      { certificate: 'no certificate' },
      { document: await signed('best') },
    ]);
    expect(shown(answer)).toEqual([
      '1 created',
      '2 request-invalid',
      '3 request-invalid',
      '4 request-invalid',
      '6 signature-invalid',
      '7 created',
      '8 request-invalid',
      '9 known',
      '10 request-too-large',
      '11 certificate-invalid',
      '12 created',
    ]);
  });

  it('of another media type are refused before anything is read', async () => {
    const answer = await ask(world.app, 'POST /api/v1/batches', { type: 'text/plain', body: 'x' });
    expect(answer).toMatchObject({ status: 415, headers: { accept: type } });
  });

  it('lets a certificate hold for the lines after it, and not before', async () => {
    const ben = await makeAuthor('Ben');
    const document = await sign(ben, review('pkg:npm/by-ben@1.0.0'));
    const other = await sign(ben, review('pkg:npm/also-by-ben@1.0.0'));
    const answer = await batch([{ document }, { certificate: ben.certificate.armored }, { document: other }]);
    expect(shown(answer)).toEqual(['1 key-unknown', '2 created', '3 created']);
  });

  it('takes thousands of lines in order, with gapless indices', async () => {
    const documents = await Promise.all(Array.from({ length: 600 }, (_, i) => signed(`many-${i}`)));
    const answer = await batch([...documents, ...documents].map((document) => ({ document })));
    const results = answer.json as BatchResult[];
    expect(results.map(({ line }) => line)).toEqual(Array.from({ length: 1200 }, (_, i) => i + 1));
    const receipts = results.map((result) => ('receipt' in result ? result.receipt : undefined));
    const created = receipts
      .filter((receipt) => receipt?.status === 'created')
      .map((receipt) => receipt!.index);
    const first = Math.min(...created);
    expect(created.sort((a, b) => a - b)).toEqual(Array.from({ length: 600 }, (_, i) => first + i));
    expect(receipts.slice(0, 600).map((receipt) => receipt?.id)).toEqual(
      receipts.slice(600).map((receipt) => receipt?.id),
    );
  });

  it('answers lines while later ones have not been sent', async () => {
    const http = await listen(world.app, { host: '127.0.0.1', port: 0 });
    try {
      const target = new URL('/api/v1/batches', http.address);
      const sending = httpRequest(target, { method: 'POST', headers: { 'Content-Type': type } });
      const answering = new Promise<IncomingMessage>((resolve) => {
        sending.once('response', resolve);
      });
      sending.write(linesOf([{ document: await signed('first-half') }]));
      const response = await answering;
      response.setEncoding('utf8');
      const chunks = response[Symbol.asyncIterator]();
      const early = String((await chunks.next()).value);
      expect(JSON.parse(early)).toMatchObject({ line: 1, receipt: { status: 'created' } });
      sending.end(linesOf([{ document: await signed('second-half') }]));
      const late = String((await chunks.next()).value);
      expect(JSON.parse(late)).toMatchObject({ line: 2, receipt: { status: 'created' } });
      checkContract('POST /api/v1/batches', 200, response.headers as Record<string, string>, early + late);
    } finally {
      await http.stop(0);
    }
  });

  it('reads no more than it can answer while nobody takes the answers', async () => {
    const http = await listen(world.app, { host: '127.0.0.1', port: 0 });
    try {
      const sending = httpRequest(new URL('/api/v1/batches', http.address), {
        method: 'POST',
        headers: { 'Content-Type': type },
      });
      sending.on('error', () => undefined);
      sending.on('response', (response) => response.pause());
      // Two bytes ask for an answer of three hundred: a hundred thousand lines fill every buffer on the way.
      const chunk = 'x\n'.repeat(50_000);
      const accepted = async (): Promise<boolean> => {
        if (sending.write(chunk)) return true;
        return Promise.race([
          new Promise<boolean>((resolve) => {
            sending.once('drain', () => {
              resolve(true);
            });
          }),
          new Promise<boolean>((resolve) => setTimeout(resolve, 2000, false)),
        ]);
      };
      let chunks = 0;
      while (chunks < 200 && (await accepted())) chunks++;
      expect(chunks).toBeLessThan(200);
      sending.destroy();
    } finally {
      await http.stop(0);
    }
  });

  it('ends without its last chunk when the sender pauses too long, after answering what came', async () => {
    const hasty = await makeWorld(await open(), { http: { bodySeconds: 0.3 } });
    const http = await listen(hasty.app, { host: '127.0.0.1', port: 0 });
    try {
      const sending = httpRequest(new URL('/api/v1/batches', http.address), {
        method: 'POST',
        headers: { 'Content-Type': type },
      });
      const response = await new Promise<IncomingMessage>((resolve) => {
        sending.on('response', resolve);
        sending.write(linesOf([{ certificate: ada.certificate.armored }]));
      });
      sending.on('error', () => undefined);
      let text = '';
      const reading = (async () => {
        for await (const chunk of response) text += String(chunk);
      })();
      await expect(reading).rejects.toThrow(/aborted|reset/);
      expect(JSON.parse(text)).toMatchObject({ line: 1, receipt: { status: 'created' } });
    } finally {
      await http.stop(0);
    }
  });
});
