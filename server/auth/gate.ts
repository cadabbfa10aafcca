// A gate for work that is dear in memory: so much at once, so many waiting in line, nobody beyond.

import { TrustError } from '../../core/errors.ts';

export interface Gate {
  /** Does the work when it is its turn; throws unavailable when the line is full. */
  pass<Result>(work: () => Promise<Result>): Promise<Result>;
}

/** A gate that lets `width` through at once, and `length` wait. */
export function createGate(width: number, length: number): Gate {
  let inside = 0;
  const line: (() => void)[] = [];
  return {
    async pass(work) {
      if (inside >= width) {
        if (line.length >= length) {
          throw new TrustError('unavailable', 'Too many people are signing in at this moment.', {
            help: 'Try again in a few seconds.',
          });
        }
        await new Promise<void>((resolve) => line.push(resolve));
      } else inside++;
      try {
        return await work();
      } finally {
        // Who leaves hands the place on.
        const next = line.shift();
        if (next === undefined) inside--;
        else next();
      }
    },
  };
}
