import { describe, expect, test } from 'vitest';
import { compareVersions, isInRange, parseVersion } from '../../../core/closure/version-order.ts';

function order(type: string, a: string, b: string): number | undefined {
  const [left, right] = [parseVersion(type, a), parseVersion(type, b)];
  return left === undefined || right === undefined ? undefined : Math.sign(compareVersions(left, right));
}

describe('the order of crate versions is that of Rust', () => {
  // https://semver.org section 11, and the documentation of BuildMetadata in the `semver` crate.
  const ascending = [
    '0.0.1',
    '0.9.10',
    '1.0.0-0',
    '1.0.0-alpha',
    '1.0.0-alpha.1',
    '1.0.0-alpha.beta',
    '1.0.0-beta',
    '1.0.0-beta.2',
    '1.0.0-beta.11',
    '1.0.0-rc.1',
    '1.0.0',
    '1.0.0+0',
    '1.0.0+00',
    '1.0.0+2',
    '1.0.0+02',
    '1.0.0+10',
    '1.0.0+10.a',
    '1.0.0+a',
    '1.0.1',
    '1.9.0',
    '1.10.0',
    '2.0.0',
    '18446744073709551616.0.0',
  ];
  test('every pair of a long list compares as it stands', () => {
    for (const [i, a] of ascending.entries()) {
      for (const [j, b] of ascending.entries()) {
        expect(order('cargo', a, b), `${a} and ${b}`).toBe(Math.sign(i - j));
      }
    }
  });

  test('build metadata is part of identity: 3.0.3+sys2.14.0 is not 3.0.3', () => {
    expect(order('cargo', '3.0.3+sys2.14.0', '3.0.3')).toBe(1);
  });

  test('what is no semantic version has no order', () => {
    for (const text of ['1.0', '01.0.0', 'v1.0.0', '1.0.0-', '1.0.0-01', '1.0.0+', '', 'latest']) {
      expect(parseVersion('cargo', text), text).toBeUndefined();
    }
  });
});

describe('the order of other versions', () => {
  test('npm and Go drop build metadata, and Go writes a v', () => {
    expect(order('npm', '1.0.0+a', '1.0.0+b')).toBe(0);
    expect(order('golang', 'v1.2.3', 'v1.10.0')).toBe(-1);
    expect(order('golang', 'v2.0.0+incompatible', 'v2.0.0')).toBe(0);
    expect(order('golang', 'v0.0.0-20200101000000-abcdefabcdef', 'v0.0.0')).toBe(-1);
  });

  test('elsewhere dotted numbers compare, of any length', () => {
    expect(order('pypi', '1.2', '1.2.0')).toBe(0);
    expect(order('pypi', '2024.10.1', '2024.9')).toBe(1);
    expect(order('generic', '1.2.3.4', '1.2.3.10')).toBe(-1);
  });

  test('elsewhere anything more is not guessed: a Debian revision is no pre-release', () => {
    expect(order('deb', '1.2.3-4', '1.2.3')).toBeUndefined();
    expect(order('pypi', '1.0rc1', '1.0')).toBeUndefined();
    expect(order('deb', '1:1.0', '1.0')).toBeUndefined();
  });

  test('a type named like a property of objects is just another type', () => {
    expect(order('constructor', '1.0', '2.0')).toBe(-1);
  });
});

describe('ranges', () => {
  const inRange = (range: 'all' | 'major' | 'minor', reported: string, queried: string) =>
    isInRange(range, parseVersion('cargo', reported)!, parseVersion('cargo', queried)!);

  test('all is everything, major is the same major, minor the same major and minor', () => {
    expect(inRange('all', '1.0.0', '9.9.9')).toBe(true);
    expect(inRange('major', '1.2.3', '1.9.0')).toBe(true);
    expect(inRange('major', '1.2.3', '2.2.3')).toBe(false);
    expect(inRange('minor', '1.2.3', '1.2.9')).toBe(true);
    expect(inRange('minor', '1.2.3', '1.3.3')).toBe(false);
  });
});
