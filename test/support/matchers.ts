// Assertions on TrustError codes, for functions that throw and promises that reject.

import { expect } from 'vitest';
import { TrustError, type ErrorCode } from '../../core/errors.ts';

/** Runs `act` and returns the TrustError that it throws or rejects with, after checking its code. */
export async function expectCode(code: ErrorCode, act: () => unknown): Promise<TrustError> {
  let caught: unknown;
  try {
    await act();
  } catch (error) {
    caught = error;
  }
  expect(caught, `expected a TrustError with code ${code}`).toBeInstanceOf(TrustError);
  const error = caught as TrustError;
  expect(error.code, error.message).toBe(code);
  return error;
}
