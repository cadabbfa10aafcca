// The body of a crev proof as one of our statements: crev-data's `Package` and `Trust`, field by field.
//
// Unknown fields are ignored, as upstream does (old reviews carry an `advisory` map); known ones are checked by the
// statement schemas. Every identity in a proof is a crev one. The kind that a legacy envelope claims is not signed, so
// it only has to agree with what the content's shape says. File reviews (`code review`) are not accepted yet.

import { excerpt, fromBase64Url, toHex } from '../../bytes.ts';
import { isTrustError, TrustError } from '../../errors.ts';
import { readStatement } from '../canonical.ts';
import { checkHostileText } from '../hostile-text.ts';
import type { PackageReview, TrustStatement } from '../statement.ts';
import { isYamlRecord, parseYaml, type YamlRecord, type YamlValue } from '../yaml.ts';
import { maxCrevBodyBytes } from './envelope.ts';
import { purlOfSource } from './source.ts';

/** Strict semantic versioning 2.0.0, the grammar that Rust's semver reads. */
const semver =
  /^(?:0|[1-9]\d*)(?:\.(?:0|[1-9]\d*)){2}(?:-(?:0|[1-9]\d*|\d*[A-Za-z-][0-9A-Za-z-]*)(?:\.(?:0|[1-9]\d*|\d*[A-Za-z-][0-9A-Za-z-]*))*)?(?:\+[0-9A-Za-z-]+(?:\.[0-9A-Za-z-]+)*)?$/;

/**
 * The statement in a proof's body. `legacyType` is what a legacy envelope claims. Throws what the hostile text check and
 * the YAML reading throw, statement-kind-unsupported, and statement-invalid with the field.
 */
export function readCrevContent(
  body: string,
  legacyType: string | undefined,
): PackageReview | TrustStatement {
  checkHostileText(body, maxCrevBodyBytes);
  const content = parseYaml(body);
  if (!isYamlRecord(content)) throw invalid('', 'a proof is a mapping of fields');
  const kind = kindOf(content, legacyType);
  const statement = readStatement(kind === 'trust' ? trustOf(content) : reviewOf(content));
  if (statement.kind !== 'package review' && statement.kind !== 'trust') {
    throw new TrustError('statement-kind-unsupported', `crev has no ${statement.kind}.`);
  }
  return statement;
}

function kindOf(content: YamlRecord, legacyType: string | undefined): 'package review' | 'trust' {
  const stated = content['kind'];
  if (legacyType !== undefined && stated !== undefined) {
    throw invalid('kind', 'a legacy proof has none in its body');
  }
  if (legacyType === undefined && typeof stated !== 'string') throw invalid('kind', 'missing');
  const kind = legacyType === undefined && typeof stated === 'string' ? stated : shapeOf(content);
  if (legacyType !== undefined && kind !== legacyType) {
    throw invalid(
      'kind',
      `the envelope says ${excerpt(legacyType, 40)}, the signed content is another thing`,
    );
  }
  if (kind === 'package review' || kind === 'trust') return kind;
  throw new TrustError(
    'statement-kind-unsupported',
    kind === 'code review'
      ? 'Reviews of single files are not accepted yet.'
      : `Unknown kind of proof: ${excerpt(kind, 40)}`,
  );
}

/** What a body without `kind` is, by the fields that only one kind has. */
function shapeOf(content: YamlRecord): string {
  const has = (field: string): boolean => content[field] !== undefined;
  if (has('ids') && has('trust') && !has('package')) return 'trust';
  if (has('package') && has('files') && !has('ids')) return 'code review';
  if (has('package') && !has('ids') && !has('trust')) return 'package review';
  return 'unknown';
}

function commonOf(content: YamlRecord): Record<string, unknown> {
  return {
    ...pick(content, ['version', 'date', 'comment']),
    from: idOf(content['from'], 'from'),
    ...optional(content, 'original', (value, path) => pick(recordAt(value, path), ['proof', 'comment'])),
  };
}

function reviewOf(content: YamlRecord): Record<string, unknown> {
  const report = (fields: readonly string[]) => (value: YamlValue, path: string) =>
    pick(recordAt(value, path), fields);
  return {
    kind: 'package review',
    ...commonOf(content),
    package: subjectOf(content['package'], 'package'),
    ...optional(content, 'package-diff-base', subjectOf),
    ...optional(content, 'review', report(['thoroughness', 'understanding', 'rating'])),
    ...optionalList(content, 'issues', report(['id', 'severity', 'range', 'comment'])),
    ...optionalList(content, 'advisories', report(['ids', 'severity', 'range', 'comment'])),
    ...optional(content, 'flags', report(['unmaintained'])),
    ...optionalList(content, 'alternatives', alternativeOf),
    ...optionalList(content, 'override', idOf),
    ...optional(content, 'llm-agent', report(['model', 'model-version', 'human-guided'])),
  };
}

function trustOf(content: YamlRecord): Record<string, unknown> {
  return {
    kind: 'trust',
    ...commonOf(content),
    ...optionalList(content, 'ids', idOf),
    ...pick(content, ['trust']),
    ...optionalList(content, 'override', idOf),
  };
}

function idOf(value: YamlValue | undefined, path: string): Record<string, unknown> {
  const record = recordAt(value, path);
  if (record['id-type'] !== 'crev')
    throw invalid(`${path}.id-type`, 'a crev proof names crev identities only');
  return pick(record, ['id-type', 'id', 'url', 'url-type', 'comment']);
}

function subjectOf(value: YamlValue | undefined, path: string): Record<string, unknown> {
  const record = recordAt(value, path);
  const version = textAt(record, 'version', path);
  if (!semver.test(version))
    throw invalid(`${path}.version`, `not a semantic version: ${excerpt(version, 40)}`);
  const digestType = record['digest_type'];
  if (digestType !== undefined && digestType !== 'blake2b') {
    throw invalid(`${path}.digest_type`, 'only blake2b is known');
  }
  return {
    purl: purlAt(record, path, version),
    digests: { crevDigest: digestAt(record, path) },
    ...pick(record, ['revision', 'revision-type']),
  };
}

function alternativeOf(value: YamlValue, path: string): Record<string, unknown> {
  return { purl: purlAt(recordAt(value, path), path, undefined) };
}

function purlAt(record: YamlRecord, path: string, version: string | undefined): string {
  const name = textAt(record, 'name', path);
  const source = textAt(record, 'source', path);
  if (name === '' || source === '') throw invalid(path, 'source and name may not be empty');
  return purlOfSource({ source, name, ...(version !== undefined && { version }) });
}

function digestAt(record: YamlRecord, path: string): string {
  try {
    const digest = fromBase64Url(textAt(record, 'digest', path));
    if (digest.length === 32) return toHex(digest);
  } catch (error) {
    if (!isTrustError(error)) throw error;
  }
  throw invalid(`${path}.digest`, 'a digest is 43 characters of base64url');
}

function pick(record: YamlRecord, fields: readonly string[]): Record<string, unknown> {
  return Object.fromEntries(
    fields.flatMap((field) => (Object.hasOwn(record, field) ? [[field, record[field]]] : [])),
  );
}

function optional(
  record: YamlRecord,
  field: string,
  read: (value: YamlValue, path: string) => unknown,
): Record<string, unknown> {
  const value = record[field];
  return value === undefined ? {} : { [field]: read(value, field) };
}

function optionalList(
  record: YamlRecord,
  field: string,
  read: (value: YamlValue, path: string) => unknown,
): Record<string, unknown> {
  return optional(record, field, (value) => {
    if (!isList(value)) throw invalid(field, 'must be a list');
    return value.map((item, position) => read(item, `${field}.${position}`));
  });
}

function recordAt(value: YamlValue | undefined, path: string): YamlRecord {
  if (isYamlRecord(value)) return value;
  throw invalid(path, value === undefined ? 'missing' : 'must be a mapping');
}

function textAt(record: YamlRecord, field: string, path: string): string {
  const value = record[field];
  if (typeof value === 'string') return value;
  throw invalid(`${path}.${field}`, value === undefined ? 'missing' : 'must be a text');
}

function isList(value: YamlValue): value is readonly YamlValue[] {
  return Array.isArray(value);
}

function invalid(path: string, what: string): TrustError {
  return new TrustError(
    'statement-invalid',
    `Not a valid crev proof: ${path === '' ? '' : `${path}: `}${what}.`,
  );
}
