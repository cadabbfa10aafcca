// Route table: asking about a closure and about a web of trust.

import {
  checkRequestSchema,
  checkResponseSchema,
  trustSetQuerySchema,
  trustSetResponseSchema,
} from '../../core/api/checks.ts';
import type { Route } from './route.ts';

/** Largest body of a check, in bytes. */
export const maxCheckBytes = 48 * 1024 * 1024;

export const checkRoutes: readonly Route[] = [
  {
    method: 'post',
    path: '/api/v1/checks',
    id: 'check',
    tag: 'Checks',
    summary: 'Ask for the verdict on every input of a closure',
    description:
      'Takes a lockfile, or inputs that the asker has parsed, and the policy. Nothing is stored. With "evidence" it also lists every statement heard, so that the asker can verify them and resolve the verdicts again.',
    body: {
      description: 'The closure and the policy. May be compressed with gzip.',
      content: { 'application/json': checkRequestSchema },
      maxBytes: maxCheckBytes,
    },
    answers: { 200: { description: 'The report.', content: { 'application/json': checkResponseSchema } } },
    problems: [
      'request-too-large',
      'lockfile-unrecognised',
      'lockfile-invalid',
      'lockfile-version-unknown',
      'lockfile-too-large',
      'policy-invalid',
      'trust-limit-exceeded',
    ],
  },
  {
    method: 'get',
    path: '/api/v1/trust-set',
    id: 'trustSet',
    tag: 'Trust',
    summary: 'Get everyone whom these roots trust, and whom they ban',
    description:
      "The roots' web of trust under crev's algorithm. The distances default to those of cargo-crev. With purl, edges with a scope count only where they cover that package.",
    query: trustSetQuerySchema,
    answers: {
      200: { description: 'The trust set.', content: { 'application/json': trustSetResponseSchema } },
    },
    problems: ['purl-invalid', 'policy-invalid', 'trust-limit-exceeded'],
  },
];
