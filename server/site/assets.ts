// Style sheet and browser modules as `npm run build` makes them, under addresses that change with their content, so that
// browsers may keep them for ever.

import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import express, { type RequestHandler } from 'express';
import { TrustError } from '../../core/errors.ts';
import { projectRoot } from '../project-root.ts';

const folder = join(projectRoot, 'dist', 'public');
const digest = digestOf(folder);

/** Address of a built file, such as `style.css` or `sign.js`. */
export function assetPath(name: string): string {
  return `/assets/${digest}/${name}`;
}

/** Serves the built files. Throws config-invalid when they were not built. */
export function assets(): RequestHandler {
  if (!existsSync(folder)) {
    throw new TrustError(
      'config-invalid',
      'Style sheet and scripts of the site are missing in dist/public.',
      {
        help: 'Run: npm run build',
      },
    );
  }
  const files = express.static(folder, { index: false, immutable: true, maxAge: '1y', fallthrough: true });
  return express.Router().use(`/assets/${digest}`, files);
}

function digestOf(path: string): string {
  const hash = createHash('sha256');
  if (existsSync(path)) {
    for (const name of readdirSync(path).sort()) {
      if (/\.(?:js|css)$/.test(name)) hash.update(name).update(readFileSync(join(path, name)));
    }
  }
  return hash.digest('hex').slice(0, 16);
}
