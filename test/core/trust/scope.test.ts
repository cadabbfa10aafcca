import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compileGlob, matchesGlob } from '../../../core/trust/glob.ts';
import { checkPurlPattern, matchesPurlPattern, maxPatternLength } from '../../../core/trust/scope.ts';
import { expectCode } from '../../support/matchers.ts';

describe('a purl pattern', () => {
  it.each([
    ['pkg:cargo/serde', 'pkg:cargo/serde', true],
    ['pkg:cargo/serde', 'pkg:cargo/serde@1.0.0', true],
    ['pkg:cargo/serde', 'pkg:cargo/serde_json@1.0.0', false],
    ['pkg:cargo/serde', 'pkg:npm/serde', false],
    ['pkg:cargo/serde*', 'pkg:cargo/serde_json@1.0.0', true],
    ['pkg:cargo/serde*', 'pkg:cargo/serde', true],
    ['pkg:cargo/*', 'pkg:cargo/serde@1.0.0', true],
    ['pkg:npm/*', 'pkg:npm/left-pad@1.3.0', true],
    ['pkg:npm/*', 'pkg:npm/%40babel/core@7.0.0', false],
    ['pkg:npm/**', 'pkg:npm/%40babel/core@7.0.0', true],
    ['pkg:npm/**', 'pkg:npm/left-pad', true],
    ['pkg:npm/%40babel/*', 'pkg:npm/%40babel/core@7.0.0', true],
    ['pkg:npm/@babel/*', 'pkg:npm/%40babel/core@7.0.0', true],
    ['pkg:npm/%40babel/*', 'pkg:npm/%40babelish/core@7.0.0', false],
    ['pkg:npm/%40*/core', 'pkg:npm/%40babel/core', true],
    ['pkg:golang/github.com/acme/**', 'pkg:golang/github.com/acme/a/b/c@v1.0.0', true],
    ['pkg:golang/github.com/acme/*', 'pkg:golang/github.com/acme/a/b@v1.0.0', false],
    ['pkg:golang/**/api', 'pkg:golang/example.org/x/y/api@v1.0.0', true],
    ['pkg:cargo/serde@1.0.0', 'pkg:cargo/serde@1.0.0', true],
    ['pkg:cargo/serde@1.0.0', 'pkg:cargo/serde@1.0.1', false],
    ['pkg:cargo/serde@1.0.0', 'pkg:cargo/serde', false],
    ['pkg:cargo/serde@1.*', 'pkg:cargo/serde@1.0.1', true],
    ['pkg:cargo/serde@1.*', 'pkg:cargo/serde@11.0.1', false],
    ['pkg:cargo/*@*-beta*', 'pkg:cargo/serde@1.0.0-beta.2', true],
    ['pkg:deb/debian/curl?arch=amd64', 'pkg:deb/debian/curl@7?arch=amd64&distro=x', true],
    ['pkg:deb/debian/curl?arch=amd64', 'pkg:deb/debian/curl@7?arch=arm64', false],
    ['pkg:deb/debian/curl?arch=*', 'pkg:deb/debian/curl@7', false],
    ['pkg:deb/debian/*', 'pkg:deb/debian/curl@7?arch=arm64', true],
    ['pkg:golang/example.org/x#cmd/*', 'pkg:golang/example.org/x@v1.0.0#cmd/tool', true],
    ['pkg:golang/example.org/x#cmd/*', 'pkg:golang/example.org/x@v1.0.0', false],
    ['pkg:npm/a%2Ab', 'pkg:npm/a%2Ab', true],
    ['pkg:npm/a%2Ab', 'pkg:npm/axb', false],
  ])('%s on %s: %s', (pattern, purl, expected) => {
    expect(matchesPurlPattern(pattern, purl)).toBe(expected);
  });

  it('follows the spelling rules of its type', () => {
    expect(matchesPurlPattern('pkg:PyPI/Zope_*', 'pkg:pypi/zope-interface@5')).toBe(true);
    expect(matchesPurlPattern('pkg:github/Acme/*', 'pkg:github/acme/Tool@v1')).toBe(true);
    expect(matchesPurlPattern('pkg:cpan/gdt/*', 'pkg:cpan/GDT/URI-PackageURL')).toBe(true);
  });

  it('may leave out the namespace that its type wants, behind a wildcard', () => {
    expect(matchesPurlPattern('pkg:github/**', 'pkg:github/acme/tool')).toBe(true);
    expect(matchesPurlPattern('pkg:swift/github.com/**', 'pkg:swift/github.com/Alamofire/Alamofire@5')).toBe(
      true,
    );
  });

  it('may stand for names of a form that no word has', () => {
    expect(matchesPurlPattern('pkg:chrome-extension/*', `pkg:chrome-extension/${'ab'.repeat(16)}@1.2`)).toBe(
      true,
    );
  });

  it('may hold the words that stand in for wildcards inside', () => {
    expect(matchesPurlPattern('pkg:npm/wildcardone-*', 'pkg:npm/wildcardone-x')).toBe(true);
    expect(matchesPurlPattern('pkg:npm/wildcardone', 'pkg:npm/other')).toBe(false);
  });

  it.each([
    '',
    '*',
    'serde',
    'pkg:*/serde',
    'pkg:npm',
    'pkg:npm/',
    'pkg:cargo/a/*',
    'pkg:npm/%4*',
    'pkg:npm/\u202e*',
    `pkg:npm/${'a'.repeat(maxPatternLength)}`,
  ])('is refused with the code of where it stands when it is %j', async (pattern) => {
    await expectCode('policy-invalid', () => checkPurlPattern(pattern));
    await expectCode('statement-invalid', () => checkPurlPattern(pattern, 'statement-invalid'));
  });

  it('is not asked about what is no purl', async () => {
    await expectCode('purl-invalid', () => matchesPurlPattern('pkg:npm/*', 'left-pad'));
  });

  it('matches the purl that it is, and every purl that its wildcards are filled in for', () => {
    const word = fc.stringMatching(/^[a-z][a-z0-9.-]{0,8}$/);
    fc.assert(
      fc.property(fc.array(word, { minLength: 3, maxLength: 5 }), word, fc.nat(), (words, version, at) => {
        const purl = `pkg:golang/${words.join('/')}@${version}`;
        expect(matchesPurlPattern(purl, purl)).toBe(true);
        const starred = words.map((one, place) => (place === at % words.length ? '*' : one));
        expect(matchesPurlPattern(`pkg:golang/${starred.join('/')}`, purl)).toBe(true);
        expect(matchesPurlPattern(`pkg:golang/${words.slice(0, 1 + (at % 2)).join('/')}/**`, purl)).toBe(
          true,
        );
        expect(matchesPurlPattern(`pkg:golang/${starred.slice(1).join('/')}`, purl)).toBe(false);
      }),
    );
  });
});

describe('matching wildcards', () => {
  const piece = fc.constantFrom('a', 'b', '/', '.', '*', '**', '***');
  const text = fc.string({ unit: fc.constantFrom('a', 'b', '/', '.'), maxLength: 12 });

  it('agrees with a regular expression of the same meaning', () => {
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 8 }), text, (pieces, subject) => {
        const pattern = pieces.join('');
        const expression = pattern.replaceAll(/\*+|[./]/g, (part) =>
          part === '*' ? '[^/]*' : part.startsWith('*') ? '.*' : `\\${part}`,
        );
        const expected = new RegExp(`^${expression}$`, 's').test(subject);
        expect(matchesGlob(compileGlob(pattern), subject)).toBe(expected);
      }),
      { numRuns: 3_000 },
    );
  });

  it('takes time in proportion to the text, not exponential, on a pattern made to backtrack', () => {
    const glob = compileGlob(`${'*a'.repeat(250)}**b`);
    const start = performance.now();
    expect(matchesGlob(glob, 'a'.repeat(1_000))).toBe(false);
    expect(performance.now() - start).toBeLessThan(1_000);
  });
});
