// A running service for tests: real database, real keys, real app, a clock that the test sets.

import type { Express } from 'express';
import type { Database } from '../../../db/database.ts';
import { createApp } from '../../../server/app.ts';
import { readConfig, type HttpConfig } from '../../../server/config.ts';
import type { DomainChecker } from '../../../server/domain-proof/check-domain.ts';
import { createLogger } from '../../../server/logger.ts';
import { createService, type Service } from '../../../server/service.ts';
import { createServiceState, type ServiceState } from '../../../server/service-state.ts';
import { testLogConfig } from '../../support/log-config.ts';

export interface World {
  readonly app: Express;
  readonly service: Service;
  readonly state: ServiceState;
  /** The service's time, in milliseconds; tests move it. */
  readonly time: { now: number };
}

export interface WorldOptions {
  readonly http?: Partial<HttpConfig>;
  readonly workers?: number;
  /** Where key and fence of the log are; services on one database share it. */
  readonly folder?: string;
  /** The service's clock where tests can't set the time, as in a browser; then `time` stands still. */
  readonly clock?: () => Date;
  /** Looks at domains; without it a look goes to the internet. */
  readonly checkDomain?: DomainChecker;
}

/** Limits that no test meets by accident. */
const noLimits = { submit: 0, check: 0, read: 0, tiles: 0, login: 0 };

/** A service and its app over an open database. It begins on 2026-11-22T12:00:00Z, or when the clock says. */
export async function makeWorld(db: Database, options: WorldOptions = {}): Promise<World> {
  const { http = {}, workers = 0, folder, checkDomain } = options;
  const time = { now: options.clock?.().getTime() ?? Date.parse('2026-11-22T12:00:00Z') };
  const clock = options.clock ?? ((): Date => new Date(time.now));
  const service = await createService({
    ...{ db, workers, clock },
    ledgerLog: testLogConfig(folder),
    log: createLogger('silent'),
  });
  const state = createServiceState();
  state.setReady(service);
  const config: HttpConfig = { ...readConfig({}).http, rateLimits: noLimits, ...http };
  const app = createApp({
    config,
    log: createLogger('silent'),
    state,
    clock,
    ...(checkDomain && { checkDomain }),
  });
  return { app, service, state, time };
}
