// Reading the YAML of a policy file, with the line on which everything stands.
//
// YAML 1.2, failsafe: every scalar is a text, so that a digest of digits alone stays a digest and `until: 2026-12-31` a date;
// policy-file.ts turns the few numbers and booleans into what they are. A key without a value counts as absent. Refused:
// anchors, aliases, tags and directives, several documents, keys that are not texts or stand twice, more than 2 MiB, more
// than 12 levels.

import { EVENT_ID, getScalarValue, parseEvents, SCALAR_STYLE, YAMLException, type Event } from 'js-yaml';
import { excerpt } from '../bytes.ts';
import { TrustError } from '../errors.ts';

export type YamlTree = string | YamlTree[] | { [key: string]: YamlTree };
export type YamlPath = readonly PropertyKey[];

export interface YamlFile {
  /** Empty when the file holds nothing but comments. */
  readonly value: YamlTree;
  /** The line, from 1, on which the key or item at a path stands, or the nearest one above it in the tree. */
  lineOf(path: YamlPath): number | undefined;
}

const maxCharacters = 2 * 1024 * 1024;
const maxDepth = 12;

interface Frame {
  readonly value: YamlTree[] | { [key: string]: YamlTree };
  readonly path: YamlPath;
  key: string | undefined;
}

/** Reads a policy file's text; throws policy-invalid with the line. */
export function readPolicyYaml(text: string): YamlFile {
  if (text.length > maxCharacters) throw invalid(undefined, `longer than ${maxCharacters} characters`);
  const lines = new LineTable(text);
  const known = new Map<string, number>();
  const frames: Frame[] = [];
  let documents = 0;
  let root: YamlTree = {};

  /** Puts a finished or opened value into what holds it, and answers with its path. */
  const place = (value: YamlTree | undefined, offset: number): YamlPath => {
    const parent = frames.at(-1);
    const line = lines.at(offset);
    if (parent === undefined) {
      if (value !== undefined) root = value;
      return [];
    }
    if (Array.isArray(parent.value)) {
      const path = [...parent.path, parent.value.length];
      parent.value.push(value ?? '');
      known.set(JSON.stringify(path), line);
      return path;
    }
    if (parent.key === undefined) {
      if (typeof value !== 'string' || value === '__proto__' || value === '<<')
        throw invalid(line, 'not a key');
      const path = [...parent.path, value];
      if (known.has(JSON.stringify(path))) throw invalid(line, `the key ${excerpt(value)} stands twice`);
      known.set(JSON.stringify(path), line);
      parent.key = value;
      return path;
    }
    const path = [...parent.path, parent.key];
    if (value !== undefined) parent.value[parent.key] = value;
    parent.key = undefined;
    return path;
  };

  const open = (value: Frame['value'], offset: number): void => {
    const parent = frames.at(-1);
    if (parent !== undefined && !Array.isArray(parent.value) && parent.key === undefined) {
      throw invalid(lines.at(offset), 'a key that is not a text');
    }
    frames.push({ value, path: place(value, offset), key: undefined });
  };

  for (const event of parse(text)) {
    switch (event.type) {
      case EVENT_ID.DOCUMENT:
        if (++documents > 1) throw invalid(undefined, 'more than one document');
        if (event.directives.length > 0) throw invalid(1, 'a directive');
        break;
      case EVENT_ID.ALIAS:
        throw invalid(lines.at(event.anchorStart), 'an alias');
      case EVENT_ID.SEQUENCE:
      case EVENT_ID.MAPPING:
        refuseProperties(event, lines.at(event.start));
        open(event.type === EVENT_ID.SEQUENCE ? [] : {}, event.start);
        break;
      case EVENT_ID.SCALAR: {
        refuseProperties(event, lines.at(event.valueStart));
        const absent = event.style === SCALAR_STYLE.PLAIN && event.valueStart === event.valueEnd;
        place(absent ? undefined : getScalarValue(text, event), event.valueStart);
        break;
      }
      case EVENT_ID.POP:
        frames.pop();
        break;
    }
  }
  return {
    value: root,
    lineOf: (path) => {
      for (let length = path.length; length > 0; length--) {
        const line = known.get(JSON.stringify(path.slice(0, length)));
        if (line !== undefined) return line;
      }
      return undefined;
    },
  };
}

function parse(text: string): Event[] {
  try {
    return parseEvents(text, { maxDepth });
  } catch (cause) {
    if (!(cause instanceof YAMLException)) throw cause;
    const line = cause.mark === undefined ? undefined : cause.mark.line + 1;
    throw invalid(line, excerpt(cause.reason, 200), cause);
  }
}

function refuseProperties(event: { anchorStart: number; tagStart: number }, line: number): void {
  if (event.anchorStart !== -1) throw invalid(line, 'an anchor');
  if (event.tagStart !== -1) throw invalid(line, 'a tag');
}

function invalid(line: number | undefined, what: string, cause?: unknown): TrustError {
  return new TrustError(
    'policy-invalid',
    `${line === undefined ? 'The policy file' : `Line ${line}`}: ${what}.`,
    {
      help: 'A policy file is one YAML document of plain keys, values and lists; `trust-check init` writes one to start from.',
      ...(cause !== undefined && { cause }),
    },
  );
}

/** Line numbers by offset, found by bisection. */
class LineTable {
  readonly #starts: number[] = [0];

  constructor(text: string) {
    for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', at + 1)) this.#starts.push(at + 1);
  }

  at(offset: number): number {
    let low = 0;
    let high = this.#starts.length;
    while (high - low > 1) {
      const middle = (low + high) >> 1;
      if ((this.#starts[middle] ?? 0) <= offset) low = middle;
      else high = middle;
    }
    return low + 1;
  }
}
