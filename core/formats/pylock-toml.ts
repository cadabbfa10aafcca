// pylock.toml and pylock.<name>.toml, lock version 1 (PyPA specification "pylock.toml", PEP 751).
//
// Each package has exactly one of vcs, directory and archive, or sdist and wheels. Names of hash algorithms are hashlib's.
// File names are as the lock writes them; nothing is concluded from them. Refused: unknown major versions.

import { excerpt } from '../bytes.ts';
import { TrustError } from '../errors.ts';
import { ClosureBuilder } from './closure-builder.ts';
import { commitStanding, type Standing } from './commit-standing.ts';
import type { Format } from './format.ts';
import { groupNames } from './group-names.ts';
import type { JsonObject } from './json-value.ts';
import { invalid } from './limits.ts';
import {
  fileNameOf,
  filesStanding,
  indexQualifier,
  pythonFile,
  pythonPurl,
  PythonNames,
  vcsQualifier,
  type PythonFile,
} from './python-package.ts';
import { withoutCredentials } from './without-credentials.ts';
import { readTomlDocument } from './toml-document.ts';

const advice = 'Lock again, against an index that publishes hashes.';

export const pylockToml: Format = {
  id: 'pylock',
  label: 'pylock.toml',
  names: ['pylock.toml'],
  otherNames: /^pylock\.[^.]+\.toml$/,

  recognise({ text }) {
    return /^lock-version = /m.test(text.slice(0, 4096)) && /^created-by = /m.test(text);
  },

  parse({ text }) {
    const lock = readTomlDocument(text, 'packages');
    const version = lock.text('lock-version');
    if (version === undefined) throw invalid(undefined, 'without lock-version: this is no pylock.toml');
    if (!/^1\.[0-9]+$/.test(version)) {
      throw new TrustError(
        'lockfile-version-unknown',
        `lock-version ${excerpt(version)} is not known; 1.0 is`,
        {
          help: 'Use a newer trust-check.',
        },
      );
    }
    const builder = new ClosureBuilder();
    const names = new PythonNames();
    const packages = lock.objects('packages');
    const positions = packages.map((item) => {
      const name = item.text('name');
      if (name === undefined) throw invalid(item.line, 'a package without name');
      const { qualifiers, ...standing } = sourceOf(item);
      const position = builder.add({
        purl: pythonPurl(name, item.text('version'), item.line, qualifiers),
        place: { line: item.line },
        groups: groupsOf(item.text('marker')),
        ...standing,
      });
      names.add(name, position);
      return position;
    });
    packages.forEach((item, index) => {
      const dependencies = item.objects('dependencies').map((dependency) => dependency.text('name') ?? '');
      names.connect(builder, positions[index] ?? 0, dependencies);
    });
    return builder.build(`pylock.toml ${version}`);
  },
};

function sourceOf(item: JsonObject): Standing & { readonly qualifiers: Readonly<Record<string, string>> } {
  const [vcs, directory, archive] = ['vcs', 'directory', 'archive'].map((key) => item.object(key));
  const files = [item.object('sdist') ?? [], item.objects('wheels')].flat();
  const kinds = [vcs, directory, archive].filter((kind) => kind !== undefined).length;
  if (kinds > 1 || (kinds === 1 && files.length > 0)) {
    throw invalid(item.line, 'a package with more than one of vcs, directory, archive, and sdist or wheels');
  }
  if (directory !== undefined) return { qualifiers: {}, artefacts: [], local: true };
  if (vcs !== undefined) return vcsSource(vcs);
  if (archive !== undefined) {
    const url = archive.text('url');
    return {
      qualifiers: url === undefined ? {} : { download_url: withoutCredentials(url) },
      ...filesStanding([readFile(archive)], advice),
    };
  }
  return { qualifiers: indexQualifier(item.text('index')), ...filesStanding(files.map(readFile), advice) };
}

function vcsSource(vcs: JsonObject): ReturnType<typeof sourceOf> {
  const commit = vcs.text('commit-id');
  const kind = vcs.text('type') ?? 'git';
  const url = vcs.text('url');
  return {
    qualifiers: url === undefined ? {} : vcsQualifier(url, commit, kind),
    ...commitStanding(
      kind === 'git' ? commit : undefined,
      'Lock again: the specification wants the full commit.',
    ),
  };
}

function readFile(file: JsonObject): PythonFile {
  const hashes = file.object('hashes');
  const pairs = [...(hashes?.members.keys() ?? [])].map(
    (algorithm) => [algorithm.toLowerCase(), hashes?.text(algorithm) ?? ''] as const,
  );
  const name = file.text('name') ?? fileNameOf(file.text('path') ?? file.text('url') ?? '');
  return pythonFile(name, pairs, file.line);
}

/**
 * Groups and extras that a marker asks for, when it asks for nothing else: only then is the package left out without them.
 */
function groupsOf(marker: string | undefined): string[] {
  if (marker === undefined) return [];
  const terms = marker.split(' or ').map((term) => term.trim().replace(/^\(([^()]*)\)$/, '$1'));
  const groups = terms.map((term) => {
    const [, name, kind] = /^["']([^"']+)["'] in (dependency_groups|extras)$/.exec(term) ?? [];
    return name === undefined ? undefined : kind === 'extras' ? `extra:${name}` : name;
  });
  return groupNames(groups.every((group) => group !== undefined) ? groups : []);
}
