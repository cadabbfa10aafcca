import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { verdictWords } from '../../../core/closure/policy.ts';
import * as text from '../../../server/site/view-text.ts';

const openpgp = 'openpgp:5EA3F1C09B27D4E86A10B3C5D7E9F1A2B4C6D8E0';
const crev = 'crev:FYlr8YoYGVvDwHQxqEIs4reKKDy-oWisoO0qXXEfHVE';

describe('how pages write things', () => {
  it('gives every verdict a mark of its own', () => {
    expect(new Set(verdictWords.map(text.verdictMark)).size).toBe(verdictWords.length);
  });

  it('groups fingerprints by four and leaves crev ids whole', () => {
    expect(text.grouped(openpgp)).toBe('5EA3 F1C0 9B27 D4E8 6A10 B3C5 D7E9 F1A2 B4C6 D8E0');
    expect(text.grouped(crev)).toBe(crev.slice(5));
    expect(text.shortIdentity(openpgp)).toBe('D7E9 F1A2 B4C6 D8E0');
    expect(text.shortIdentity(crev)).toBe('FYlr8YoYGVvD…');
    expect(text.grouped('')).toBe('');
  });

  it('shortens long hashes only', () => {
    expect(text.shortHash('abcdef0123456789')).toBe('abcdef0123456789');
    expect(text.shortHash('abcdef0123456789a')).toBe('abcdef012345…');
  });

  it('writes times in UTC, and gives back what is none', () => {
    expect(text.date('2026-11-22T19:00:00Z')).toBe('22 Nov 2026, 19:00 UTC');
    expect(text.date('2026-11-23T01:00:00+06:00')).toBe('22 Nov 2026, 19:00 UTC');
    expect(text.date('yesterday')).toBe('yesterday');
  });

  it('says how long ago in the largest unit that fits', () => {
    const now = '2026-11-22T12:00:00Z';
    expect(text.ago('2026-11-22T11:59:30Z', now)).toBe('just now');
    expect(text.ago('2026-11-22T11:58:00Z', now)).toBe('2 minutes ago');
    expect(text.ago('2026-11-21T12:00:00Z', now)).toBe('yesterday');
    expect(text.ago('2025-11-01T12:00:00Z', now)).toBe('last year');
    expect(text.ago('2026-11-22T14:00:00Z', now)).toBe('in 2 hours');
    expect(text.ago('never', now)).toBe('just now');
  });

  it('counts', () => {
    expect(text.count(1, 'review')).toBe('1 review');
    expect(text.count(12_345, 'review')).toBe('12,345 reviews');
    expect(text.count(0, 'identity', 'identities')).toBe('0 identities');
  });

  it('takes purls apart for reading', () => {
    expect(text.purlParts('pkg:npm/%40scope/name@1.2.3')).toEqual({
      type: 'npm',
      name: '@scope/name',
      version: '1.2.3',
    });
    expect(text.purlParts('pkg:cargo/serde')).toEqual({ type: 'cargo', name: 'serde', version: '' });
  });
});

describe('the addresses of pages', () => {
  it('leave qualifiers and subpaths of a purl out', () => {
    expect(text.packagePath('pkg:npm/%40scope/name@1.2.3?arch=x#src')).toBe(
      '/packages/npm/%40scope/name@1.2.3',
    );
  });

  it('stay below their folder whatever stands in an identity', () => {
    fc.assert(
      fc.property(fc.string(), (identity) => {
        const path = text.identityPath(identity);
        // URL drops `.` and `..`: neither is an identity.
        if (/^\.{1,2}$/.test(identity)) return;
        expect(new URL(path, 'http://here.invalid').pathname).toBe(path);
        expect(path.slice('/identities/'.length)).not.toContain('/');
      }),
    );
  });
});
