import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { returnPath } from '../../../server/site/return-path.ts';

const here = 'https://ledger.example.org';

describe('where a form leads back to', () => {
  it('is the path and query that were asked for', () => {
    for (const path of [
      '/',
      '/packages/npm/%40scope/name@1.0.0',
      '/search?q=a%26b&page=2',
      '/x#part',
      '/a//b',
    ]) {
      expect(returnPath(path)).toBe(path);
    }
  });

  it('is the start page for anything that a browser would take for another site', () => {
    for (const asked of [
      '//evil.example',
      '///evil.example',
      '/\\evil.example',
      '\\\\evil.example',
      '/\t/evil.example',
      '/\n/evil.example',
      '/\r/evil.example',
      '/x\\..\\..\\evil',
      '\t//evil.example',
      ' //evil.example',
      'https://evil.example/',
      'https:evil.example',
      'javascript:alert(1)',
      'data:text/html,<script>alert(1)</script>',
      'evil.example',
      '@evil.example',
      '.evil.example',
      '/\0',
      '',
    ]) {
      expect(returnPath(asked), JSON.stringify(asked)).toBe('/');
    }
  });

  it('is the start page for what is no text, or too long', () => {
    for (const asked of [
      undefined,
      null,
      7,
      ['/a', '/b'],
      { toString: () => '/a' },
      `/${'a'.repeat(2048)}`,
    ]) {
      expect(returnPath(asked)).toBe('/');
    }
  });

  it('stays on this site for any text whatever, and never splits the header that carries it', () => {
    const pieces = fc.constantFrom(
      '/',
      '\\',
      '.',
      '..',
      ':',
      '@',
      '?',
      '#',
      '%2f',
      '%5c',
      '\t',
      '\n',
      '\r',
      'evil.example',
      'javascript:',
      '\u2028',
      '\u3000',
    );
    const hostile = fc.array(fc.oneof(pieces, fc.string({ unit: 'grapheme', maxLength: 3 })), {
      maxLength: 8,
    });
    fc.assert(
      fc.property(hostile, (parts) => {
        const path = returnPath(parts.join(''));
        expect(path.startsWith('/')).toBe(true);
        expect(path).not.toMatch(/[\r\n\0]/);
        expect(new URL(path, `${here}/some/page`).origin).toBe(here);
        // What a browser does with a Location: white space around it goes, tabs and line breaks inside too.
        expect(new URL(path.trim().replaceAll(/[\t\r\n]/g, ''), here).origin).toBe(here);
      }),
      { numRuns: 3000 },
    );
  });
});
