#!/usr/bin/env node
// The service: reads its configuration, listens at once, opens the ledger, serves, and stops cleanly.
//
// Exit status: 0 after a signal, 1 after a failure, 2 when the configuration is not valid.

import { TrustError } from '../core/errors.ts';
import { createApp } from './app.ts';
import { readConfig, type Config } from './config.ts';
import { listen, type HttpServer } from './http-server.ts';
import { createLogger, type Logger } from './logger.ts';
import { openService, type Service } from './service.ts';
import { createServiceState, type ServiceState } from './service-state.ts';

const clock = (): Date => new Date();

/** Runs the service until a signal; resolves with the exit status. */
async function run(config: Config, log: Logger): Promise<number> {
  const state = createServiceState();
  const app = createApp({ config: config.http, log, state, clock });
  const http = await listen(app, config);
  log.info({ event: 'listening', address: http.address }, `Listening on ${http.address}`);
  const stopping = signalled();
  try {
    const opening = openWhenThere(config, log, stopping);
    const service = await Promise.race([opening, stopping]);
    if (typeof service === 'string') {
      await http.stop(0);
      return 0;
    }
    state.setReady(service);
    const size = service.graph.size;
    log.info({ event: 'ready', entries: size }, `Ready with ${size} entries`);
    process.stderr.write(`trust-ledger is at ${http.address}\n`);
    const signal = await stopping;
    log.info({ event: 'stopping', signal }, `Stopping on ${signal}`);
    await stop(state, http, service, config.shutdownSeconds);
    log.info({ event: 'stopped' }, 'Stopped');
    return 0;
  } catch (error) {
    await http.stop(0);
    throw error;
  }
}

/** Opens the ledger, and waits for a database that is not there yet. */
async function openWhenThere(config: Config, log: Logger, stopping: Promise<string>): Promise<Service> {
  const deadline = Date.now() + config.startupSeconds * 1000;
  for (let pause = 250; ; pause = Math.min(2 * pause, 5000)) {
    try {
      return await openService({ config, log, clock });
    } catch (error) {
      const temporary = error instanceof TrustError && error.code === 'database-unavailable';
      if (!temporary || config.databaseUrl === undefined || Date.now() + pause > deadline) throw error;
      log.warn({ err: error }, `Waiting for the database: ${error.message}`);
      await Promise.race([new Promise((resolve) => setTimeout(resolve, pause)), stopping]);
    }
  }
}

/** Order matters: nothing new comes in, what came in is committed and answered, then the ground goes away. */
async function stop(state: ServiceState, http: HttpServer, service: Service, seconds: number): Promise<void> {
  state.setDraining();
  await http.stop(seconds);
  await service.close();
}

/** Resolves with the name of the first signal that asks to stop; a second one ends the process at once. */
function signalled(): Promise<string> {
  return new Promise((resolve) => {
    let asked = false;
    for (const signal of ['SIGTERM', 'SIGINT'] as const) {
      process.on(signal, () => {
        if (asked) process.exit(1);
        asked = true;
        resolve(signal);
      });
    }
  });
}

function complain(error: unknown): void {
  const message = error instanceof Error ? error.message : String(error);
  process.stderr.write(`trust-ledger: ${message}\n`);
  if (error instanceof TrustError && error.help !== undefined) process.stderr.write(`help: ${error.help}\n`);
}

try {
  const config = readConfig(process.env);
  const log = createLogger(config.logLevel);
  const fatal = (error: unknown): void => {
    log.fatal({ err: error }, 'Unexpected failure');
    complain(error);
    process.exit(1);
  };
  process.on('unhandledRejection', fatal).on('uncaughtException', fatal);
  try {
    process.exitCode = await run(config, log);
  } catch (error) {
    log.fatal({ err: error }, error instanceof Error ? error.message : 'The service failed');
    throw error;
  }
} catch (error) {
  complain(error);
  process.exitCode = error instanceof TrustError && error.code === 'config-invalid' ? 2 : 1;
}
