// The two streams as commands use them: results on stdout, everything else on stderr.

import type { Io } from '../io.ts';
import { makePaint, type ColorMode, type Paint } from './paint.ts';
import { startProgress, type Progress } from './progress.ts';

export const verbosities = ['quiet', 'normal', 'verbose', 'debug'] as const;
export type Verbosity = (typeof verbosities)[number];

export interface Terminal {
  readonly verbosity: Verbosity;
  /** Paint for stdout and for stderr: one may be a terminal and the other a file. */
  readonly paint: Paint;
  readonly notePaint: Paint;
  /** A line of the result, on stdout. */
  print(line: string): void;
  /** A remark for the person, on stderr; not with --quiet. */
  note(line: string): void;
  /** Something that ought to be known, on stderr, always. */
  warn(line: string): void;
  /** How it works, on stderr; only with --debug. */
  debug(line: string): void;
  /** A progress line on stderr, where that makes sense. */
  progress(label: string): Progress;
}

/** The terminal for one run. Callers escape what comes from outside before they hand it over. */
export function makeTerminal(io: Io, verbosity: Verbosity, color: ColorMode): Terminal {
  const notePaint = makePaint(io.stderr, io.env, color);
  const active = new Set<Progress>();
  const say = (line: string): void => {
    for (const progress of active) progress.hide();
    io.stderr.write(`${line}\n`);
  };
  const inCi = io.env['CI'] !== undefined && io.env['CI'] !== '' && io.env['CI'] !== 'false';
  return {
    verbosity,
    paint: makePaint(io.stdout, io.env, color),
    notePaint,
    print(line) {
      for (const progress of active) progress.hide();
      io.stdout.write(`${line}\n`);
    },
    note(line) {
      if (verbosity !== 'quiet') say(line);
    },
    warn(line) {
      say(`${notePaint('warn', 'warning:')} ${line}`);
    },
    debug(line) {
      if (verbosity === 'debug') say(notePaint('dim', line));
    },
    progress(label) {
      const shown = io.stderr.isTTY && !inCi && verbosity !== 'quiet' && io.env['TERM'] !== 'dumb';
      const progress = startProgress(io.stderr, label, shown);
      active.add(progress);
      return {
        ...progress,
        stop() {
          active.delete(progress);
          progress.stop();
        },
      };
    },
  };
}
