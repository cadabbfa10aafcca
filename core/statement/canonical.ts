// The canonical text of a statement, and the way back: format, parse, and the id.
//
// `formatStatement` gives one text for one statement: fields in the order of the design, digests in the order of their
// keys, LF, no line that ends in a space and no line break at the end. `parseStatement` reads any text that the rules of
// hostile-text.ts and yaml.ts let pass, so what people write by hand need not be canonical; parsing what was formatted
// gives the same statement. The id is of the text that was signed, whoever laid it out.

import { sha256 } from '@noble/hashes/sha2.js';
import { digestKeys } from '../digest/digest-set.ts';
import { excerpt, toHex, utf8 } from '../bytes.ts';
import { TrustError } from '../errors.ts';
import { checkHostileText } from './hostile-text.ts';
import { reservedKinds, statementKinds } from './kinds.ts';
import {
  maxStatementBytes,
  packageReviewSchema,
  retractionSchema,
  reviewerSetSchema,
  sourceSchema,
  trustSchema,
  type Statement,
  type StatementId,
  type StatementKind,
} from './statement.ts';
import { isYamlRecord, parseYaml } from './yaml.ts';
import { writeYaml } from './yaml-text.ts';

const schemas = {
  'package review': packageReviewSchema,
  trust: trustSchema,
  'reviewer set': reviewerSetSchema,
  source: sourceSchema,
  retraction: retractionSchema,
} as const satisfies Record<StatementKind, unknown>;

// One order for the fields of all levels. What is not named here (free data) follows, sorted.
const fieldOrder = [
  ...['kind', 'version', 'date', 'from', 'id-type', 'id', 'ids', 'url', 'url-type', 'original', 'proof'],
  ...['name', 'title', 'home', 'domain', 'set', 'cap', 'purl', 'path', 'mode', 'digests'],
  ...Object.keys(digestKeys),
  ...['revision', 'revision-type', 'package', 'package-diff-base', 'manifest', 'statement', 'reason'],
  ...[
    'review',
    'thoroughness',
    'understanding',
    'rating',
    'trust',
    'succession',
    'scope',
    'role',
    'members',
    'includes',
  ],
  ...['coverage', 'read', 'skimmed', 'generated', 'opaque', 'disclosure', 'relation', 'paid'],
  ...['llm-agent', 'model', 'model-version', 'human-guided', 'flags', 'unmaintained', 'pregenerated-files'],
  ...[
    'issues',
    'advisories',
    'severity',
    'range',
    'critical',
    'alternatives',
    'override',
    'policy',
    'comment',
  ],
];
const rank = new Map(fieldOrder.map((field, position) => [field, position]));

/**
 * Canonical YAML text of a statement, without a final line break. Throws text-forbidden-character when a value holds a
 * character that may not be signed, and text-too-large above 64 KiB.
 */
export function formatStatement(statement: Statement): string {
  const text = writeYaml(statement, inFieldOrder);
  checkHostileText(text, maxStatementBytes);
  return text;
}

/**
 * The statement in a text (YAML or JSON with LF line ends, at most 64 KiB). Throws what `checkHostileText` and
 * `parseYaml` throw, statement-kind-unsupported, and statement-invalid with the path of each wrong field.
 */
export function parseStatement(text: string): Statement {
  checkHostileText(text, maxStatementBytes);
  return readStatement(parseYaml(text));
}

/** The statement in data that a failsafe YAML reading, JSON or the database gave; throws as `parseStatement` does. */
export function readStatement(value: unknown): Statement {
  const kind = kindOf(value);
  const result = schemas[kind].safeParse(value);
  if (result.success) return result.data;
  const issues = result.error.issues.slice(0, 5).map(({ path, message }) => {
    const place = path.map(String).join('.');
    return place === '' ? message : `${excerpt(place)}: ${message}`;
  });
  throw new TrustError('statement-invalid', `Not a valid ${kind}: ${issues.join('; ')}`, {
    help: 'The fields of each kind of statement are described in docs/API.md.',
    cause: result.error,
  });
}

/** The statement id: SHA-256 of the signed text as UTF-8, 64 lower-case hex digits. */
export function statementId(text: string): StatementId {
  return hashText(text) as StatementId;
}

/** SHA-256 of a text as UTF-8, in lower-case hex: what documents are known by. */
export function hashText(text: string): string {
  return toHex(sha256(utf8(text)));
}

function kindOf(value: unknown): StatementKind {
  const record = value as Parameters<typeof isYamlRecord>[0];
  if (value === null || !isYamlRecord(record)) {
    throw new TrustError('statement-invalid', 'A statement is a mapping of fields, beginning with `kind`.');
  }
  const kind = Object.hasOwn(record, 'kind') ? record['kind'] : undefined;
  const known = statementKinds.find((name) => name === kind);
  if (known !== undefined) return known;
  if (typeof kind !== 'string') throw new TrustError('statement-invalid', 'The statement has no `kind`.');
  const reserved = reservedKinds.some((name) => name === kind);
  throw new TrustError(
    'statement-kind-unsupported',
    reserved
      ? `Statements of the kind ${kind} are not accepted yet.`
      : `Unknown kind of statement: ${excerpt(kind)}`,
    { help: `Known kinds are ${statementKinds.join(', ')}.` },
  );
}

function inFieldOrder(keys: readonly string[]): readonly string[] {
  return keys.toSorted((a, b) => {
    const difference = (rank.get(a) ?? fieldOrder.length) - (rank.get(b) ?? fieldOrder.length);
    return difference !== 0 ? difference : a < b ? -1 : 1;
  });
}
