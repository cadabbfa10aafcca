// What reaches terminals: nothing acts, nothing hides, colours only where wanted.

import fc from 'fast-check';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { exitCodeOf, exitCodes, mostSevere, type ExitCode } from '../../cli/exit-codes.ts';
import { escapeLines, escapeTerminal } from '../../cli/output/escape-terminal.ts';
import { jsonText } from '../../cli/output/json-text.ts';
import { makePaint } from '../../cli/output/paint.ts';
import { startProgress } from '../../cli/output/progress.ts';
import { shellQuote } from '../../cli/output/shell-quote.ts';
import type { OutputStream } from '../../cli/io.ts';
import { errorCodes, TrustError } from '../../core/errors.ts';

const acting = new RegExp(
  String.raw`[\u0000-\u001f\u007f-\u009f\u00ad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]|\p{Variation_Selector}`,
  'u',
);
const anyText = fc.string({ unit: 'binary', maxLength: 200 });

describe('escaping for terminals', () => {
  it('lets no control, bidirectional or invisible character through, whatever the text', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        const shown = escapeTerminal(text);
        expect(shown).not.toMatch(acting);
        expect(shown).not.toMatch(/\p{Cs}/u);
        for (const line of escapeLines(text)) expect(line).not.toMatch(acting);
      }),
      { numRuns: 2000 },
    );
  });

  it('leaves ordinary text of every script as it is', () => {
    for (const text of ['left-pad', 'Zoë Müller', '日本語', 'Привет', 'a b', 'עברית']) {
      expect(escapeTerminal(text)).toBe(text);
    }
  });

  it('never begins a line with a command of GitHub’s runner', () => {
    expect(escapeTerminal('::error::x')).toBe('\\::error::x');
    expect(escapeTerminal('  ##[group]x')).toBe('  \\##[group]x');
    fc.assert(
      fc.property(anyText, (text) => {
        expect(escapeTerminal(text)).not.toMatch(/^\s*(::|##\[)/);
      }),
    );
  });

  it('shows lone surrogates and an escape sequence', () => {
    expect(escapeTerminal('a\u001b[31mb\ud800')).toBe('a\\u{1b}[31mb\\u{d800}');
  });
});

describe('JSON for stdout', () => {
  it('reads back as the same data and holds nothing that acts', () => {
    fc.assert(
      fc.property(fc.jsonValue(), anyText, (value, text) => {
        const data = { value, text };
        const written = jsonText(data);
        expect(JSON.parse(written)).toEqual(JSON.parse(JSON.stringify(data)));
        expect(written.replaceAll('\n', '')).not.toMatch(acting);
      }),
    );
  });
});

describe('suggested commands', () => {
  it('are quoted so that a shell reads the same word, or left out', () => {
    expect(shellQuote('pkg:npm/a@1.0.0')).toBe('pkg:npm/a@1.0.0');
    expect(shellQuote('pkg:npm/a@1.0.0?x=$(id)')).toBe("'pkg:npm/a@1.0.0?x=$(id)'");
    expect(shellQuote("a'b")).toBe(`'a'\\''b'`);
    for (const word of ['', '-rf', 'a\nb', 'a\u202eb', 'é']) expect(shellQuote(word)).toBeUndefined();
  });
});

describe('colours and symbols', () => {
  const stream = (isTTY: boolean): OutputStream => ({ isTTY, columns: 80, write: () => undefined });
  const colored = (isTTY: boolean, env: Record<string, string>, mode: 'auto' | 'always' | 'never' = 'auto') =>
    makePaint(stream(isTTY), env, mode)('bad', 'x') !== 'x';

  it('come on a terminal, and follow --color, FORCE_COLOR, NO_COLOR and TERM=dumb', () => {
    expect(colored(true, {})).toBe(true);
    expect(colored(false, {})).toBe(false);
    expect(colored(true, { NO_COLOR: '1' })).toBe(false);
    expect(colored(true, { NO_COLOR: '' })).toBe(true);
    expect(colored(true, { TERM: 'dumb' })).toBe(false);
    expect(colored(false, { FORCE_COLOR: '1' })).toBe(true);
    expect(colored(true, { FORCE_COLOR: '0' })).toBe(false);
    expect(colored(false, { NO_COLOR: '1', FORCE_COLOR: '1' })).toBe(true);
    expect(colored(false, { NO_COLOR: '1' }, 'always')).toBe(true);
    expect(colored(true, { FORCE_COLOR: '1' }, 'never')).toBe(false);
  });

  it('fall back to ASCII without a UTF-8 locale', () => {
    const good = (env: Record<string, string>) => makePaint(stream(true), env, 'never').symbols.good;
    expect(good({ LANG: 'en_GB.UTF-8' })).toBe('✓');
    expect(good({ LANG: 'C' })).toBe('ok');
    expect(good({ LANG: 'en_GB.UTF-8', LC_ALL: 'C' })).toBe('ok');
    expect(good({})).toBe('ok');
  });
});

describe('the progress line', () => {
  afterEach(() => {
    vi.useRealTimers();
  });

  it('appears after 300 ms and goes without a trace', () => {
    vi.useFakeTimers();
    let written = '';
    const stream: OutputStream = { isTTY: true, columns: 80, write: (text) => void (written += text) };
    const progress = startProgress(stream, 'Working', true);
    progress.update(1, 2);
    vi.advanceTimersByTime(250);
    expect(written).toBe('');
    vi.advanceTimersByTime(100);
    expect(written).toContain('Working 1/2');
    progress.stop();
    expect(written.endsWith('\r\u001b[K')).toBe(true);
    const before = written;
    vi.advanceTimersByTime(1000);
    expect(written).toBe(before);
  });
});

describe('exit statuses', () => {
  it('are never 0 or 1 for an error', () => {
    for (const code of errorCodes) expect([2, 3, 4, 5]).toContain(exitCodeOf(new TrustError(code, 'x')));
    expect(exitCodeOf(new TypeError('bug'))).toBe(70);
  });

  it('of several lockfiles are the most severe, in the order 3, 2, 4, 1, 5, 0', () => {
    const order: ExitCode[] = [3, 2, 4, 1, 5, 0];
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...order), { minLength: 1 }), (codes) => {
        expect(mostSevere(codes)).toBe(order.find((code) => codes.includes(code)));
      }),
    );
    expect(mostSevere([])).toBe(exitCodes.met);
  });
});
