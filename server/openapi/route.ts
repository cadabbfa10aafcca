// One row of the route table: what a route takes, what it answers, and how it may refuse.

import type { z } from 'zod';
import type { ErrorCode } from '../../core/errors.ts';
import type { TokenScope } from '../../db/api-tokens.ts';

/** A body in one media type: a schema for JSON, or what the bytes are. */
export type Content = z.ZodType | 'text' | 'binary';

export interface Answer {
  readonly description: string;
  /** By media type. In NDJSON the schema is that of a line. */
  readonly content: Readonly<Record<string, Content>>;
}

export interface Param {
  readonly schema: z.ZodType;
  readonly description: string;
  /** The rest of the path, slashes included, which OpenAPI can't say. */
  readonly spansSlashes?: boolean;
}

export interface Route {
  readonly method: 'get' | 'post';
  /** With parameters in braces, as OpenAPI writes them. */
  readonly path: string;
  readonly id: string;
  readonly tag: 'Statements' | 'Trust' | 'Checks' | 'Ledger' | 'Log' | 'Account' | 'Service';
  readonly summary: string;
  readonly description?: string;
  /** The scope of the token that it takes, and whether it goes without. */
  readonly token?: { readonly scope: TokenScope; readonly isNeeded: boolean };
  /** Path parameters by name, each with its meaning. */
  readonly params?: Readonly<Record<string, Param>>;
  readonly query?: z.ZodObject;
  readonly body?: {
    readonly description: string;
    readonly content: Readonly<Record<string, Content>>;
    readonly maxBytes?: number;
  };
  readonly answers: Readonly<Record<number, Answer>>;
  /** Codes of its own, beside those that any route may answer with. */
  readonly problems: readonly ErrorCode[];
}

/** Codes that any route may answer with. */
export const commonProblems = [
  'request-invalid',
  'rate-limited',
  'unavailable',
  'database-unavailable',
  'internal',
] as const satisfies readonly ErrorCode[];
