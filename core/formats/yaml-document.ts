// YAML as formats take it: the same objects as JSON gives, Maps that know their line. Every scalar is a text.
//
// Lockfiles are written by machines that use a plain part of the language. Refused: anchors, aliases and tags (so nothing
// can expand), keys that are no text or occur twice, nesting beyond the limit. js-yaml's event stream names all of these
// with their positions, and the data is built from it in one pass.

import { EVENT_ID, getScalarValue, parseEvents, YAMLException, type Event } from 'js-yaml';
import { excerpt } from '../bytes.ts';
import { JsonObject, type JsonValue } from './json-value.ts';
import { invalid, limits, tooLarge } from './limits.ts';

/** What js-yaml itself may recurse to; it counts attempts as levels too. */
const maxDepth = 100;

type Frame =
  | { readonly kind: 'document'; value: JsonValue }
  | { readonly kind: 'list'; readonly items: JsonValue[] }
  | {
      readonly kind: 'object';
      readonly line: number;
      readonly members: Map<string, JsonValue>;
      key: string | undefined;
    };

/**
 * The documents of a YAML text; null for an empty one.
 * @throws {TrustError} lockfile-invalid with the line; lockfile-too-large.
 */
export function readYamlDocuments(text: string): JsonValue[] {
  const documents: JsonValue[] = [];
  const frames: Frame[] = [];
  const lines = new LineCounter(text);
  let keyLine = 1;
  let values = 0;
  for (const event of readEvents(text)) {
    if (++values > limits.jsonValues) throw tooLarge('values', limits.jsonValues);
    const parent = frames.at(-1);
    switch (event.type) {
      case EVENT_ID.DOCUMENT:
        frames.push({ kind: 'document', value: null });
        break;
      case EVENT_ID.ALIAS:
        throw invalid(lines.at(event.anchorStart), 'an alias, which no lockfile has');
      case EVENT_ID.SEQUENCE:
        refuseProperties(event, lines);
        if (isKey(parent)) throw invalid(lines.at(event.start), 'a key that is not a text');
        frames.push({ kind: 'list', items: [] });
        break;
      case EVENT_ID.MAPPING: {
        refuseProperties(event, lines);
        if (isKey(parent)) throw invalid(lines.at(event.start), 'a key that is not a text');
        // An entry stands where its key does, as in JSON.
        const line = parent?.kind === 'object' ? keyLine : lines.at(event.start);
        frames.push({ kind: 'object', line, members: new Map(), key: undefined });
        break;
      }
      case EVENT_ID.SCALAR: {
        refuseProperties(event, lines);
        const value = getScalarValue(text, event);
        if (parent?.kind === 'object' && parent.key === undefined) {
          keyLine = lines.at(event.valueStart);
          if (parent.members.has(value)) {
            throw invalid(keyLine, `the key "${excerpt(value)}" occurs twice in one object`);
          }
          parent.key = value;
        } else add(parent, value);
        break;
      }
      case EVENT_ID.POP: {
        const frame = frames.pop();
        if (frame?.kind === 'document') documents.push(frame.value);
        else if (frame?.kind === 'list') add(frames.at(-1), frame.items);
        else if (frame !== undefined) add(frames.at(-1), new JsonObject(frame.line, frame.members));
        break;
      }
    }
  }
  return documents;
}

function readEvents(text: string): Event[] {
  try {
    return parseEvents(text, { maxDepth });
  } catch (cause) {
    if (!(cause instanceof YAMLException)) throw invalid(undefined, 'not YAML', { cause });
    if (cause.reason.startsWith('nesting exceeded')) throw tooLarge('levels of nesting', maxDepth);
    throw invalid((cause.mark?.line ?? 0) + 1, `not YAML: ${excerpt(cause.reason, 200)}`, { cause });
  }
}

function isKey(parent: Frame | undefined): boolean {
  return parent?.kind === 'object' && parent.key === undefined;
}

function refuseProperties(
  event: { readonly anchorStart: number; readonly tagStart: number },
  lines: LineCounter,
): void {
  if (event.anchorStart !== -1)
    throw invalid(lines.at(event.anchorStart), 'an anchor, which no lockfile has');
  if (event.tagStart !== -1) throw invalid(lines.at(event.tagStart), 'a tag, which no lockfile has');
}

function add(parent: Frame | undefined, value: JsonValue): void {
  if (parent?.kind === 'document') parent.value = value;
  else if (parent?.kind === 'list') parent.items.push(value);
  else if (parent?.key !== undefined) {
    parent.members.set(parent.key, value);
    parent.key = undefined;
  }
}

/** Lines of positions that are asked for in the order of the text. The end of a line is looked for once. */
class LineCounter {
  readonly #text: string;
  #end: number;
  #line = 1;

  constructor(text: string) {
    this.#text = text;
    this.#end = text.indexOf('\n');
  }

  at(position: number): number {
    while (this.#end !== -1 && this.#end < position) {
      this.#end = this.#text.indexOf('\n', this.#end + 1);
      this.#line++;
    }
    return this.#line;
  }
}
