// Reading what a request says, by the zod schema that documents it.
//
// Only here does a ZodError mean that the asker is wrong. Anywhere else it means that we are, and becomes a 500.

import { z } from 'zod';
import { excerpt } from '../core/bytes.ts';
import { TrustError } from '../core/errors.ts';

/**
 * The value that a part of a request gives under its schema; throws request-invalid, naming the first few paths.
 * @param what the part, for the message: `query`, `body`, `path`.
 */
export function parseRequest<Schema extends z.ZodType>(
  schema: Schema,
  value: unknown,
  what: string,
): z.output<Schema> {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  throw new TrustError('request-invalid', `The ${what} is not valid: ${describeIssues(parsed.error)}`, {
    help: 'The documented form of every request is in /api/openapi.json.',
    cause: parsed.error,
  });
}

/** One line for the first few issues, each with the path to it. */
function describeIssues(error: z.ZodError): string {
  const shown = error.issues.slice(0, 8).map((issue) => {
    const path = z.core.toDotPath(issue.path);
    return excerpt(path === '' ? deepest(issue) : `${path}: ${deepest(issue)}`, 300);
  });
  const more = error.issues.length - shown.length;
  return `${shown.join(' · ')}${more > 0 ? ` · and ${more} more` : ''}`;
}

/** Of a failed union, the member that came furthest says what is really wrong. */
function deepest(issue: z.core.$ZodIssue): string {
  if (issue.code !== 'invalid_union') return issue.message;
  const firsts = issue.errors.flatMap((member) => member.slice(0, 1));
  const furthest = firsts.sort((a, b) => b.path.length - a.path.length)[0];
  if (furthest === undefined) return issue.message;
  const path = z.core.toDotPath(furthest.path);
  return path === '' ? deepest(furthest) : `${path}: ${deepest(furthest)}`;
}
