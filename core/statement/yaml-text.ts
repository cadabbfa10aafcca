// How canonical statement text writes its values: one way for each value, and the same value back from every YAML reader.
//
// A text is written plain only when no reader of YAML 1.1 or 1.2 takes it for something else, as a literal block when it
// has several lines that a block keeps as they are, and double-quoted otherwise. No line ends in a space, because OpenPGP's
// cleartext framework does not sign those, and the text does not end in a line break.

import { checkHostileValue } from './hostile-text.ts';

/** What can be written: JSON without null, fields that are undefined are left out. */
export type Writable = string | number | boolean | readonly Writable[] | WritableRecord;
export interface WritableRecord {
  readonly [key: string]: Writable | undefined;
}

// Words that YAML 1.1 or 1.2 reads as something else than text.
const reserved = /^(?:null|true|false|yes|no|on|off|y|n)$/i;
// A letter first; single inner spaces; no colon before a space, no hash after one.
const plain = /^[A-Za-z_/](?:[!-"$-9;-~]|:(?=[!-~])|(?<=[!-~])#| (?=[!-"$-~]))*$/;
const hexLike = /^[0-9A-Fa-f]{32,}$/;

/**
 * Writes a record as block YAML with LF line ends and no line break at the end; `sortKeys` gives the order of fields.
 * Throws text-forbidden-character when a value could not be read back.
 */
export function writeYaml(
  record: WritableRecord,
  sortKeys: (keys: readonly string[]) => readonly string[],
): string {
  const lines: string[] = [];
  writeRecord(record, '', '', lines, sortKeys);
  return lines.join('\n');
}

/** One text on one line, plain where that is safe and double-quoted elsewhere. */
export function quoteScalar(value: string): string {
  checkHostileValue(value);
  if (plain.test(value) && !reserved.test(value) && !hexLike.test(value)) return value;
  return `"${value.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n').replaceAll('\t', '\\t')}"`;
}

function writeRecord(
  record: WritableRecord,
  firstIndent: string,
  indent: string,
  lines: string[],
  sortKeys: (keys: readonly string[]) => readonly string[],
): void {
  let lead = firstIndent;
  for (const key of sortKeys(Object.keys(record))) {
    const value = record[key];
    if (value === undefined) continue;
    writeValue(`${lead}${quoteScalar(key)}:`, value, indent, lines, sortKeys);
    lead = indent;
  }
}

function writeValue(
  head: string,
  value: Writable,
  indent: string,
  lines: string[],
  sortKeys: (keys: readonly string[]) => readonly string[],
): void {
  if (typeof value === 'string') {
    if (fitsBlock(value)) {
      checkHostileValue(value);
      lines.push(`${head} |-`);
      for (const line of value.split('\n')) lines.push(line === '' ? '' : `${indent}  ${line}`);
    } else lines.push(`${head} ${quoteScalar(value)}`);
  } else if (typeof value === 'number' || typeof value === 'boolean') {
    lines.push(`${head} ${value}`);
  } else if (isList(value)) {
    if (value.length === 0) lines.push(`${head} []`);
    else lines.push(head);
    for (const item of value) writeItem(item, `${indent}  `, lines, sortKeys);
  } else if (Object.values(value).every((field) => field === undefined)) {
    lines.push(`${head} {}`);
  } else {
    lines.push(head);
    writeRecord(value, `${indent}  `, `${indent}  `, lines, sortKeys);
  }
}

function writeItem(
  item: Writable,
  indent: string,
  lines: string[],
  sortKeys: (keys: readonly string[]) => readonly string[],
): void {
  const isFilledRecord =
    typeof item === 'object' && !isList(item) && Object.values(item).some((field) => field !== undefined);
  if (isFilledRecord) writeRecord(item, `${indent}- `, `${indent}  `, lines, sortKeys);
  else writeValue(`${indent}-`, item, indent, lines, sortKeys);
}

/** Whether a literal block gives back exactly this text, whatever follows it and whoever strips trailing spaces. */
function fitsBlock(value: string): boolean {
  if (!value.includes('\n') || value.endsWith('\n') || /^[ \t\n]/.test(value)) return false;
  return !/[ \t]$|^ *\t/m.test(value);
}

function isList(value: Writable): value is readonly Writable[] {
  return Array.isArray(value);
}
