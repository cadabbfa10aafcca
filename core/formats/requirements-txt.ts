// requirements.txt and constraints files of pip, with hashes as `pip-compile --generate-hashes` and `uv export` write them.
//
// A requirement without hash is an input without digest; a range is not even a pin. Files that it includes are named and
// not read. The format has no edges and no groups. Refused: options that pip does not have, lines that are no requirement.

import { excerpt } from '../bytes.ts';
import { ClosureBuilder, type Entry } from './closure-builder.ts';
import { commitStanding, type Standing } from './commit-standing.ts';
import type { Format } from './format.ts';
import { checkLength, invalid } from './limits.ts';
import {
  fileNameOf,
  filesStanding,
  pythonFile,
  pythonPurl,
  splitHash,
  vcsQualifier,
} from './python-package.ts';
import { withoutCredentials } from './without-credentials.ts';
import { requirementsLines, type RequirementsLine } from './requirements-lines.ts';
import { parseRequirement, type Requirement } from './requirement.ts';

const advice = 'Write hashes with pip-compile --generate-hashes, or uv export.';

/** Options of a whole file (pip's documentation), apart from those that name other files. */
const fileOptions =
  /^(?:-i|--index-url|--pypi-url|--extra-index-url|--no-index|-f|--find-links|--no-binary|--only-binary|--prefer-binary|--require-hashes|--pre|--trusted-host|--use-feature|--always-unzip|-Z)(?:[\s=]|$)/;

export const requirementsTxt: Format = {
  id: 'requirements',
  label: 'requirements.txt',
  names: ['requirements.txt'],
  otherNames: /^(?:.*[-_.])?(?:requirements|constraints)(?:[-_.].*)?\.txt$/,

  recognise({ text }) {
    return /\s--hash[= ](?:sha256|sha384|sha512):/.test(text) && /^[A-Za-z0-9][\w.[\]-]* ?==/m.test(text);
  },

  parse({ text }) {
    const builder = new ClosureBuilder();
    const included: string[] = [];
    let inputs = 0;
    for (const line of requirementsLines(text)) {
      const [, other] = /^(?:-r|-c|--requirement|--constraint)[\s=]*(.*)$/s.exec(line.text) ?? [];
      if (other !== undefined) included.push(other);
      else if (!fileOptions.test(line.text)) {
        builder.add(entryOf(line));
        inputs++;
      }
    }
    if (included.length > 0) {
      const names = included.slice(0, 10).map((name) => excerpt(name, 100));
      const more = included.length > names.length ? ` and ${included.length - names.length} more` : '';
      const sentence = `Other files that it includes, not read here: ${names.join(', ')}${more}.`;
      if (inputs === 0)
        throw invalid(undefined, sentence, { help: 'Name those files: this one lists no package itself.' });
      builder.remark(sentence);
    }
    return builder.build('requirements.txt');
  },
};

function entryOf({ line, text }: RequirementsLine): Entry {
  const [, editable] = /^(?:-e|--editable)[\s=]+(.*)$/s.exec(text) ?? [];
  if (editable === undefined && text.startsWith('-')) {
    throw invalid(line, `an option that pip does not have: ${excerpt(text)}`);
  }
  const { requirement, hashes } = splitOptions(editable ?? text, line);
  const parsed = parseRequirement(checkLength(requirement, 'path', line), line);
  // pip installs what is editable from its folder, even when that folder is a checkout of a repository.
  const item: Requirement =
    editable !== undefined && parsed.kind !== 'vcs' ? { kind: 'local', name: parsed.name } : parsed;
  return { place: { line }, ...describe(item, hashes, line) };
}

/** Options of one requirement stand behind it. */
function splitOptions(text: string, line: number) {
  const cut = text.search(/\s--[a-z]/);
  const requirement = cut === -1 ? text : text.slice(0, cut).trimEnd();
  const hashes: (readonly [string, string])[] = [];
  const words = cut === -1 ? [] : text.slice(cut).trim().split(/\s+/);
  words.forEach((word, index) => {
    if (word.startsWith('--hash=')) hashes.push(splitHash(word.slice('--hash='.length), line));
    else if (word === '--hash') hashes.push(splitHash(words[index + 1] ?? '', line));
  });
  return { requirement, hashes };
}

function describe(
  item: Requirement,
  hashes: readonly (readonly [string, string])[],
  line: number,
): Standing & { readonly purl: string } {
  switch (item.kind) {
    case 'local':
      return { purl: pythonPurl(item.name, undefined, line), artefacts: [], local: true };
    case 'vcs': {
      const standing = commitStanding(
        item.vcs === 'git' ? item.reference : undefined,
        'Write the full commit id behind @.',
      );
      return {
        purl: pythonPurl(item.name, undefined, line, vcsQualifier(item.url, item.reference, item.vcs)),
        ...standing,
      };
    }
    case 'file': {
      const all = item.hash === undefined ? hashes : [item.hash, ...hashes];
      const files = all.map((hash) => pythonFile(fileNameOf(item.address), [hash], line));
      return {
        purl: pythonPurl(item.name, undefined, line, { download_url: withoutCredentials(item.address) }),
        ...filesStanding(files, advice),
      };
    }
    case 'named': {
      const files = hashes.map((hash) => pythonFile(undefined, [hash], line));
      const standing = filesStanding(files, advice);
      const purl = pythonPurl(item.name, item.version, line);
      if (item.version !== undefined || files.length > 0) return { purl, ...standing };
      const note = `It is not pinned to one version. Pin it with == and a hash. ${advice}`;
      return { purl, ...standing, unverifiable: { reason: 'unpinned', note } };
    }
  }
}
