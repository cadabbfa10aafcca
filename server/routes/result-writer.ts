// Writes lines of NDJSON into a response: those that are ready together go together, and a client that does not read
// makes the writer wait.

import type { Response } from 'express';

export interface ResultWriter {
  /** Takes one line; resolves when the next may come. Rejects when the connection is gone. */
  write(value: unknown): Promise<void>;
  /** Ends the answer in order. */
  end(): Promise<void>;
  /** Sends what was taken and then closes the connection without an end, so that the client sees that more was due. */
  cut(): void;
}

/** Characters that are gathered before they are sent without waiting for more. */
const flushAt = 64 * 1024;

/** A writer over a response whose headers are sent. */
export function createResultWriter(response: Response): ResultWriter {
  let gathered = '';
  let scheduled: NodeJS.Immediate | undefined;
  let taken: Promise<void> | undefined;

  const flush = (): void => {
    clearImmediate(scheduled);
    scheduled = undefined;
    if (gathered === '' || response.destroyed) return;
    const text = gathered;
    gathered = '';
    if (response.write(text)) return;
    taken = whenDrained(response).finally(() => {
      taken = undefined;
    });
    // Whoever writes next is told; when nobody does, the connection's end needs no telling.
    taken.catch(() => undefined);
  };

  return {
    write: async (value) => {
      if (response.destroyed) throw gone();
      gathered += `${JSON.stringify(value)}\n`;
      if (gathered.length >= flushAt) flush();
      else scheduled ??= setImmediate(flush);
      await taken;
    },
    end: async () => {
      flush();
      await taken;
      response.end();
    },
    cut: () => {
      flush();
      response.socket?.destroySoon();
    },
  };
}

function whenDrained(response: Response): Promise<void> {
  return new Promise((resolve, reject) => {
    const done = (): void => {
      response.off('drain', onDrain).off('close', onClose);
    };
    const onDrain = (): void => {
      done();
      resolve();
    };
    const onClose = (): void => {
      done();
      reject(gone());
    };
    response.on('drain', onDrain).on('close', onClose);
  });
}

function gone(): Error {
  return new Error('The client closed the connection.');
}
