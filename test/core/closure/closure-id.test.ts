import { describe, expect, test } from 'vitest';
import { closureId } from '../../../core/closure/closure-id.ts';
import { purlParts } from '../../../core/closure/purl-parts.ts';
import { packagePurl, parsePurl } from '../../../core/digest/purl.ts';
import { closureOf, digest, digest512, input } from '../../support/closure-world.ts';

const one = input({ purl: 'pkg:cargo/a@1.0.0', of: 'a' });
const two = input({ purl: 'pkg:npm/%40s/b@2.0.0', of: { sha512: digest512('b'), sha1: 'ab'.repeat(20) } });

describe('closure id', () => {
  test('is the SHA-256 of the sorted lines, as anybody can compute it', () => {
    const lines =
      `pkg:cargo/a@1.0.0\t\tsha256:${digest('a')}\n` +
      `pkg:npm/%40s/b@2.0.0\t\tsha512:${digest512('b')},sha1:${'ab'.repeat(20)}\n`;
    expect(closureId(closureOf(one, two))).toBe(digest(lines));
    expect(closureId(closureOf())).toBe(digest(''));
  });

  test('does not depend on the order of inputs, on places, groups, edges or on what was computed since', () => {
    const decorated = input({
      purl: one.purl,
      of: 'a',
      places: [{ line: 3 }],
      groups: ['dev'],
      dependencies: [1],
      artefacts: [
        {
          digests: { sha256: digest('a') },
          equivalents: [{ digests: { tarSha256: digest('tar') }, origin: { kind: 'computed' } }],
        },
      ],
    });
    expect(closureId(closureOf(two, decorated, one))).toBe(closureId(closureOf(one, two)));
  });

  test("leaves out the project's own code and counts an input without artefacts", () => {
    const local = input({ purl: 'pkg:npm/mine', artefacts: [], local: true });
    const bare = input({ purl: 'pkg:npm/bare@1.0.0', artefacts: [] });
    expect(closureId(closureOf(one, local))).toBe(closureId(closureOf(one)));
    expect(closureId(closureOf(bare))).toBe(digest('pkg:npm/bare@1.0.0\t\t\n'));
  });

  test('writes artefact names so that no name can look like two fields', () => {
    const named = input({ artefacts: [{ name: 'a b\té.whl', digests: { sha256: digest('w') } }] });
    expect(closureId(closureOf(named))).toBe(
      digest(`pkg:cargo/sample@1.0.0\ta%20b%09%C3%A9.whl\tsha256:${digest('w')}\n`),
    );
  });

  test('changes with one digit of one digest', () => {
    expect(closureId(closureOf(input({ of: 'x' })))).not.toBe(closureId(closureOf(input({ of: 'y' }))));
  });
});

describe('parts of a canonical purl', () => {
  test.each([
    'pkg:npm/%40babel/core@7.0.0',
    'pkg:golang/github.com/acme/x@v1.2.3%2Bincompatible',
    'pkg:deb/debian/curl@7.50.3-1?arch=i386&distro=jessie',
    'pkg:pypi/six',
    'pkg:github/a/b@main#sub/dir',
    'pkg:julia/Dates@1.9.0?uuid=ade2ca70-3891-5945-98fb-dc099432e06a',
    'pkg:docker/cassandra@sha256:244fd47e07d1004f0aed9c',
  ])('%s is cut as the parser cuts it', (text) => {
    const parsed = parsePurl(text);
    const parts = purlParts(text);
    expect(parts.type).toBe(parsed.type);
    expect(parts.version).toBe(parsed.version);
    expect(parts.package).toBe(packagePurl(text));
  });
});
