// go.mod: which modules a Go build requires, replaces and excludes (Go Modules Reference, "go.mod files").
//
// Only what decides the closure is read: module, go, toolchain, require, exclude, replace. Lines of other directives are
// skipped when known and named when not. Refused: lines of those six that do not have their shape.

import { excerpt } from '../bytes.ts';
import { checkLength, invalid, limits, tooLarge } from './limits.ts';

export interface GoRequirement {
  readonly path: string;
  readonly version: string;
  readonly indirect: boolean;
  readonly line: number;
}

export interface GoReplacement {
  readonly path: string;
  /** Undefined: every version. */
  readonly version: string | undefined;
  readonly byPath: string;
  /** Undefined when `byPath` is a folder. */
  readonly byVersion: string | undefined;
}

export interface GoMod {
  readonly module: string;
  /** Language version as written: `1.25.10`. */
  readonly go: string | undefined;
  /** As written: `go1.25.3`. */
  readonly toolchain: string | undefined;
  readonly requirements: readonly GoRequirement[];
  readonly replacements: readonly GoReplacement[];
  readonly exclusions: number;
  /** Directives that are not known here. */
  readonly unknown: readonly string[];
}

const skipped = new Set(['retract', 'tool', 'godebug', 'ignore']);

/** The parts of a go.mod. @throws {TrustError} lockfile-invalid with the line, lockfile-too-large. */
export function parseGoMod(text: string): GoMod {
  let [module, go, toolchain]: (string | undefined)[] = [];
  const requirements: GoRequirement[] = [];
  const replacements: GoReplacement[] = [];
  const unknown = new Set<string>();
  let exclusions = 0;
  for (const { directive, words, comment, line } of directives(text)) {
    const [first = '', second] = words;
    switch (directive) {
      case 'module':
        module = expect(words, 1, directive, line);
        break;
      case 'go':
        go = expect(words, 1, directive, line);
        break;
      case 'toolchain':
        toolchain = expect(words, 1, directive, line);
        break;
      case 'require':
        expect(words, 2, directive, line);
        requirements.push({
          path: checkLength(first, 'name', line),
          version: checkLength(second ?? '', 'name', line),
          indirect: /^indirect(?:$|;)/.test(comment),
          line,
        });
        break;
      case 'exclude':
        expect(words, 2, directive, line);
        exclusions++;
        break;
      case 'replace':
        replacements.push(replacement(words, line));
        break;
      default:
        if (!skipped.has(directive)) unknown.add(directive);
    }
    if (requirements.length + replacements.length > limits.entries) throw tooLarge('entries', limits.entries);
  }
  if (module === undefined) throw invalid(undefined, 'no "module" line, so this is no go.mod');
  return {
    module,
    go,
    toolchain,
    requirements,
    replacements,
    exclusions,
    unknown: [...unknown].slice(0, 20),
  };
}

interface Directive {
  readonly directive: string;
  readonly words: readonly string[];
  readonly comment: string;
  readonly line: number;
}

/** Lines with the directive that they stand under, blocks in parentheses taken apart. */
function* directives(text: string): Generator<Directive> {
  let block: string | undefined;
  let line = 0;
  for (const raw of text.split('\n')) {
    line++;
    const cut = /(?:^|\s)\/\//.exec(raw);
    const comment = cut === null ? '' : raw.slice(cut.index + cut[0].length).trim();
    const words = wordsOf(cut === null ? raw : raw.slice(0, cut.index), line);
    const [first, ...rest] = words;
    if (first === undefined) continue;
    if (block !== undefined) {
      if (first === ')' && rest.length === 0) block = undefined;
      else yield { directive: block, words, comment, line };
    } else if (rest[0] === '(' && rest.length === 1) block = first;
    else yield { directive: first, words: rest, comment, line };
  }
  if (block !== undefined) throw invalid(line, `the block "${excerpt(block)} (" does not end`);
}

/** Words of a line; quotes and back-quotes around a word are dropped. */
function wordsOf(text: string, line: number): string[] {
  return (text.match(/"[^"]*"|`[^`]*`|\(|\)|[^\s()]+/g) ?? []).map((word) => {
    const quoted = /^(["`])(.*)\1$/.exec(word);
    if (quoted?.[2] === undefined) return word;
    if (quoted[2].includes('\\')) throw invalid(line, `an escape in ${excerpt(word)}`);
    return quoted[2];
  });
}

function expect(words: readonly string[], count: number, directive: string, line: number): string {
  const [first] = words;
  if (words.length !== count || first === undefined) {
    throw invalid(
      line,
      `"${directive}" takes ${count} ${count === 1 ? 'word' : 'words'}, not ${words.length}`,
    );
  }
  return first;
}

/** `path [version] => path [version]` */
function replacement(words: readonly string[], line: number): GoReplacement {
  const arrow = words.indexOf('=>');
  const left = words.slice(0, Math.max(arrow, 0));
  const right = words.slice(arrow + 1);
  const [path, version, ...more] = left;
  const [byPath, byVersion, ...rest] = right;
  if (arrow === -1 || path === undefined || byPath === undefined || more.length + rest.length > 0) {
    throw invalid(line, '"replace" takes the form: module [version] => module version, or => folder');
  }
  return {
    path: checkLength(path, 'name', line),
    version,
    byPath: checkLength(byPath, 'path', line),
    byVersion,
  };
}
