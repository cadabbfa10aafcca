// What each registered purl type adds to the general rules: one row per type.
//
// From the type definitions of the purl specification (types/*-definition.json of package-url/purl-spec) and the tests
// beside them. A type that is not in the table is accepted under the general rules alone, as the specification says.
// Where definition and tests disagree the tests win; where drafts of a type contradict each other (git) the definition
// does. Versions are never required here, although some definitions do: a package without a version is what advisories
// and searches name.

/** How a component is folded before it is compared or written. */
type Fold = (text: string) => string;

export interface PurlTypeRules {
  readonly namespace: 'required' | 'optional' | 'prohibited';
  /** Canonical form of the namespace, all its segments at once. */
  readonly foldNamespace?: Fold;
  /** Canonical form of the name; a few registries decide by where the package lives. */
  readonly foldName?: (name: string, qualifiers: Readonly<Record<string, string>>) => string;
  readonly foldVersion?: Fold;
  /** What a canonical name has to match, with words for the message. */
  readonly name?: { readonly pattern: RegExp; readonly rule: string };
  readonly version?: { readonly pattern: RegExp; readonly rule: string };
  /** Qualifiers without which the type does not say which package is meant; they stay in `packagePurl`. */
  readonly identifiedBy?: readonly string[];
}

const lower: Fold = (text) => text.toLowerCase();
const upper: Fold = (text) => text.toUpperCase();

const required = { namespace: 'required' } as const;
const optional = { namespace: 'optional' } as const;
const prohibited = { namespace: 'prohibited' } as const;
const lowerBoth = { foldNamespace: lower, foldName: lower } as const;

const rules: Readonly<Record<string, PurlTypeRules>> = {
  alpm: { ...required, ...lowerBoth },
  apk: { ...required, ...lowerBoth },
  bazel: prohibited,
  bitbucket: { ...required, ...lowerBoth },
  bitnami: { ...prohibited, foldName: lower },
  brew: { ...optional, ...lowerBoth },
  cargo: prohibited,
  'chrome-extension': {
    ...prohibited,
    foldName: lower,
    name: { pattern: /^[a-p]{32}$/, rule: '32 letters from a to p' },
    version: { pattern: /^\d+(?:\.\d+){0,3}$/, rule: 'one to four numbers joined by dots' },
  },
  cocoapods: {
    ...prohibited,
    name: { pattern: /^(?!\.)[^\s+]+$/u, rule: 'without white space or +, and not beginning with a dot' },
  },
  composer: { ...required, ...lowerBoth },
  conan: optional,
  conda: prohibited,
  // An author's id is upper case; `::` tells a module from the distribution that holds it.
  cpan: {
    ...required,
    foldNamespace: upper,
    name: { pattern: /^(?!.*::)/su, rule: 'the name of a distribution, so without ::' },
  },
  cran: prohibited,
  deb: { ...required, ...lowerBoth },
  docker: optional,
  gem: prohibited,
  generic: optional,
  git: required,
  github: { ...required, ...lowerBoth },
  golang: required,
  hackage: { ...prohibited, foldName: (name) => name.replaceAll('_', '-') },
  hex: { ...optional, ...lowerBoth },
  huggingface: { ...required, foldVersion: lower },
  julia: { ...prohibited, identifiedBy: ['uuid'] },
  luarocks: { ...optional, ...lowerBoth },
  maven: required,
  // Databricks ignores the case of a model's name, the other MLflow servers keep it.
  mlflow: {
    ...prohibited,
    foldName: (name, { repository_url: url = '' }) =>
      url.toLowerCase().includes('databricks') ? name.toLowerCase() : name,
  },
  npm: optional,
  nuget: prohibited,
  oci: { ...prohibited, foldName: lower, foldVersion: lower },
  opam: prohibited,
  otp: { ...prohibited, foldName: lower },
  pub: { ...prohibited, foldName: (name) => name.toLowerCase().replaceAll(/[^a-z0-9_]/gu, '_') },
  pypi: {
    ...prohibited,
    foldName: (name) => name.toLowerCase().replaceAll('_', '-'),
    foldVersion: lower,
  },
  qpkg: { ...required, foldNamespace: lower },
  rpm: { ...required, foldNamespace: lower },
  swid: { ...optional, identifiedBy: ['tag_id'] },
  swift: required,
  vcpkg: prohibited,
  'vscode-extension': { ...required, ...lowerBoth, foldVersion: lower },
  yocto: { ...optional, foldNamespace: lower },
};

const table = new Map(Object.entries(rules));

/** The rules of a type, given in lower case; those of an unregistered type leave everything open. */
export function purlTypeRules(type: string): PurlTypeRules {
  return table.get(type) ?? optional;
}
