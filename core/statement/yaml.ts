// The strict reading of statement text: YAML 1.2 with the failsafe schema, so that every scalar is a text, and only the
// plain part of the language. JSON is read too, being YAML.
//
// Refused are anchors, aliases, tags, directives, document markers other than a leading `---`, several documents, keys
// that are not scalars, duplicate keys, merge keys, `__proto__`, depth over 16 and more than 10,000 nodes. js-yaml's
// event stream names anchors and tags of every node, so nothing is guessed from the text; the data is built here from
// the events, which is also faster than the library's own constructor.

import { EVENT_ID, getScalarValue, parseEvents, SCALAR_STYLE, YAMLException, type Event } from 'js-yaml';
import { excerpt } from '../bytes.ts';
import { isTrustError, TrustError } from '../errors.ts';
import { checkHostileValue } from './hostile-text.ts';

/** Data as the failsafe schema gives it. */
export type YamlValue = string | readonly YamlValue[] | YamlRecord;
export interface YamlRecord {
  readonly [key: string]: YamlValue;
}

/** Levels of nesting, the scalar inside counted. */
export const maxYamlDepth = 16;
/** Mappings, lists, keys and values together. */
export const maxYamlNodes = 10_000;

/** What js-yaml itself may recurse to; it counts attempts as levels too, so exact counting is done on its events. */
const recursionBound = maxYamlDepth + 8;

type Frame =
  | { readonly kind: 'document'; value: YamlValue | undefined }
  | { readonly kind: 'sequence'; readonly items: YamlValue[] }
  | { readonly kind: 'mapping'; readonly record: Record<string, YamlValue>; key: string | undefined };

/** Whether a value is a mapping. */
export function isYamlRecord(value: YamlValue | undefined): value is YamlRecord {
  return typeof value === 'object' && !Array.isArray(value);
}

/**
 * Reads a text that `checkHostileText` let pass. Returns texts, arrays and plain objects. Throws yaml-invalid when it is
 * not YAML, yaml-forbidden-construct when it uses what statements may not, and text-forbidden-character when an escape
 * sequence makes a forbidden character; each with the line.
 */
export function parseYaml(text: string): YamlValue {
  let nodes = 0;
  let result: YamlValue | undefined;
  const frames: Frame[] = [];
  for (const event of readEvents(text)) {
    if (event.type !== EVENT_ID.POP && event.type !== EVENT_ID.DOCUMENT && ++nodes > maxYamlNodes) {
      throw refuse(text, 0, `more than ${maxYamlNodes} nodes`);
    }
    // The document's own frame stands for the level of its root.
    if (frames.length > maxYamlDepth && event.type !== EVENT_ID.POP) throw tooDeep();
    switch (event.type) {
      case EVENT_ID.DOCUMENT:
        if (result !== undefined) throw refuse(text, text.length, 'a second document');
        // A directive stands before the marker, so a marker that is not first may hide one.
        if (event.directives.length > 0 || (event.explicitStart && !text.startsWith('---'))) {
          throw refuse(text, 0, 'a directive, or text before the document marker');
        }
        if (event.explicitEnd) throw refuse(text, text.length, 'a document end marker');
        frames.push({ kind: 'document', value: undefined });
        break;
      case EVENT_ID.ALIAS:
        throw refuse(text, event.anchorStart, 'an alias');
      case EVENT_ID.SEQUENCE:
        checkProperties(text, event, event.start);
        checkNotKey(text, frames.at(-1), event.start);
        frames.push({ kind: 'sequence', items: [] });
        break;
      case EVENT_ID.MAPPING:
        checkProperties(text, event, event.start);
        checkNotKey(text, frames.at(-1), event.start);
        frames.push({ kind: 'mapping', record: {}, key: undefined });
        break;
      case EVENT_ID.SCALAR: {
        checkProperties(text, event, event.valueStart);
        const value = getScalarValue(text, event);
        // Only an escape can make a character that the check of the text has not seen.
        if (event.style === SCALAR_STYLE.DOUBLE_QUOTED && !event.fast) {
          checkEscaped(text, event.valueStart, value);
        }
        add(text, frames.at(-1), value, event.valueStart);
        break;
      }
      case EVENT_ID.POP: {
        const frame = frames.pop();
        if (frame === undefined) throw new TrustError('yaml-invalid', 'The YAML ends too often.');
        if (frame.kind === 'document') result = frame.value;
        else add(text, frames.at(-1), frame.kind === 'sequence' ? frame.items : frame.record, 0);
        break;
      }
    }
  }
  if (result === undefined) throw new TrustError('yaml-invalid', 'The text is empty.');
  return result;
}

function readEvents(text: string): Event[] {
  try {
    return parseEvents(text, { maxDepth: recursionBound });
  } catch (cause) {
    if (!(cause instanceof YAMLException)) {
      throw new TrustError('yaml-invalid', 'The text is not YAML.', { cause });
    }
    if (cause.reason.startsWith('nesting exceeded')) throw tooDeep(cause);
    const line = (cause.mark?.line ?? 0) + 1;
    throw new TrustError('yaml-invalid', `Line ${line}: ${excerpt(cause.reason, 200)}`, {
      help: 'A statement is YAML 1.2 or JSON.',
      cause,
    });
  }
}

function tooDeep(cause?: unknown): TrustError {
  return new TrustError('yaml-forbidden-construct', `Nested deeper than ${maxYamlDepth} levels.`, { cause });
}

function checkProperties(
  text: string,
  event: { readonly anchorStart: number; readonly tagStart: number },
  start: number,
): void {
  if (event.anchorStart !== -1) throw refuse(text, event.anchorStart, 'an anchor');
  if (event.tagStart !== -1) throw refuse(text, Math.max(event.tagStart, start), 'a tag');
}

function checkNotKey(text: string, parent: Frame | undefined, position: number): void {
  if (parent?.kind === 'mapping' && parent.key === undefined) {
    throw refuse(text, position, 'a key that is not a text');
  }
}

function checkEscaped(text: string, position: number, value: string): void {
  try {
    checkHostileValue(value);
  } catch (cause) {
    if (!isTrustError(cause)) throw cause;
    throw new TrustError(
      cause.code,
      `Line ${lineOf(text, position)}: an escape makes a forbidden character.`,
      {
        help: cause.help ?? 'Remove it.',
        cause,
      },
    );
  }
}

function add(text: string, parent: Frame | undefined, value: YamlValue, position: number): void {
  if (parent === undefined)
    throw new TrustError('yaml-invalid', 'The YAML has a value outside of a document.');
  if (parent.kind === 'document') {
    parent.value = value;
  } else if (parent.kind === 'sequence') {
    parent.items.push(value);
  } else if (parent.key === undefined) {
    if (typeof value !== 'string') throw refuse(text, position, 'a key that is not a text');
    if (value === '<<' || value === '__proto__') throw refuse(text, position, `the key ${value}`);
    if (Object.hasOwn(parent.record, value)) {
      throw refuse(text, position, `the key ${excerpt(value, 40)} a second time`);
    }
    parent.key = value;
  } else {
    parent.record[parent.key] = value;
    parent.key = undefined;
  }
}

function refuse(text: string, position: number, what: string): TrustError {
  return new TrustError(
    'yaml-forbidden-construct',
    `Line ${lineOf(text, position)}: statements may not use ${what}.`,
    {
      help: 'Write plain keys, values and lists. A statement has to read the same to every reader.',
    },
  );
}

function lineOf(text: string, position: number): number {
  return text.slice(0, Math.max(position, 0)).split('\n').length;
}
