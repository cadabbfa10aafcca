// Where the service stands in its life: starting, ready, draining. Everything that needs the database asks here.

import { TrustError } from '../core/errors.ts';
import type { Service } from './service.ts';

export interface ServiceState {
  /** Aborts when the service stops taking work, so that streams end. */
  readonly draining: AbortSignal;
  /** The running service; throws unavailable while it starts and once it stops. */
  service(): Service;
  /** The running service; undefined while it starts. */
  running(): Service | undefined;
  /** Resolves when the service can serve right now; rejects with unavailable otherwise. */
  checkReady(): Promise<void>;
  /** From now on the service is this one. */
  setReady(service: Service): void;
  /** From now on it takes no new work: readiness fails, requests in progress go on. */
  setDraining(): void;
}

/** A state that begins as starting. */
export function createServiceState(): ServiceState {
  let running: Service | undefined;
  const drain = new AbortController();
  const service = (): Service => {
    if (running !== undefined) return running;
    throw new TrustError('unavailable', 'The service is starting.', { help: 'Try again in a few seconds.' });
  };
  return {
    draining: drain.signal,
    service,
    running: () => running,
    checkReady: async () => {
      if (drain.signal.aborted) {
        throw new TrustError('unavailable', 'The service is shutting down.', {
          help: 'Try again in a few seconds.',
        });
      }
      try {
        await service().ping();
      } catch (cause) {
        if (cause instanceof TrustError && cause.code === 'unavailable') throw cause;
        const isLog = cause instanceof TrustError && cause.code.startsWith('ledger-');
        const message = isLog ? `The log has stopped: ${cause.message}` : 'The database does not answer.';
        throw new TrustError('unavailable', message, { cause });
      }
    },
    setReady: (started) => {
      running = started;
    },
    setDraining: () => {
      drain.abort();
    },
  };
}
