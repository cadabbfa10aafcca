import type { Router } from 'express';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { createApp } from '../../../server/app.ts';
import { readConfig } from '../../../server/config.ts';
import { createLogger } from '../../../server/logger.ts';
import { buildDocument } from '../../../server/openapi/build-document.ts';
import { createRateLimits } from '../../../server/middleware/rate-limits.ts';
import { routes } from '../../../server/openapi/routes.ts';
import { createServiceState } from '../../../server/service-state.ts';
import { siteRouter } from '../../../server/site/site.ts';

const document = JSON.parse(JSON.stringify(buildDocument())) as Record<string, unknown>;

describe('the OpenAPI document', () => {
  it('is what was agreed: a change of the API is a change of this snapshot', async () => {
    await expect(`${JSON.stringify(document, null, 2)}\n`).toMatchFileSnapshot(
      '../__snapshots__/openapi.json',
    );
  });

  it('describes every schema, instead of referring it to itself', () => {
    const { schemas } = z
      .object({ schemas: z.record(z.string(), z.record(z.string(), z.unknown())) })
      .parse(document['components']);
    for (const [name, schema] of Object.entries(schemas)) {
      expect(schema['$ref'], name).not.toBe(`#/components/schemas/${name}`);
    }
  });

  it('refers only to what it holds', () => {
    const refs = [...JSON.stringify(document).matchAll(/"\$ref":"([^"]+)"/g)].map(([, ref]) => ref!);
    const { schemas } = z
      .object({ schemas: z.record(z.string(), z.unknown()) })
      .parse(document['components']);
    expect(refs.length).toBeGreaterThan(50);
    for (const ref of new Set(refs)) {
      expect(schemas).toHaveProperty(ref.replace('#/components/schemas/', ''));
    }
    expect(Object.keys(schemas).filter((name) => name.startsWith('__'))).toEqual([]);
  });

  it('has an id, a summary and answers for every route, each id once', () => {
    expect(new Set(routes.map(({ id }) => id)).size).toBe(routes.length);
    for (const { summary, answers } of routes) {
      expect(summary).not.toMatch(/\.$/);
      expect(Object.keys(answers).length).toBeGreaterThan(0);
    }
  });

  it('lists exactly the routes that the app has, apart from pages', () => {
    const options = {
      config: readConfig({}).http,
      log: createLogger('silent'),
      state: createServiceState(),
      clock: () => new Date(),
    };
    const app = createApp(options);
    const pages = new Set(
      routesOf(siteRouter({ ...options, limits: createRateLimits(options.config.rateLimits) })),
    );
    const served = routesOf(app.router as unknown as Router)
      .filter((line) => !pages.has(line) && line !== 'get /icon.svg')
      .map((line) => line.replaceAll(/[:*](\w+)/g, '{$1}'));
    expect(served.sort()).toEqual(routes.map(({ method, path }) => `${method} ${path}`).sort());
  });
});

interface Layer {
  readonly route?: { readonly path: string; readonly methods: Readonly<Record<string, boolean>> };
  readonly handle: { readonly stack?: readonly Layer[] };
}

function routesOf(router: { readonly stack: unknown }): string[] {
  return (router.stack as readonly Layer[]).flatMap(({ route, handle }) =>
    route !== undefined
      ? Object.keys(route.methods).map((method) => `${method} ${route.path}`)
      : handle.stack === undefined
        ? []
        : routesOf({ stack: handle.stack }),
  );
}
