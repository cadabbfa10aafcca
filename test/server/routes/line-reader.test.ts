import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readLines, type Line } from '../../../server/routes/line-reader.ts';
import { expectCode } from '../../support/matchers.ts';

const encoder = new TextEncoder();

async function linesOf(
  chunks: readonly Uint8Array[],
  options: { maxBytes?: number; pauseSeconds?: number; draining?: AbortSignal; pauseAtEnd?: boolean } = {},
): Promise<Line[]> {
  async function* source(): AsyncGenerator<Uint8Array> {
    for (const chunk of chunks) yield await Promise.resolve(chunk);
    if (options.pauseAtEnd === true) await new Promise(() => undefined);
  }
  const lines: Line[] = [];
  const bounds = {
    maxBytes: options.maxBytes ?? 64,
    pauseSeconds: options.pauseSeconds ?? 5,
    draining: options.draining ?? new AbortController().signal,
  };
  for await (const line of readLines(source(), bounds)) lines.push(line);
  return lines;
}

const texts = (lines: readonly Line[]): string[] =>
  lines.map((line) => (line.kind === 'text' ? line.text : `<${line.kind}>`));

describe('lines of a stream', () => {
  it('are the same however the bytes are cut into chunks', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(
          fc.string({ unit: 'grapheme', maxLength: 12 }).filter((text) => !/[\r\n]/.test(text)),
          { maxLength: 8 },
        ),
        fc.boolean(),
        fc.array(fc.nat(200), { maxLength: 6 }),
        async (wanted, ended, cuts) => {
          const whole = encoder.encode(wanted.join('\n') + (ended && wanted.length > 0 ? '\n' : ''));
          const at = [
            0,
            ...cuts.map((cut) => Math.min(cut, whole.length)).sort((a, b) => a - b),
            whole.length,
          ];
          const chunks = at.slice(1).map((end, i) => whole.subarray(at[i], end));
          const lines = texts(await linesOf(chunks, { maxBytes: 4096 }));
          // A last line that is empty and not ended cannot be told from none.
          const expected = ended || wanted.at(-1) !== '' ? wanted : wanted.slice(0, -1);
          expect(lines).toEqual(expected);
        },
      ),
    );
  });

  it('may end in CRLF, and the last needs no end', async () => {
    expect(texts(await linesOf([encoder.encode('a\r\nb\r\n\r\nc')]))).toEqual(['a', 'b', '', 'c']);
  });

  it('keep the ones after one that is too long', async () => {
    const long = encoder.encode('x'.repeat(1000));
    const lines = await linesOf([encoder.encode('a\n'), long, long, encoder.encode('\nb\n'), long], {
      maxBytes: 10,
    });
    expect(texts(lines)).toEqual(['a', '<too-long>', 'b', '<too-long>']);
  });

  it('may be exactly as long as the bound, with either line end', async () => {
    const lines = await linesOf([encoder.encode('1234\n1234\r\n12345\n12345\r\n')], { maxBytes: 4 });
    expect(texts(lines)).toEqual(['1234', '1234', '<too-long>', '<too-long>']);
  });

  it('that are not UTF-8 are named and skipped', async () => {
    const lines = await linesOf([Uint8Array.of(0xff, 0x0a), encoder.encode('ok\n')]);
    expect(texts(lines)).toEqual(['<not-utf8>', 'ok']);
  });

  it('stop with request-invalid when the sender pauses for too long', async () => {
    const error = await expectCode('request-invalid', () =>
      linesOf([encoder.encode('a\n')], { pauseSeconds: 0.05, pauseAtEnd: true }),
    );
    expect(error.message).toContain('0.05 s');
  });

  it('stop with unavailable when the service does', async () => {
    const controller = new AbortController();
    setTimeout(() => {
      controller.abort();
    }, 20);
    await expectCode('unavailable', () =>
      linesOf([encoder.encode('a\n')], { pauseAtEnd: true, draining: controller.signal }),
    );
  });
});
