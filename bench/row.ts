// One line of the bench: a figure, and beside it the floor that was measured in the same run.

export interface BenchRow {
  readonly name: string;
  readonly value: number;
  readonly unit: string;
  /** What it could not be better than, in the same unit, measured in the same run. */
  readonly floor?: number;
  /** What the floor is. */
  readonly floorName?: string;
  /** value and floor as a ratio; whether higher or lower is better follows from the unit. */
  readonly ratio?: number;
  /** The bar that the project set itself for the ratio or the value. */
  readonly bar?: string;
}

/** Median of some figures; NaN for none. */
export function median(values: readonly number[]): number {
  return percentile(values, 50);
}

/** The smallest value that at least `p` percent of the values do not exceed (nearest rank); NaN for none. */
export function percentile(values: readonly number[], p: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil((p / 100) * sorted.length) - 1)] ?? Number.NaN;
}

/** Milliseconds that `act` takes. */
export async function milliseconds(act: () => unknown): Promise<number> {
  const start = performance.now();
  await act();
  return performance.now() - start;
}
