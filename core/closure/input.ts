// Inputs and closures: what one build takes in, and where each thing was named.

import { z } from 'zod';
import { digestSetSchema } from '../digest/digest-set.ts';
import { purlSchema } from '../digest/purl.ts';
import { identitySchema } from '../identity-schema.ts';
import { statementIdSchema } from '../statement/statement.ts';

/** Why a closure says nothing usable about the bytes of an input. */
export const unverifiableReasons = [
  'unpinned',
  'mutable',
  'weak',
  'truncated',
  'other-kind',
  'placeholder',
  'trusted-by-config',
  'aggregate',
  'inherited',
  'binary',
] as const;
export type UnverifiableReason = (typeof unverifiableReasons)[number];

/** Digests known to be of the same source, and how that is known. */
export const equivalenceSchema = z.strictObject({
  digests: digestSetSchema,
  origin: z.discriminatedUnion('kind', [
    /** The asker's own client hashed the bytes after checking them against the closure's digest. */
    z.strictObject({ kind: z.literal('computed') }),
    /** A trusted `source` statement says so. */
    z.strictObject({ kind: z.literal('statement'), statement: statementIdSchema, author: identitySchema }),
  ]),
});

/** One file that an installer may take for an input: one for most formats, sdist and wheels for Python. */
export const artefactSchema = z.strictObject({
  /** File name or platform, where the format tells artefacts apart. */
  name: z.string().max(512).optional(),
  /** As the closure states them; may be absent or weak. */
  digests: z.union([z.strictObject({}), digestSetSchema]),
  equivalents: z.array(equivalenceSchema).max(16).optional(),
  /** The digests are of whatever the maker of the list hashed (an SBOM): they may match, and never make a mismatch. */
  declared: z.boolean().optional(),
});
export type Artefact = z.output<typeof artefactSchema>;

export const inputSchema = z.strictObject({
  /** Position in the closure, from 0: what `dependencies` point at. */
  purl: purlSchema,
  artefacts: z.array(artefactSchema).max(4096),
  /** Where the closure's file names it: line from 1, and the format's own path there (`node_modules/a`). */
  places: z
    .array(
      z.strictObject({ line: z.number().int().min(1).optional(), path: z.string().max(4096).optional() }),
    )
    .max(4096),
  /** The format's own words: dev, optional, peer, target and the like. */
  groups: z.array(z.string().max(128)).max(64),
  /** Positions of the inputs that this one depends on. */
  dependencies: z.array(z.number().int().min(0)).max(20_000),
  /** The project's own code: a workspace member, a path, a link. */
  local: z.boolean().optional(),
  /** Set by the format when the closure carries no usable digest, with advice for that format. */
  unverifiable: z
    .strictObject({ reason: z.enum(unverifiableReasons), note: z.string().max(1024) })
    .optional(),
});
export type Input = z.output<typeof inputSchema>;

/** What a format's parser gives. */
export interface Closure {
  /** Which format it was read as, with its version: `package-lock v3`. */
  readonly format: string;
  readonly inputs: readonly Input[];
  /** What changes resolution from outside the list, or looks wrong in it: one line each. */
  readonly remarks: readonly string[];
}
