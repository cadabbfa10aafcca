// GET /packages/<purl without pkg:>: a package, or with @version one of its versions. One address for each: whatever else names
// the same purl is led there.

import { Router, type Request } from 'express';
import { z } from 'zod';
import { purlParts } from '../../core/closure/purl-parts.ts';
import { canonicalPurl } from '../../core/digest/purl.ts';
import { encodeComponent } from '../../core/digest/purl-text.ts';
import { purlTypeRules } from '../../core/digest/purl-types.ts';
import type { AppDeps } from '../app-deps.ts';
import { packageModel } from '../packages/package-model.ts';
import { viewPackage } from '../packages/view-package.ts';
import { parseRequest } from '../parse-request.ts';
import { definePage, renderPage } from '../site/page.ts';
import { publicOrigin } from '../site/public-origin.ts';
import { packagePath } from '../site/view-text.ts';
import { viewerOf } from '../site/viewer.ts';

const packagePage = definePage('package', packageModel);
const querySchema = z.object({
  before: z.coerce.number().int().min(0).max(Number.MAX_SAFE_INTEGER).optional(),
});
const prefix = '/packages/';

/** Routes for the pages of packages and their versions. */
export function packageRouter({ state, limits, config }: AppDeps): Router {
  const router = Router();

  router.get(['/packages', '/packages/'], limits.read, (_request, response) => {
    response.redirect(302, '/search');
  });

  router.get('/packages/*path', limits.read, async (request, response) => {
    const purl = purlOf(request);
    const path = packagePath(purl);
    const [here = '', query] = request.originalUrl.split('?', 2);
    if (here !== path.split('?', 1)[0]) {
      const more = path.includes('?') || query === undefined ? '' : `?${query}`;
      response.redirect(301, `${path}${more}`);
      return;
    }
    const { before } = parseRequest(querySchema, request.query, 'query');
    const { package: name, version } = purlParts(purl);
    const origin = publicOrigin(request, config.publicUrl);
    const asked = { package: name, version, before, origin };
    renderPage(request, response, packagePage, await viewPackage(state.service(), asked, viewerOf(response)));
  });
  return router;
}

/**
 * The canonical purl that a request's path names, without subpath and without qualifiers but those that belong to the name
 * (julia's uuid, which stands in the query). Throws purl-invalid.
 */
function purlOf(request: Request): string {
  const [raw = '', query = ''] = request.originalUrl.slice(prefix.length).split('?', 2);
  // `@scope%2Fname`, as npm writes it, is a scope and a name.
  const path = raw.replaceAll(/%2f/gi, '/');
  const given = new URLSearchParams(query);
  const naming = (purlTypeRules(path.split('/', 1)[0] ?? '').identifiedBy ?? []).flatMap((key) => {
    const value = given.get(key);
    return value === null ? [] : `${key}=${encodeComponent(value)}`;
  });
  const canonical = canonicalPurl(`pkg:${path}${naming.length === 0 ? '' : `?${naming.join('&')}`}`);
  const { package: name, versioned } = purlParts(canonical);
  const identified = name.includes('?') ? `?${name.split('?', 2)[1] ?? ''}` : '';
  return `${versioned}${identified}`;
}
