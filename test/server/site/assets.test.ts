import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import express from 'express';
import request from 'supertest';
import { describe, expect, it } from 'vitest';
import { projectRoot } from '../../../server/project-root.ts';
import { assetPath, assets } from '../../../server/site/assets.ts';

const app = express().use(assets());

describe('style sheet and browser modules', () => {
  it('are at addresses that name their content, and may be kept for ever', async () => {
    for (const [name, type] of [
      ['style.css', 'text/css'],
      ['site.js', 'text/javascript'],
    ] as const) {
      expect(assetPath(name)).toMatch(new RegExp(`^/assets/[0-9a-f]{16}/${name}$`));
      const { status, headers } = await request(app).get(assetPath(name));
      expect(status).toBe(200);
      expect(headers['content-type']).toContain(type);
      expect(headers['cache-control']).toBe('public, max-age=31536000, immutable');
    }
  });

  it('are not at other addresses, and nothing outside their folder is', async () => {
    for (const path of [
      '/assets/0000000000000000/style.css',
      assetPath('none.js'),
      assetPath(''),
      assetPath('../../package.json'),
      assetPath('..%2f..%2fpackage.json'),
      assetPath('..%5c..%5cpackage.json'),
      assetPath('%2e%2e/%2e%2e/package.json'),
      assetPath('style.css%00.js'),
    ]) {
      const { status, text } = await request(app).get(path);
      expect(status, path).toBeGreaterThanOrEqual(400);
      expect(text).not.toContain('"dependencies"');
    }
  });

  it('are built from every module', () => {
    const built = readdirSync(join(projectRoot, 'dist', 'public'));
    const modules = readdirSync(join(projectRoot, 'public', 'modules')).filter((name) =>
      name.endsWith('.ts'),
    );
    expect(built).toEqual(expect.arrayContaining(modules.map((name) => name.replace(/\.ts$/, '.js'))));
  });
});
