// Pipfile.lock of Pipenv, specification 6: packages by category, `default` and `develop` and any further ones.
//
// Hashes come without file names, so the files of one package cannot be told apart. `_meta.hash` is of the Pipfile and
// pins nothing. The format has no edges. Refused: unknown specifications.

import { excerpt } from '../bytes.ts';
import { TrustError } from '../errors.ts';
import { ClosureBuilder } from './closure-builder.ts';
import { commitStanding, type Standing } from './commit-standing.ts';
import { jsonObject, requireJsonObject, type Format } from './format.ts';
import { groupNames } from './group-names.ts';
import { JsonObject } from './json-value.ts';
import { invalid } from './limits.ts';
import {
  filesStanding,
  indexQualifier,
  pythonFile,
  pythonPurl,
  splitHash,
  vcsQualifier,
} from './python-package.ts';
import { withoutCredentials } from './without-credentials.ts';

const advice = 'Run pipenv lock, against an index that publishes hashes.';

export const pipfileLock: Format = {
  id: 'pipenv',
  label: 'Pipfile.lock',
  names: ['Pipfile.lock'],

  recognise(document) {
    const members = jsonObject(document)?.members;
    return members?.has('_meta') === true && members.has('default');
  },

  parse(document) {
    const json = requireJsonObject(document);
    const meta = json.object('_meta');
    if (meta === undefined) throw invalid(json.line, 'without _meta: this is no Pipfile.lock');
    const specification = meta.members.get('pipfile-spec');
    if (specification !== 6) {
      throw new TrustError(
        'lockfile-version-unknown',
        `pipfile-spec ${excerpt(JSON.stringify(specification ?? null))} is not known; 6 is`,
        { help: 'Let a current pipenv write it anew.' },
      );
    }
    const indexes = new Map(
      meta.objects('sources').map((source) => [source.text('name') ?? '', source.text('url')]),
    );
    const builder = new ClosureBuilder();
    for (const category of json.members.keys()) {
      if (category === '_meta') continue;
      for (const [name, item] of json.object(category)?.members ?? []) {
        if (!(item instanceof JsonObject)) {
          throw invalid(json.line, `the package "${excerpt(name)}" must be an object`);
        }
        builder.add({
          place: { line: item.line },
          groups: groupNames([category]),
          ...packageOf(name, item, indexes),
        });
      }
    }
    return builder.build('Pipfile.lock v6');
  },
};

function packageOf(
  name: string,
  item: JsonObject,
  indexes: ReadonlyMap<string, string | undefined>,
): Standing & { readonly purl: string } {
  const { line } = item;
  const pinned = item.text('version');
  const version = pinned?.replace(/^={2,3}\s*/, '');
  for (const kind of ['git', 'hg', 'svn', 'bzr']) {
    const url = item.text(kind);
    if (url === undefined) continue;
    const reference = item.text('ref');
    return {
      purl: pythonPurl(name, version, line, vcsQualifier(url, reference, kind)),
      ...commitStanding(kind === 'git' ? reference : undefined, 'Run pipenv lock, which writes the commit.'),
    };
  }
  if (item.members.has('path')) return { purl: pythonPurl(name, version, line), artefacts: [], local: true };
  const files = item.texts('hashes').map((hash) => pythonFile(undefined, [splitHash(hash, line)], line));
  const file = item.text('file');
  if (file !== undefined) {
    return {
      purl: pythonPurl(name, version, line, { download_url: withoutCredentials(file) }),
      ...filesStanding(files, advice),
    };
  }
  const isPin = pinned !== undefined && /^={2,3}[^=*<>!~,]+$/.test(pinned);
  return {
    purl: pythonPurl(name, isPin ? version : undefined, line, indexQualifier(indexOf(item, indexes))),
    ...filesStanding(files, advice),
  };
}

/** Address of the index that an entry names; pipenv looks in the first one without. */
function indexOf(item: JsonObject, indexes: ReadonlyMap<string, string | undefined>): string | undefined {
  const named = item.text('index');
  return named === undefined ? [...indexes.values()][0] : indexes.get(named);
}
