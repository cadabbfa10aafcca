// Finding the row of the route table that a request belongs to.

import { routes } from './routes.ts';
import type { Route } from './route.ts';

const patterns = routes.map((route) => ({ route, pattern: patternOf(route) }));

/** The row for a method and a path without query; undefined when the API has none. */
export function matchRoute(method: string, path: string): Route | undefined {
  return patterns.find(({ route, pattern }) => route.method === method.toLowerCase() && pattern.test(path))
    ?.route;
}

/** The methods that a path takes, in upper case; none when the path is unknown. */
export function allowedMethods(path: string): readonly string[] {
  const methods = patterns.filter(({ pattern }) => pattern.test(path)).map(({ route }) => route.method);
  return methods.flatMap((method) => (method === 'get' ? ['GET', 'HEAD'] : [method.toUpperCase()]));
}

/** A parameter stands for one part of the path, or for all the rest of it. */
function patternOf({ path, params }: Route): RegExp {
  const parts = path.split(/(\{[^}]+\})/).map((part) => {
    if (!part.startsWith('{')) return part.replaceAll('.', '\\.');
    return params?.[part.slice(1, -1)]?.spansSlashes === true ? '.+' : '[^/]+';
  });
  return new RegExp(`^${parts.join('')}$`);
}
