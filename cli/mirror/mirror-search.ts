// Searching a mirror for statements by package, digest and author: what GET /api/v1/statements answers (db/statements.ts).

import { statementQuerySchema, type StoredStatement } from '../../core/api/statements.ts';
import { digestKeys } from '../../core/digest/digest-set.ts';
import { packagePurl, parsePurl } from '../../core/digest/purl.ts';
import { TrustError } from '../../core/errors.ts';
import { versionKey } from './entry-postings.ts';
import type { MirrorLedger } from './mirror-ledger.ts';
import { textPrefix } from './posting.ts';

/** Statements that meet every condition, the newest entry first. Throws request-invalid for a query that the API refuses. */
export async function searchMirror(
  ledger: MirrorLedger,
  query: Readonly<Record<string, string>>,
): Promise<StoredStatement[]> {
  const parsed = statementQuerySchema.safeParse(query);
  if (!parsed.success) {
    throw new TrustError(
      'request-invalid',
      parsed.error.issues[0]?.message ?? 'The query is not understood.',
    );
  }
  const { purl, digest, author, kind, before = Infinity, limit } = parsed.data;
  const prefixes: Buffer[] = [];
  if (author !== undefined) prefixes.push(textPrefix('author', author));
  if (purl !== undefined) {
    const { version } = parsePurl(purl);
    const name = packagePurl(purl);
    prefixes.push(
      version === undefined
        ? textPrefix('subject', `purl:${name}`)
        : textPrefix('version', versionKey(name, version)),
    );
  }
  if (digest !== undefined) {
    const type = digestKeys[digest.key].weak ? 'weakDigest' : 'subject';
    prefixes.push(textPrefix(type, `digest:${digest.key}:${digest.hex}`));
  }
  if (prefixes.length === 0) {
    throw new TrustError('request-invalid', 'The query names neither purl, nor digest, nor author.');
  }
  const [first = [], ...others] = prefixes.map((prefix) => ledger.store.find(prefix));
  const wanted = others.map((list) => new Set(list));
  const found: StoredStatement[] = [];
  for (const index of first.reverse()) {
    if (found.length === limit) break;
    if (index >= before || !wanted.every((set) => set.has(index))) continue;
    const leaf = await ledger.store.leaf(index);
    if (leaf.kind === 'certificate' || (kind !== undefined && leaf.kind !== kind)) continue;
    found.push(await ledger.stored(await ledger.store.statement(index)));
  }
  return found;
}
