import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  canonicalPurl,
  formatPurl,
  packagePurl,
  parsePurl,
  purlSchema,
  type Purl,
} from '../../../core/digest/purl.ts';
import { corpusPath, hasCorpus } from '../../support/corpus.ts';
import { expectCode } from '../../support/matchers.ts';

describe('canonical text', () => {
  const cases: readonly (readonly [string, string, string])[] = [
    ['keeps what is canonical', 'pkg:cargo/serde@1.0.219', 'pkg:cargo/serde@1.0.219'],
    [
      'takes slashes behind the scheme off',
      'pkg:///maven/org.apache.commons/io',
      'pkg:maven/org.apache.commons/io',
    ],
    ['folds the type', 'pkg:PYPI/django@1.11.1', 'pkg:pypi/django@1.11.1'],
    [
      'encodes a scope written bare',
      'pkg:npm/@angular/animation@12.3.1',
      'pkg:npm/%40angular/animation@12.3.1',
    ],
    ['takes a bare scope without version', 'pkg:npm/@babel/core#/a/b/', 'pkg:npm/%40babel/core#a/b'],
    [
      'keeps colons',
      'pkg:deb/debian/attr@1:2.4.47-2%2Bb1?arch=amd64',
      'pkg:deb/debian/attr@1:2.4.47-2%2Bb1?arch=amd64',
    ],
    [
      'decodes a colon that was encoded',
      'pkg:oci/debian@sha256%3A244f?tag=v1',
      'pkg:oci/debian@sha256:244f?tag=v1',
    ],
    ['encodes a plus', 'pkg:deb/debian/libstdc++6@1', 'pkg:deb/debian/libstdc%2B%2B6@1'],
    ['does not read a plus as a space', 'pkg:generic/x?a=b+c', 'pkg:generic/x?a=b%2Bc'],
    ['encodes spaces', 'pkg:generic/a b?k=c d', 'pkg:generic/a%20b?k=c%20d'],
    [
      'encodes slashes inside qualifiers',
      'pkg:hex/bar@1.2.3?repository_url=https://e.example/x',
      'pkg:hex/bar@1.2.3?repository_url=https:%2F%2Fe.example%2Fx',
    ],
    ['encodes what URLs leave bare', "pkg:generic/a!b'c(d)e*f", 'pkg:generic/a%21b%27c%28d%29e%2Af'],
    ['encodes UTF-8', 'pkg:generic/café', 'pkg:generic/caf%C3%A9'],
    [
      'folds and sorts keys',
      'pkg:rpm/fedora/curl@7?Distro=f&Arch=i386',
      'pkg:rpm/fedora/curl@7?arch=i386&distro=f',
    ],
    ['drops empty qualifiers', 'pkg:generic/x?a=&b=1', 'pkg:generic/x?b=1'],
    ['keeps equals signs inside a value', 'pkg:generic/x?a=b=c', 'pkg:generic/x?a=b%3Dc'],
    ['drops dots and empty segments of a subpath', 'pkg:generic/x#/a/./b//../c/', 'pkg:generic/x#a/b/c'],
    ['drops dots that were encoded', 'pkg:generic/x#%2E%2E/a', 'pkg:generic/x#a'],
    ['keeps a slash in a version encoded', 'pkg:opam/git@3/16.1', 'pkg:opam/git@3%2F16.1'],
    ['takes the last @ for the version', 'pkg:brew/node@20@20.10.0', 'pkg:brew/node%4020@20.10.0'],
    [
      'keeps several checksums in one value',
      'pkg:generic/b?checksum=sha1:ad95%2Csha256:41bf',
      'pkg:generic/b?checksum=sha1:ad95%2Csha256:41bf',
    ],
  ];
  it.each(cases)('%s', (_, text, canonical) => {
    expect(canonicalPurl(text)).toBe(canonical);
    expect(canonicalPurl(canonical)).toBe(canonical);
  });
});

describe('rules of types', () => {
  const folded: readonly (readonly [string, string])[] = [
    ['pkg:pypi/Django_package@1.11.1.DEV1', 'pkg:pypi/django-package@1.11.1.dev1'],
    ['pkg:github/Package-URL/Purl-Spec@244FD', 'pkg:github/package-url/purl-spec@244FD'],
    ['pkg:composer/Laravel/Laravel@5.5.0', 'pkg:composer/laravel/laravel@5.5.0'],
    ['pkg:golang/github.com/BurntSushi/toml@v1.0.0', 'pkg:golang/github.com/BurntSushi/toml@v1.0.0'],
    ['pkg:npm/JSONStream@1.3.5', 'pkg:npm/JSONStream@1.3.5'],
    ['pkg:nuget/EnterpriseLibrary.Common@6', 'pkg:nuget/EnterpriseLibrary.Common@6'],
    ['pkg:rpm/Fedora/Curl@7', 'pkg:rpm/fedora/Curl@7'],
    ['pkg:cpan/drolsky/DateTime@1.55', 'pkg:cpan/DROLSKY/DateTime@1.55'],
    ['pkg:brew/Homebrew/Core/SQLite@3', 'pkg:brew/homebrew/core/sqlite@3'],
    ['pkg:huggingface/EleutherAI/gpt-neo-1.3B@79AB', 'pkg:huggingface/EleutherAI/gpt-neo-1.3B@79ab'],
    ['pkg:pub/Some-Package@1', 'pkg:pub/some_package@1'],
    [
      'pkg:mlflow/CreditFraud@3?repository_url=https://x.azuredatabricks.net/',
      'pkg:mlflow/creditfraud@3?repository_url=https:%2F%2Fx.azuredatabricks.net%2F',
    ],
    [
      'pkg:mlflow/CreditFraud@3?repository_url=https://w.api.azureml.ms',
      'pkg:mlflow/CreditFraud@3?repository_url=https:%2F%2Fw.api.azureml.ms',
    ],
    ['pkg:bazel/Curl@8.8.0.bcr.1', 'pkg:bazel/Curl@8.8.0.bcr.1'],
    [
      'pkg:swid/Acme/example.com/Enterprise+Server@1?tag_id=75b8',
      'pkg:swid/Acme/example.com/Enterprise%2BServer@1?tag_id=75b8',
    ],
    ['pkg:cocoapods/GoogleUtilities@7.5.2#NSData+zlib', 'pkg:cocoapods/GoogleUtilities@7.5.2#NSData%2Bzlib'],
    ['pkg:unregistered-type/Any/Thing@V1', 'pkg:unregistered-type/Any/Thing@V1'],
  ];
  it.each(folded)('%s is %s', (text, canonical) => {
    expect(canonicalPurl(text)).toBe(canonical);
  });

  const refused: readonly (readonly [string, string])[] = [
    ['cargo has no namespace', 'pkg:cargo/a/b@1'],
    ['pypi has no namespace', 'pkg:pypi/a/b@1'],
    ['otp has no namespace', 'pkg:otp/namespace/hex@2.1.1'],
    ['vcpkg has no namespace', 'pkg:vcpkg/boost/asio@1.84.0'],
    ['swift needs one', 'pkg:swift/Alamofire@5.4.3'],
    ['maven needs one', 'pkg:maven/io@1'],
    ['golang needs one', 'pkg:golang/context@v1'],
    ['vscode-extension needs one', 'pkg:vscode-extension/java@1'],
    ['cpan needs an author', 'pkg:cpan/LWP::UserAgent@6.7.6'],
    ['cpan takes no module', 'pkg:cpan/GDT/URI::PackageURL'],
    ['julia needs a uuid', 'pkg:julia/Dates'],
    ['swid needs a tag_id', 'pkg:swid/Fedora@29'],
    ['a Chrome extension has an id', 'pkg:chrome-extension/dogs'],
    ['of the letters a to p', 'pkg:chrome-extension/44444algnefjeiefhmpklpfiohadpglk'],
    ['and at most four numbers', 'pkg:chrome-extension/dlpngalgnefjeiefhmpklpfiohadpglk@1.2.3.4.5'],
    ['a pod does not begin with a dot', 'pkg:cocoapods/.a@1'],
  ];
  it.each(refused)('%s', async (_, text) => {
    await expectCode('purl-invalid', () => parsePurl(text));
  });
});

describe('what is no purl', () => {
  const texts = [
    '',
    'EnterpriseLibrary.Common@6.0.1304',
    'pkg:EnterpriseLibrary.Common@6.0.1304',
    'pkg%3Amaven/org.apache.commons/io',
    'pkg:n&g?inx/nginx@0.8.9',
    'pkg:3nginx/nginx@0.8.9',
    'pkg:nginx:a/nginx@0.8.9',
    'pkg:ngi%6Ex/nginx',
    'pkg:npm/myartifact@1.0.0?in%20production=true',
    'pkg:generic/x?a',
    'pkg:generic/x?a=1&a=2',
    'pkg:generic/x?a=1&A=2',
    'pkg:generic/x?a=1?b=2',
    'pkg:generic/x#a#b',
    'pkg:maven/@1.3.4',
    'pkg:swift/github.com/Alamofire/@5.4.3',
    'pkg:npm/@babel',
    'pkg:npm/',
    'pkg:npm',
    'pkg:generic/a%2Fb/c',
    'pkg:generic/a#b%2Fc',
    'pkg:generic/100%',
    'pkg:generic/%zz',
    'pkg:generic/%C3',
    'pkg:generic/%C0%AF',
    'pkg:generic/a%00b',
    'pkg:generic/a\u202eb',
    'pkg:generic/a@1%0A',
    `pkg:generic/${'a'.repeat(5000)}`,
  ];
  it.each(texts)('refuses %j', async (text) => {
    await expectCode('purl-invalid', () => parsePurl(text));
  });

  it('refuses to write half a surrogate pair', async () => {
    await expectCode('purl-invalid', () => formatPurl({ type: 'generic', name: '\ud800', qualifiers: {} }));
  });
});

describe('the purl of a package', () => {
  it('leaves version, qualifiers and subpath out', () => {
    expect(packagePurl('pkg:deb/debian/curl@7.50?arch=i386#x')).toBe('pkg:deb/debian/curl');
  });
  it('keeps a qualifier that is part of the identity', () => {
    expect(packagePurl('pkg:julia/Dates@1.9.0?arch=x&uuid=ade2ca70')).toBe('pkg:julia/Dates?uuid=ade2ca70');
  });
});

describe('the schema', () => {
  it('gives the canonical text, or an issue that says what is wrong', () => {
    expect(purlSchema.parse('pkg:NPM/@a/b@1')).toBe('pkg:npm/%40a/b@1');
    const result = purlSchema.safeParse('pkg:cargo/a/b');
    expect(result.error?.issues[0]?.message).toContain('cargo has no namespace');
  });
});

describe('any purl', () => {
  const part = fc
    .string({ unit: 'grapheme', minLength: 1, maxLength: 12 })
    .filter((text) => !/[\p{Cc}\p{Cs}\u200e\u200f\u202a-\u202e\u2066-\u2069]/u.test(text));
  const segment = part.filter((text) => !text.includes('/') && !/^\.{1,2}$/.test(text));
  const purl: fc.Arbitrary<Purl> = fc.record(
    {
      type: fc.constantFrom('generic', 'conan', 'made-up'),
      name: segment,
      namespace: fc.array(segment, { minLength: 1, maxLength: 3 }).map((all) => all.join('/')),
      version: part,
      qualifiers: fc.dictionary(fc.stringMatching(/^[a-z][a-z0-9._-]{0,5}$/), part, {
        noNullPrototype: true,
      }),
      subpath: fc.array(segment, { minLength: 1, maxLength: 3 }).map((all) => all.join('/')),
    },
    { requiredKeys: ['type', 'name', 'qualifiers'] },
  );

  it('is read back as it was written', () => {
    fc.assert(
      fc.property(purl, (parts) => {
        const text = formatPurl(parts);
        expect(text).toMatch(/^pkg:[\x21-\x7e]+$/);
        expect(parsePurl(text)).toEqual(parts);
      }),
    );
  });

  it('is refused with purl-invalid or gives a canonical text, whatever the text', () => {
    const text = fc.oneof(
      fc.string(),
      fc.string().map((rest) => `pkg:generic/${rest}`),
    );
    fc.assert(
      fc.property(text, (hostile) => {
        let canonical: string;
        try {
          canonical = canonicalPurl(hostile);
        } catch (error) {
          expect(error).toHaveProperty('code', 'purl-invalid');
          return;
        }
        expect(canonicalPurl(canonical)).toBe(canonical);
      }),
    );
  });
});

// The specification publishes its tests as JSON (tests/spec and tests/types of package-url/purl-spec). They are not part of
// the corpus; put the two folders' files under vectors/purl to run them.
const folder = hasCorpus ? corpusPath('vectors', 'purl') : undefined;
const hasPublished = folder !== undefined && existsSync(folder);
if (!hasPublished)
  process.stderr.write("\n!!! NOT TESTED: the purl specification's own tests (vectors/purl)\n");

describe.skipIf(!hasPublished)("the specification's published tests", () => {
  interface Components {
    readonly type: string | null;
    readonly namespace: string | null;
    readonly name: string | null;
    readonly version: string | null;
    readonly qualifiers: Readonly<Record<string, string>> | null;
    readonly subpath: string | null;
  }
  interface PublishedTest {
    readonly description: string;
    readonly test_type: 'parse' | 'build' | 'roundtrip';
    readonly input: string | Components;
    readonly expected_output: string | Components | null;
    readonly expected_failure: boolean;
  }

  const fromComponents = (parts: Components): Purl => ({
    type: parts.type ?? '',
    name: parts.name ?? '',
    ...(parts.namespace !== null && { namespace: parts.namespace }),
    ...(parts.version !== null && { version: parts.version }),
    qualifiers: parts.qualifiers ?? {},
    ...(parts.subpath !== null && { subpath: parts.subpath }),
  });
  const run = ({ test_type: kind, input }: PublishedTest): unknown => {
    if (kind === 'build') return formatPurl(fromComponents(input as Components));
    return kind === 'parse' ? parsePurl(input as string) : canonicalPurl(input as string);
  };

  const files = hasPublished ? readdirSync(folder, { recursive: true, encoding: 'utf8' }) : [];
  for (const name of files.filter((file) => file.endsWith('-test.json'))) {
    const { tests } = JSON.parse(readFileSync(join(folder ?? '', name), 'utf8')) as {
      tests: PublishedTest[];
    };
    it.each(tests)(`${name}: $test_type, $description`, (test) => {
      if (test.expected_failure) {
        expect(() => run(test)).toThrow();
        return;
      }
      const expected = test.expected_output;
      expect(run(test)).toEqual(
        expected !== null && typeof expected === 'object' ? fromComponents(expected) : expected,
      );
    });
  }
});
