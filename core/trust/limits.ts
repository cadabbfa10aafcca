// The bounds of a view: what is too much is refused, never cut short, so that an answer is always the whole answer.

import { TrustError } from '../errors.ts';
import type { TrustParameters } from './types.ts';

/** Bounds of a view. The defaults suit a server; what exceeds them is refused, never cut short. */
export interface TrustLimits {
  /** Distinct scopes within reach. */
  readonly scopes?: number;
  /** Distinct combinations of matching scopes, each of which has a trust set of its own. */
  readonly combinations?: number;
  /** Edges that may be looked at for all sets together. */
  readonly work?: number;
}

/** The error for more of something than a view may hold. */
export function limitError(what: string, limit: number): TrustError {
  return new TrustError('trust-limit-exceeded', `More than ${limit} ${what} within reach of these roots`, {
    help: 'Name other roots, or ask for fewer packages at a time.',
  });
}

/** As in a policy; keeps every distance within what the order of visits can hold. */
const maxCost = 1_000_000;

/**
 * Refuses parameters with which the algorithm would not be crev's, or not end: fractions, negative and endless costs.
 * @throws TrustError policy-invalid.
 */
export function checkParameters(parameters: TrustParameters): void {
  for (const name of ['max', 'high', 'medium', 'low', 'none', 'distrust'] as const) {
    const value = parameters[name];
    if (Number.isInteger(value) && value >= 0 && value <= maxCost) continue;
    throw new TrustError(
      'policy-invalid',
      `The trust cost ${name} is not a whole number from 0 to ${maxCost}: ${value}`,
    );
  }
}
