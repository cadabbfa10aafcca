// YAML as crev's writer lays it out (serde_yaml 0.9 over libyaml): block style, lists not indented under their key, plain
// scalars wherever libyaml allows them and single quotes elsewhere.
//
// Only what proofs need: mappings, lists and texts without line breaks. Following the writer to the letter keeps our
// proofs indistinguishable from cargo-crev's, and lets its vectors be reproduced byte for byte.

export type SerdeValue = string | number | boolean | readonly SerdeValue[] | SerdeRecord;
export interface SerdeRecord {
  readonly [key: string]: SerdeValue | undefined;
}

// What serde_yaml would read back as something else than text.
const nonText =
  /^(?:~|null|Null|NULL|true|True|TRUE|false|False|FALSE|[-+]?[0-9]+|0x[0-9a-fA-F]+|0o[0-7]+|0b[01]+|[-+]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][-+]?[0-9]+)?|[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN))$/;
// libyaml's yaml_emitter_analyze_scalar, block context: indicators at the start, `: ` and ` #` inside, spaces around.
const notPlain = /^(?:---|\.\.\.)|^[#,[\]{}&*!|>'"%@`]|^[-?:](?:\s|$)|:(?:\s|$)|\s#|^\s|\s$/;

/** The lines of a mapping, each ending in LF. Fields that are undefined are left out. */
export function writeSerdeYaml(record: SerdeRecord): string {
  return linesOfRecord(record)
    .map((line) => `${line}\n`)
    .join('');
}

function linesOfRecord(record: SerdeRecord): string[] {
  return Object.entries(record).flatMap(([key, value]) =>
    value === undefined ? [] : linesOfField(key, value),
  );
}

function linesOfField(key: string, value: SerdeValue): string[] {
  if (typeof value === 'string') return [`${key}: ${scalar(value)}`];
  if (typeof value === 'number' || typeof value === 'boolean') return [`${key}: ${value}`];
  if (isList(value)) return [`${key}:`, ...value.flatMap(linesOfItem)];
  return [`${key}:`, ...linesOfRecord(value).map((line) => `  ${line}`)];
}

function linesOfItem(item: SerdeValue): string[] {
  if (typeof item === 'string') return [`- ${scalar(item)}`];
  if (typeof item === 'number' || typeof item === 'boolean') return [`- ${item}`];
  const lines = isList(item) ? item.flatMap(linesOfItem) : linesOfRecord(item);
  return lines.map((line, position) => (position === 0 ? `- ${line}` : `  ${line}`));
}

function scalar(value: string): string {
  if (/[\n\t]/.test(value)) {
    const escaped = value.replaceAll('\\', '\\\\').replaceAll('"', '\\"');
    return `"${escaped.replaceAll('\n', '\\n').replaceAll('\t', '\\t')}"`;
  }
  if (value !== '' && !nonText.test(value) && !notPlain.test(value)) return value;
  return `'${value.replaceAll("'", "''")}'`;
}

function isList(value: SerdeValue): value is readonly SerdeValue[] {
  return Array.isArray(value);
}
