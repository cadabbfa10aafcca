// Receipts (C2SP tlog-proof) under the published checkpoint, by statement id and by leaf hash; consistency proofs; documents
// by hash.
//
// A receipt from tiles and places that were asked for before costs no query: entries keep their index for ever.

import { Router, type Response } from 'express';
import { z } from 'zod';
import { consistencyQuerySchema, type consistencySchema } from '../../core/api/ledger.ts';
import { toBase64 } from '../../core/bytes.ts';
import { TrustError } from '../../core/errors.ts';
import { findDocument, findIndexById, findIndexByLeafHash } from '../../db/places.ts';
import type { AppDeps } from '../app-deps.ts';
import { documentsFile } from '../log/file-forms.ts';
import { findPublished, requirePublished } from '../log/published.ts';
import { Recent } from '../log/recent.ts';
import { publicLog } from '../middleware/public-log.ts';
import { parseRequest } from '../parse-request.ts';
import { sendFile } from './send-file.ts';

/** Places that are kept, and up to twice as many: some 200 bytes each. */
const maxPlaces = 100_000;
const hashSchema = z.string().regex(/^[0-9a-f]{64}$/, 'Not a SHA-256 in lower-case hex.');
const contentType = 'text/plain; charset=utf-8';

/** Routes for proofs, and for documents by hash. */
export function receiptsRouter({ state, limits }: AppDeps): Router {
  const router = Router({ strict: true, caseSensitive: true });
  const open = publicLog();
  const byId = new Recent<number>(maxPlaces);
  const byLeaf = new Recent<number>(maxPlaces);

  const sendReceipt = async (index: number, response: Response): Promise<void> => {
    const { log, db } = state.service();
    const checkpoint = await findPublished(log, db, index + 1);
    if (checkpoint === undefined) {
      throw new TrustError('not-found', `Entry ${index} is taken and not published yet.`, {
        help: 'Ask again in a few seconds.',
      });
    }
    const receipt = await log.prover.receipt(index, checkpoint);
    sendFile(response, { contentType, cacheControl: 'no-cache' }, Buffer.from(receipt));
  };

  router.get('/api/v1/receipts/by-leaf/:leafHash', open, limits.read, async (request, response) => {
    const hash = parseRequest(hashSchema, request.params['leafHash'], 'leaf hash');
    const load = async (): Promise<number> =>
      found(await findIndexByLeafHash(state.service().db, hash), `leaf ${hash}`);
    await sendReceipt(await byLeaf.find(hash, load), response);
  });

  router.get('/api/v1/receipts/:id', open, limits.read, async (request, response) => {
    const id = parseRequest(hashSchema, request.params['id'], 'statement id');
    const load = async (): Promise<number> =>
      found(await findIndexById(state.service().db, id), `statement ${id}`);
    await sendReceipt(await byId.find(id, load), response);
  });

  router.get('/api/v1/consistency', open, limits.read, async (request, response) => {
    const query = parseRequest(consistencyQuerySchema, request.query, 'query');
    const { log, db } = state.service();
    const from = query.from;
    const to = query.to ?? requirePublished(log).size;
    if (from > to) {
      throw new TrustError('request-invalid', `A log of ${to} entries can't follow one of ${from}.`, {
        help: 'Give the smaller size as from.',
      });
    }
    if ((await findPublished(log, db, to)) === undefined) {
      throw new TrustError('not-found', `The log has not published ${to} entries.`);
    }
    const proof = await log.prover.consistency(from, to);
    const answer: z.input<typeof consistencySchema> = { from, to, proof: proof.map(toBase64) };
    response.set('Cache-Control', 'no-cache').json(answer);
  });

  router.get('/api/v1/documents/:hash', open, limits.read, async (request, response) => {
    const hash = parseRequest(hashSchema, request.params['hash'], 'document hash');
    const document = found(await findDocument(state.service().db, hash), `document ${hash}`);
    const { cacheControl } = documentsFile;
    sendFile(response, { contentType, cacheControl }, Buffer.from(document));
  });
  return router;
}

function found<Value>(value: Value | undefined, what: string): Value {
  if (value !== undefined) return value;
  throw new TrustError('not-found', `The ledger holds no ${what}.`);
}
