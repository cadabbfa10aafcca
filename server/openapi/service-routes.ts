// Route table: the service's own health, its description and its start page.

import { z } from 'zod';
import type { Route } from './route.ts';

export const liveSchema = z.strictObject({ status: z.literal('live') }).meta({ id: 'Live' });
export const readySchema = z.strictObject({ status: z.literal('ready') }).meta({ id: 'Ready' });

export const serviceRoutes: readonly Route[] = [
  {
    method: 'get',
    path: '/livez',
    id: 'live',
    tag: 'Service',
    summary: 'Whether the process answers',
    answers: { 200: { description: 'It does.', content: { 'application/json': liveSchema } } },
    problems: [],
  },
  {
    method: 'get',
    path: '/readyz',
    id: 'ready',
    tag: 'Service',
    summary:
      'Whether the service can serve: database open and migrated, trust graph loaded, not shutting down',
    answers: { 200: { description: 'It can.', content: { 'application/json': readySchema } } },
    problems: [],
  },
  {
    method: 'get',
    path: '/api/openapi.json',
    id: 'openapi',
    tag: 'Service',
    summary: 'This description',
    answers: {
      200: {
        description: 'OpenAPI 3.1.',
        content: { 'application/json': z.looseObject({ openapi: z.string() }) },
      },
    },
    problems: [],
  },
];
