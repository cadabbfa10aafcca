// pnpm-lock.yaml, versions 5, 6 and 9 (pnpm's `lockfile.types`), all documents of the file.
//
// `packages` says what is fetched; from version 9 on `snapshots` has the edges. pnpm 11 writes a document about itself in
// front of the project's. Groups are derived from what the importers ask for. Refused: other versions.

import { excerpt } from '../bytes.ts';
import { TrustError } from '../errors.ts';
import { ClosureBuilder } from './closure-builder.ts';
import type { Format } from './format.ts';
import { JsonObject } from './json-value.ts';
import { invalid } from './limits.ts';
import { addPnpmDocument } from './pnpm-document.ts';
import { readYamlDocuments } from './yaml-document.ts';

export const pnpmLock: Format = {
  id: 'pnpm',
  label: 'pnpm-lock.yaml',
  names: ['pnpm-lock.yaml'],
  otherNames: /^(?:pnpm-lock\..+\.yaml|shrinkwrap\.yaml)$/,

  recognise({ text }) {
    return /^lockfileVersion: /m.test(text.slice(0, 4096));
  },

  parse({ text }) {
    const documents = readYamlDocuments(text).filter((document) => document !== null && document !== '');
    if (documents.length === 0) throw invalid(1, 'no document: this is no pnpm lockfile');
    const builder = new ClosureBuilder();
    const versions = new Set<string>();
    let patches = 0;
    for (const document of documents) {
      if (!(document instanceof JsonObject)) throw invalid(1, 'a document that is no list of keys');
      const { version, generation } = versionOf(document);
      versions.add(version);
      addPnpmDocument(builder, document, generation);
      patches += document.object('patchedDependencies')?.members.size ?? 0;
      for (const key of ['overrides', 'packageExtensionsChecksum', 'pnpmfileChecksum']) {
        if (document.members.has(key)) builder.remark(`What is resolved was changed by the project: ${key}.`);
      }
    }
    if (patches > 0)
      builder.remark(`Packages that pnpm patches with files of the project: ${patches}. Read those too.`);
    return builder.build(`pnpm-lock v${[...versions].join(' and v')}`);
  },
};

function versionOf(document: JsonObject): { readonly version: string; readonly generation: number } {
  const version = document.text('lockfileVersion');
  if (version === undefined)
    throw invalid(document.line, 'without lockfileVersion: this is no pnpm lockfile');
  const generation = /^([569])(?:\.[0-9]+)?(?:-inlineSpecifiers)?$/.exec(version)?.[1];
  if (generation !== undefined) return { version, generation: Number(generation) };
  throw new TrustError(
    'lockfile-version-unknown',
    `lockfileVersion ${excerpt(version)} is not known; 5, 6 and 9 are`,
    { help: 'Use a newer trust-check, or let a current pnpm write the file anew.' },
  );
}
