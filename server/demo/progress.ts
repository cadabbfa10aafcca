// What the demo prints while it works: one line a step, with the time it took when that was noticeable.

/** Says what begins, runs it, and says how long it took when that was over a second. */
export async function step<Result>(what: string, work: () => Promise<Result>): Promise<Result> {
  say(`… ${what}`);
  const began = performance.now();
  const result = await work();
  const seconds = (performance.now() - began) / 1000;
  if (seconds > 1) say(`  done in ${seconds.toFixed(1)} s`);
  return result;
}

/** Prints a line. */
export function say(line = ''): void {
  process.stdout.write(`${line}\n`);
}
