// The policy file, trust-check.yaml: a policy, the ledger to ask, and presets.
//
//   server: https://ledger.example.org      which ledger to ask
//   mirror: ../ledger-mirror                or a folder that mirrors it, from which everything is answered offline
//   log-policy: witnesses.tlog-policy       keys, witnesses and quorum of the ledger's log (C2SP tlog-policy), beside this file
//   log-key: [ledger.example.org+530d…]     or keys of the log alone
//   preset: crev-compatible                 crev's own rules; then require, rules, exemptions and local are not given
//   roots: … require: … rules: …            policy.ts
//
// Unknown keys are refused, with the nearest known one: a misspelt requirement must not quietly be the default. All
// problems are told at once, each with its line.

import { z } from 'zod';
import { excerpt } from '../bytes.ts';
import { TrustError } from '../errors.ts';
import { nearestWord } from './nearest-word.ts';
import { crevCompatible, policySchema, type Policy } from './policy.ts';
import { readPolicyYaml, type YamlFile, type YamlPath, type YamlTree } from './policy-yaml.ts';

export const presets = ['crev-compatible'] as const;

const serverSchema = z
  .string()
  .max(2048)
  .refine(isServerUrl, 'Not an http or https address without user, query and fragment.')
  .transform((url) => url.replace(/\/+$/, ''));

/** The content of a policy file. */
const policyFileSchema = z.strictObject({
  ...policySchema.shape,
  server: serverSchema.optional(),
  mirror: z.string().min(1).max(4096).optional(),
  'log-policy': z.string().min(1).max(4096).optional(),
  'log-key': z.union([z.array(z.string().max(4096)).max(16), z.string().max(4096)]).optional(),
  preset: z.enum(presets).optional(),
});

export interface PolicyFile {
  /** With the preset, if any, applied. */
  readonly policy: Policy;
  /** Address of the ledger, without a slash at its end. */
  readonly server: string | undefined;
  /** Folder of a mirror, relative to the file's folder. */
  readonly mirror?: string | undefined;
  /** Path of a tlog-policy, relative to the file's folder. */
  readonly logPolicy?: string | undefined;
  /** Verifier keys of the ledger's log. */
  readonly logKeys?: readonly string[] | undefined;
  readonly preset: (typeof presets)[number] | undefined;
}

/** What a preset decides, and what therefore may not stand beside it. */
const decidedByPreset = ['require', 'rules', 'exemptions', 'local'] as const;
const maxProblems = 20;

/** Reads a policy file's text; throws policy-invalid, naming every problem with its line. */
export function readPolicyFile(text: string): PolicyFile {
  const file = readPolicyYaml(text);
  const parsed = policyFileSchema.safeParse(typedTree(file.value, []));
  const problems = parsed.success ? [] : parsed.error.issues.flatMap((issue) => describe(issue, file));
  if (typeof file.value === 'object' && !Array.isArray(file.value) && file.value['preset'] !== undefined) {
    for (const key of decidedByPreset) {
      if (file.value[key] !== undefined) {
        problems.push(`${place(file, [key])}: the preset decides ${key}; remove it, or the preset`);
      }
    }
  }
  if (!parsed.success || problems.length > 0) throw problemsError(problems);
  const { server, mirror, preset, 'log-policy': logPolicy, 'log-key': logKey, ...policy } = parsed.data;
  return {
    policy: preset === undefined ? policy : crevCompatible(policy),
    server,
    preset,
    ...(mirror !== undefined && { mirror }),
    ...(logPolicy !== undefined && { logPolicy }),
    ...(logKey !== undefined && { logKeys: typeof logKey === 'string' ? [logKey] : logKey }),
  };
}

/** The texts of the failsafe reading, with those that the schema wants as numbers and booleans turned into them. */
function typedTree(value: YamlTree, path: YamlPath): unknown {
  if (typeof value === 'string') return typedScalar(value, path.join('.'));
  if (Array.isArray(value)) return value.map((item, position) => typedTree(item, [...path, position]));
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [key, typedTree(item, [...path, key])]),
  );
}

function typedScalar(text: string, path: string): unknown {
  const isNumber = path === 'require.redundancy' || /^trust-costs\.[a-z]+$/.test(path);
  if (isNumber && /^(?:0|[1-9]\d{0,8})$/.test(text)) return Number(text);
  if (path === 'require.exclude-paid' && (text === 'true' || text === 'false')) return text === 'true';
  return text;
}

function describe(issue: z.core.$ZodIssue, file: YamlFile): string[] {
  const at = place(file, issue.path);
  if (issue.code === 'unrecognized_keys') {
    const known = keysAt(issue.path);
    return issue.keys.map((key) => {
      const nearest = nearestWord(key, known);
      const hint = nearest === undefined ? `known are ${known.join(', ')}` : `did you mean ${nearest}?`;
      return `${place(file, [...issue.path, key])}: no such key; ${hint}`;
    });
  }
  if (issue.code === 'invalid_value') {
    const given = valueAt(file.value, issue.path);
    const nearest = typeof given === 'string' ? nearestWord(given, issue.values.map(String)) : undefined;
    const hint = nearest === undefined ? '' : `; did you mean ${nearest}?`;
    const shown = typeof given === 'string' ? `${excerpt(given)} is not` : 'not';
    return [`${at}: ${shown} one of ${issue.values.map(String).join(', ')}${hint}`];
  }
  if (issue.code === 'invalid_type' && valueAt(file.value, issue.path) === undefined) {
    return [`${at}: is missing`];
  }
  return [`${at}: ${issue.message.replace(/\.$/, '')}`];
}

function place(file: YamlFile, path: YamlPath): string {
  const line = file.lineOf(path);
  const name = path.map(String).join('.');
  return (
    [line === undefined ? [] : `Line ${line}`, name === '' ? [] : excerpt(name)].flat().join(', ') ||
    'The file'
  );
}

/** The keys that may stand at a path of the file. */
function keysAt(path: YamlPath): string[] {
  let schema: unknown = policyFileSchema;
  for (const part of path) {
    schema = unwrap(schema);
    if (schema instanceof z.ZodObject) schema = (schema.shape as Record<PropertyKey, unknown>)[part];
    else if (schema instanceof z.ZodArray) schema = schema.element;
  }
  const object = unwrap(schema);
  return object instanceof z.ZodObject ? Object.keys(object.shape) : [];
}

function unwrap(schema: unknown): unknown {
  let inner = schema;
  while (inner instanceof z.ZodPrefault || inner instanceof z.ZodDefault || inner instanceof z.ZodOptional) {
    inner = inner.unwrap();
  }
  return inner;
}

function valueAt(tree: YamlTree, path: YamlPath): YamlTree | undefined {
  let at: YamlTree | undefined = tree;
  for (const part of path) {
    if (typeof at !== 'object') return undefined;
    at = Array.isArray(at) ? at[Number(part)] : at[String(part)];
  }
  return at;
}

function problemsError(problems: readonly string[]): TrustError {
  const shown = problems.slice(0, maxProblems);
  const more = problems.length - shown.length;
  const message = [...shown, ...(more > 0 ? [`and ${more} more`] : [])].join('\n');
  return new TrustError('policy-invalid', message, {
    help: 'Keys and values are explained in the file that `trust-check init` writes.',
  });
}

function isServerUrl(text: string): boolean {
  try {
    const url = new URL(text);
    const bare = url.username === '' && url.password === '' && url.search === '' && url.hash === '';
    return bare && (url.protocol === 'http:' || url.protocol === 'https:');
  } catch {
    return false;
  }
}
