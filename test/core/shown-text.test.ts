import { describe, expect, it } from 'vitest';
import { nameOfUserId, shownLine } from '../../core/shown-text.ts';

describe('a text for showing', () => {
  it('is one line', () => {
    expect(shownLine('a\r\nb\tc ')).toBe('a b c');
  });

  it('shows what would be invisible or turn the text around', () => {
    expect(shownLine('a\u202Eb\u0000c')).toBe('a\uFFFDb\uFFFDc');
  });

  it('keeps ordinary text of every script', () => {
    expect(shownLine('Zoë 山田 שלום')).toBe('Zoë 山田 שלום');
  });

  it('is cut where it is too long', () => {
    expect(shownLine('a'.repeat(50), 10)).toBe(`${'a'.repeat(9)}…`);
  });
});

describe('the name in a user id', () => {
  it('is what stands before the address', () => {
    expect(nameOfUserId('Ada Example (work) <ada@example.org>')).toBe('Ada Example (work)');
  });

  it('is the address where nothing else is there', () => {
    expect(nameOfUserId('<ada@example.org>')).toBe('ada@example.org');
    expect(nameOfUserId('ada@example.org')).toBe('ada@example.org');
  });

  it('is short', () => {
    expect(nameOfUserId('x'.repeat(5000))).toHaveLength(80);
  });
});
