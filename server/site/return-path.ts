// Where a form leads back to: a path of this site, and nothing else.

/** The path and query that were asked for, or `/` when that could lead to another site. */
export function returnPath(asked: unknown): string {
  if (typeof asked !== 'string' || asked.length > 2048 || !asked.startsWith('/')) return '/';
  // Browsers take \ for /, and drop tabs and line breaks.
  if (/^\/[/\\]|[\\\p{Cc}]/u.test(asked)) return '/';
  const base = 'http://site.invalid';
  return URL.canParse(asked, base) && new URL(asked, base).origin === base ? asked : '/';
}
