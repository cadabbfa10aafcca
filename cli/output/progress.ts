// One line on stderr that says how far a long job is: after 300 ms, only on a terminal, never in CI.

import type { OutputStream } from '../io.ts';

const patienceMs = 300;
const periodMs = 100;

export interface Progress {
  /** `done` of `total` things; without a total only the count is shown. `more` is our own text behind it. */
  update(done: number, total?: number, more?: string): void;
  /** Takes the line away. */
  stop(): void;
  /** Takes the line away until the next tick, so that something else can be printed. */
  hide(): void;
}

/** A progress line on `stream`; silent when `shown` is false. `label` is our own text. */
export function startProgress(stream: OutputStream, label: string, shown: boolean): Progress {
  if (!shown) return { update() {}, stop() {}, hide() {} };
  let state = '';
  let ticks = 0;
  let visible = false;
  const hide = (): void => {
    if (visible) stream.write('\r\u001b[K');
    visible = false;
  };
  const timer = setInterval(() => {
    ticks++;
    if (ticks * periodMs < patienceMs) return;
    const line = `${label}${state}`.slice(0, Math.max(20, stream.columns - 1));
    stream.write(`\r\u001b[K${line}`);
    visible = true;
  }, periodMs);
  // The line must never keep the process alive.
  timer.unref();
  return {
    update(done, total, more = '') {
      state = (total === undefined ? ` ${done}` : ` ${done}/${total}`) + more;
    },
    stop() {
      clearInterval(timer);
      hide();
    },
    hide,
  };
}
