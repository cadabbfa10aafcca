// Problems: how the API says no. RFC 9457 (application/problem+json), with our closed list of codes.

import { z } from 'zod';
import { errorCodes } from '../errors.ts';

export const problemSchema = z
  .strictObject({
    /** `about:blank#<code>` is not resolvable on purpose: docs/ERRORS.md explains every code. */
    type: z.string(),
    title: z.string(),
    status: z.number().int().min(400).max(599),
    code: z.enum(errorCodes),
    detail: z.string(),
    /** What to do next. */
    help: z.string().optional(),
    /** Names the request in the server's log. */
    requestId: z.string().optional(),
  })
  .meta({ id: 'Problem' });
export type Problem = z.output<typeof problemSchema>;
