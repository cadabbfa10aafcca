// A server that lies: it passes every request on to an honest one and alters the answer on its way back.

import type { CheckResponse } from '../../../core/api/checks.ts';
import type { Receipt } from '../../../core/api/statements.ts';
import type { LookupResponse } from '../../../cli/http/api-client.ts';
import { bodyOf, listen } from './memory-ledger.ts';

/** Changes an honest answer in place. */
export interface Lie {
  readonly check?: (answer: CheckResponse) => void;
  readonly receipt?: (answer: Receipt) => void | Promise<void>;
  /** Another answer than the honest one to a GET of this path, without its leading slash; undefined for the honest one. */
  readonly file?: (
    path: string,
    honest: Uint8Array,
  ) => Uint8Array | { readonly status: number } | undefined | Promise<Uint8Array | undefined>;
  readonly lookup?: (answer: LookupResponse) => void | Promise<void>;
}

/** Serves the answers of `honest` with a lie in them. */
export async function serveLies(
  honest: string,
  { check, lookup, receipt, file }: Lie,
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
      const bytes = new Uint8Array(await answer.arrayBuffer());
      const other = request.method === 'GET' ? await file?.(path.slice(1), bytes) : undefined;
      if (other !== undefined) {
        if ('status' in other) response.writeHead(other.status).end();
        else response.writeHead(200, { 'content-type': answer.headers.get('content-type') ?? '' }).end(other);
        return;
      }
      let text: string | Uint8Array = bytes;
      const json = (): unknown => JSON.parse(new TextDecoder().decode(bytes));
      if (path.endsWith('/checks') && check !== undefined) {
        const parsed = json() as CheckResponse;
        check(parsed);
        text = JSON.stringify(parsed);
      }
      if (path.endsWith('/lookup') && lookup !== undefined) {
        const parsed = json() as LookupResponse;
        await lookup(parsed);
        text = JSON.stringify(parsed);
      }
      if (
        /\/api\/v1\/(?:statements|certificates)$/.test(path) &&
        request.method === 'POST' &&
        receipt !== undefined
      ) {
        const parsed = json() as Receipt;
        await receipt(parsed);
        text = JSON.stringify(parsed);
      }
      response
        .writeHead(answer.status, { 'content-type': answer.headers.get('content-type') ?? '' })
        .end(text);
    })();
  });
}
