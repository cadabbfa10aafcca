import { describe, expect, it } from 'vitest';
import { openDatabase } from '../../db/connect.ts';
import { createApp } from '../../server/app.ts';
import { readConfig } from '../../server/config.ts';
import { createLogger } from '../../server/logger.ts';
import { createService } from '../../server/service.ts';
import { createServiceState } from '../../server/service-state.ts';
import { usePlaces } from '../support/database.ts';
import { testLogConfig } from '../support/log-config.ts';
import { ask } from './support/contract.ts';

interface Event {
  readonly level: string;
  readonly msg: string;
  readonly [field: string]: unknown;
}

/** An app that logs into a list. */
function loggedApp(level: 'info' | 'debug', state = createServiceState()) {
  const events: Event[] = [];
  const log = createLogger(level, { write: (line: string) => events.push(JSON.parse(line) as Event) });
  return {
    events,
    log,
    app: createApp({ config: readConfig({}).http, log, state, clock: () => new Date() }),
  };
}

describe('the log', () => {
  it('has one line a request, with its id, and neither addresses nor what readers look for', async () => {
    const { app, events } = loggedApp('info');
    const answer = await ask(app, 'GET /api/v1/statements?purl=pkg:npm/secret-interest');
    expect(events).toHaveLength(1);
    expect(events[0]).toMatchObject({
      level: 'info',
      reqId: answer.headers['x-request-id'],
      req: { method: 'GET', path: '/api/v1/statements' },
      res: { status: 503 },
      msg: 'GET /api/v1/statements 503',
    });
    expect(JSON.stringify(events)).not.toMatch(/secret-interest|127\.0\.0\.1|::1/);
  });

  it('leaves probes out, but for debugging', async () => {
    const quiet = loggedApp('info');
    await ask(quiet.app, 'GET /livez');
    await ask(quiet.app, 'GET /readyz');
    expect(quiet.events).toEqual([]);
    const loud = loggedApp('debug');
    await ask(loud.app, 'GET /livez');
    expect(loud.events.map(({ level, msg }) => [level, msg])).toEqual([['debug', 'GET /livez 200']]);
  });

  it('never holds credentials', () => {
    const { log, events } = loggedApp('info');
    log.info({ headers: { authorization: 'Bearer abc', cookie: 'sid=abc' }, email: 'a@b.example' }, 'x');
    expect(JSON.stringify(events)).not.toMatch(/abc|a@b/);
  });
});

describe('a failure of our own', () => {
  const makePlace = usePlaces('postgresql');

  it('is logged with its cause and request id, and told without either’s inside', async () => {
    const state = createServiceState();
    const service = await createService({
      db: await openDatabase(await makePlace()),
      workers: 0,
      clock: () => new Date(),
      ledgerLog: testLogConfig(),
      log: createLogger('silent'),
    });
    state.setReady(service);
    const { app, events } = loggedApp('info', state);
    // The ground goes away under a service that thinks it is running.
    await service.db.close();
    const answer = await ask(app, 'GET /api/v1/ledger');
    expect(answer).toMatchObject({
      status: 500,
      json: { code: 'internal', detail: 'The service failed to answer.' },
    });
    expect(answer.text).not.toContain('pool');
    const failure = events.find(({ level, err }) => level === 'error' && err !== undefined);
    expect(failure).toMatchObject({ requestId: answer.headers['x-request-id'], code: 'internal' });
    expect((failure?.['err'] as { message: string }).message).toContain('pool');
    expect(await ask(app, 'GET /readyz')).toMatchObject({
      status: 503,
      json: { detail: 'The database does not answer.' },
    });
    expect((await ask(app, 'GET /livez')).status).toBe(200);
  });
});
