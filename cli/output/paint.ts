// Colours and symbols, decided per stream: NO_COLOR, FORCE_COLOR, TERM=dumb, --color, and whether it is a terminal.

import { styleText } from 'node:util';
import type { Io, OutputStream } from '../io.ts';

export const colorModes = ['auto', 'always', 'never'] as const;
export type ColorMode = (typeof colorModes)[number];

const styles = {
  bad: ['bold', 'red'],
  warn: ['yellow'],
  good: ['green'],
  dim: ['dim'],
  strong: ['bold'],
} as const;
export type Style = keyof typeof styles;

const unicode = { bad: '✗', warn: '!', unknown: '?', good: '✓', skip: '–', arrow: '→', bullet: '•' };
const ascii: typeof unicode = {
  bad: 'x',
  warn: '!',
  unknown: '?',
  good: 'ok',
  skip: '-',
  arrow: '->',
  bullet: '*',
};
export type Symbols = Readonly<typeof unicode>;

/** How to write on one stream. */
export interface Paint {
  (style: Style, text: string): string;
  readonly symbols: Symbols;
}

/** The paint for a stream: explicit `--color` first, then the environment, then whether it is a terminal. */
export function makePaint(stream: OutputStream, env: Io['env'], mode: ColorMode): Paint {
  const colored = isColored(stream, env, mode);
  // The decision is made above from the injected environment; styleText must not look at the process's own.
  const paint = (style: Style, text: string): string =>
    colored ? styleText([...styles[style]], text, { validateStream: false }) : text;
  return Object.assign(paint, { symbols: hasUnicode(env) ? unicode : ascii });
}

function isColored(stream: OutputStream, env: Io['env'], mode: ColorMode): boolean {
  if (mode !== 'auto') return mode === 'always';
  const forced = env['FORCE_COLOR'];
  if (forced !== undefined) return !['0', 'false'].includes(forced);
  const refused = env['NO_COLOR'];
  if (refused !== undefined && refused !== '') return false;
  return stream.isTTY && env['TERM'] !== 'dumb';
}

function hasUnicode(env: Io['env']): boolean {
  const locale = [env['LC_ALL'], env['LC_CTYPE'], env['LANG']].find(
    (value) => value !== undefined && value !== '',
  );
  return env['TERM'] !== 'dumb' && env['TERM'] !== 'linux' && /utf-?8/i.test(locale ?? '');
}
