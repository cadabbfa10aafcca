// The closure of a Go build from its go.mod and go.sum.
//
// A requirement without a line in go.sum, the standard library and the toolchain are inputs without a digest; a module
// replaced by a folder is the project's own; one replaced by another module has that module's name and hash.

import { excerpt } from '../bytes.ts';
import type { Closure, Input } from '../closure/input.ts';
import { ClosureBuilder } from './closure-builder.ts';
import { entryPurl, splitName } from './entry-purl.ts';
import type { GoMod, GoReplacement } from './go-mod.ts';
import type { GoSum, GoSumEntry } from './go-sum.ts';

/** Which of the two files the lines are of. */
type Given = 'sum' | 'mod';

/**
 * The closure of a Go build. Without go.mod it is all of go.sum; without go.sum nothing has a digest.
 * @param given Which of the two files the lines of places are of.
 * @throws {TrustError} lockfile-invalid for a module path that is none, lockfile-too-large.
 */
export function goClosure(mod: GoMod | undefined, sum: GoSum | undefined, given: Given): Closure {
  const builder = new ClosureBuilder();
  if (mod === undefined) {
    addAll(builder, sum);
    builder.remark(
      'Read without go.mod: go.sum lists more modules than a build takes, and all of them are here. The standard library is not.',
    );
    return builder.build('go.sum');
  }
  const complete = atLeast(mod.go, 1, 17);
  const root = addModuleItself(builder, mod, given);
  const covered = addRequirements(builder, mod, sum, given, root);
  addGoItself(builder, mod, sum);
  if (!complete) addAll(builder, sum);
  remarkOn(builder, mod, sum, { complete, covered });
  return builder.build(`go.mod (go ${mod.go ?? 'unstated'})${sum === undefined ? '' : ' with go.sum'}`);
}

function addModuleItself(builder: ClosureBuilder, mod: GoMod, given: Given): number {
  const purl = goPurl(mod.module, undefined, undefined);
  return builder.add({ purl, artefacts: [], place: given === 'mod' ? {} : { path: 'go.mod' }, local: true });
}

/** Adds what go.mod requires. @returns How many versions of go.sum that took. */
function addRequirements(
  builder: ClosureBuilder,
  mod: GoMod,
  sum: GoSum | undefined,
  given: Given,
  root: number,
): number {
  const replacements = new Map(mod.replacements.map((item) => [`${item.path} ${item.version ?? ''}`, item]));
  const covered = new Set<GoSumEntry>();
  for (const { path, version, indirect, line } of mod.requirements) {
    const by: GoReplacement | undefined =
      replacements.get(`${path} ${version}`) ?? replacements.get(`${path} `);
    const groups = indirect ? ['indirect'] : [];
    const stated = given === 'mod' ? { line } : undefined;
    const here = stated ?? { path: 'go.mod' };
    const positions: number[] = [];
    if (by !== undefined && by.byVersion === undefined) {
      const purl = goPurl(path, version, line);
      positions.push(
        builder.add({ purl, artefacts: [], place: { ...here, path: by.byPath }, groups, local: true }),
      );
    } else {
      const [takenPath, takenVersion] =
        by?.byVersion === undefined ? [path, version] : [by.byPath, by.byVersion];
      const entry = sum?.entries.get(`${takenPath} ${takenVersion}`);
      const purl = goPurl(takenPath, takenVersion, line);
      if (entry !== undefined && entry.code.length > 0) {
        covered.add(entry);
        positions.push(...addEntry(builder, purl, entry, groups, stated));
      } else {
        const unverifiable = lack(entry, sum);
        positions.push(builder.add({ purl, artefacts: [], place: here, groups, unverifiable }));
      }
    }
    if (!indirect) for (const to of positions) builder.addDependency(root, to);
  }
  return covered.size;
}

function lack(entry: GoSumEntry | undefined, sum: GoSum | undefined): Input['unverifiable'] {
  if (entry?.otherAlgorithm === true) {
    return {
      reason: 'other-kind',
      note: 'go.sum has it in an algorithm that only a newer trust-check knows.',
    };
  }
  const where = sum === undefined ? 'There is no go.sum beside go.mod.' : 'go.sum has no line for its code.';
  return { reason: 'unpinned', note: `${where} Run go mod download, or go mod tidy, to add it.` };
}

/** Adds every version of go.sum that has a hash of its code. */
function addAll(builder: ClosureBuilder, sum: GoSum | undefined): void {
  for (const entry of sum?.entries.values() ?? []) {
    addEntry(builder, goPurl(entry.path, entry.version, entry.code[0]?.line), entry, []);
  }
}

/** One input per hash: two hashes of one version are two inputs, which the builder reports. */
function addEntry(
  builder: ClosureBuilder,
  purl: string,
  entry: GoSumEntry,
  groups: readonly string[],
  place?: { readonly line: number },
): number[] {
  const { goModHash } = entry;
  return entry.code.map(({ dirHash, line }) => {
    const digests = { dirHash, ...(goModHash !== undefined && { goModHash }) };
    return builder.add({ purl, artefacts: [{ digests }], place: place ?? { line }, groups });
  });
}

/** The standard library and the toolchain: code in every build that no line of go.sum covers. */
function addGoItself(builder: ClosureBuilder, mod: GoMod, sum: GoSum | undefined): void {
  const version = mod.toolchain?.replace(/^go/, '') ?? mod.go;
  const note =
    'Go records no hash of its standard library and toolchain in go.sum. Review the source archive of that Go release, and pin the toolchain by its digest where it is installed.';
  const purl = entryPurl(
    { type: 'generic', name: 'go', ...(version !== undefined && { version }), qualifiers: {} },
    undefined,
  );
  builder.add({
    purl,
    artefacts: [],
    place: { path: 'standard library' },
    unverifiable: { reason: 'unpinned', note },
  });
  if (mod.toolchain === undefined) return;
  const toolchains = [...(sum?.entries.values() ?? [])].filter(
    ({ path, version: at, code }) =>
      path === 'golang.org/toolchain' && at.startsWith(`v0.0.1-${mod.toolchain}.`) && code.length > 0,
  );
  for (const entry of toolchains) addEntry(builder, goPurl(entry.path, entry.version, undefined), entry, []);
}

function remarkOn(
  builder: ClosureBuilder,
  mod: GoMod,
  sum: GoSum | undefined,
  { complete, covered }: { readonly complete: boolean; readonly covered: number },
): void {
  const listed = [...(sum?.entries.values() ?? [])].filter(({ code }) => code.length > 0).length;
  if (!complete) {
    builder.remark(
      `go.mod is of go ${excerpt(mod.go ?? 'unstated', 20)}, before 1.17, and names direct requirements only: all ${listed} modules of go.sum are here, more than a build takes.`,
    );
  } else if (listed > covered) {
    builder.remark(
      `${listed - covered} of the ${listed} modules in go.sum are not required by go.mod and were left out.`,
    );
  }
  if (mod.replacements.length > 0)
    builder.remark(`Modules that go.mod replaces: ${mod.replacements.length}.`);
  if (mod.exclusions > 0) builder.remark(`Versions that go.mod excludes: ${mod.exclusions}.`);
  for (const directive of mod.unknown) {
    builder.remark(`go.mod has "${excerpt(directive)}", which is not known here and was not read.`);
  }
}

/** Whether a language version is at least `major.minor`; an unstated one is go 1.16. */
function atLeast(version: string | undefined, major: number, minor: number): boolean {
  const [, first = '1', second = '16'] = /^([0-9]+)\.([0-9]+)/.exec(version ?? '') ?? [];
  return Number(first) > major || (Number(first) === major && Number(second) >= minor);
}

/** A module path of one part has no namespace, which `pkg:golang` demands: such a one is `pkg:generic`. */
function goPurl(path: string, version: string | undefined, line: number | undefined): string {
  return entryPurl(
    {
      type: path.includes('/') ? 'golang' : 'generic',
      ...splitName(path),
      ...(version !== undefined && { version }),
      qualifiers: {},
    },
    line,
  );
}
