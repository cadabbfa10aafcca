// A server that lies: it passes every request on to an honest one and alters the answer on its way back.

import type { CheckResponse } from '../../../core/api/checks.ts';
import type { LookupResponse } from '../../../cli/http/api-client.ts';
import { bodyOf, listen } from './memory-ledger.ts';

/** Changes an honest answer in place. */
export interface Lie {
  readonly check?: (answer: CheckResponse) => void;
  readonly lookup?: (answer: LookupResponse) => void | Promise<void>;
}

/** Serves the answers of `honest` with a lie in them. */
export async function serveLies(
  honest: string,
  { check, lookup }: Lie,
): Promise<{ url: string; close: () => Promise<void> }> {
  return listen((request, response) => {
    void (async () => {
      const body = await bodyOf(request);
      const path = request.url ?? '/';
      const answer = await fetch(new URL(path, honest), {
        method: request.method ?? 'GET',
        headers: { 'content-type': request.headers['content-type'] ?? 'application/json' },
        ...(body !== '' && { body }),
      });
      let text = await answer.text();
      if (path.endsWith('/checks') && check !== undefined) {
        const parsed = JSON.parse(text) as CheckResponse;
        check(parsed);
        text = JSON.stringify(parsed);
      }
      if (path.endsWith('/lookup') && lookup !== undefined) {
        const parsed = JSON.parse(text) as LookupResponse;
        await lookup(parsed);
        text = JSON.stringify(parsed);
      }
      response
        .writeHead(answer.status, { 'content-type': answer.headers.get('content-type') ?? '' })
        .end(text);
    })();
  });
}
