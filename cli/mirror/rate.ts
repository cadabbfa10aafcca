// Progress with a rate and the time that is left.

import type { Progress } from '../output/progress.ts';

/** A function for `MirrorRun.progress` that shows entries, entries a second since its first call, and the time left. */
export function startRate(progress: Progress): (done: number, total: number) => void {
  let first: { readonly done: number; readonly at: number } | undefined;
  return (done, total) => {
    const now = performance.now();
    first ??= { done, at: now };
    const seconds = (now - first.at) / 1000;
    const rate = seconds < 1 ? 0 : (done - first.done) / seconds;
    const more = rate < 1 ? '' : ` entries, ${Math.round(rate)}/s, ${timeLeft((total - done) / rate)} left`;
    progress.update(done, total, more);
  };
}

function timeLeft(seconds: number): string {
  const whole = Math.ceil(seconds);
  if (whole < 60) return `${whole} s`;
  if (whole < 3600) return `${Math.ceil(whole / 60)} min`;
  return `${Math.floor(whole / 3600)} h ${Math.ceil((whole % 3600) / 60)} min`;
}
