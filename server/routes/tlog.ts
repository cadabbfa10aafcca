// The log by C2SP tlog-tiles, at the root of the service: /checkpoint, /tile/…, /tile/entries/…, and our own /documents/…
//
// Paths are read from the raw address, before anything decodes it, and must be written in the one way. Nothing beyond the
// published size is served: only a checkpoint makes it certain that an entry stays where it is, and these answers are cached
// for ever.

import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { promisify } from 'node:util';
import { createGzip, gzip } from 'node:zlib';
import { Router, type Request, type Response } from 'express';
import { TrustError } from '../../core/errors.ts';
import { parseTilePath, tileWidth, type BundleId, type TileId } from '../../core/log/tile.ts';
import { readBundle } from '../../db/bundles.ts';
import { readTile } from '../../db/tiles.ts';
import type { AppDeps } from '../app-deps.ts';
import { discoveryText } from '../log/discovery-text.ts';
import { checkpointFile, discoveryFile, immutableFile, documentsFile } from '../log/file-forms.ts';
import { formatPage, readDocumentPages } from '../log/document-pages.ts';
import { findPublished, requirePublished } from '../log/published.ts';
import { publicLog } from '../middleware/public-log.ts';
import type { Service } from '../service.ts';
import { sendFile, setForm } from './send-file.ts';

const compress = promisify(gzip);

type TilePath = NonNullable<ReturnType<typeof parseTilePath>>;

/** Routes for the log's own files. */
export function tlogRouter({ state, limits }: AppDeps): Router {
  const router = Router({ strict: true, caseSensitive: true });
  const open = publicLog();

  router.get('/checkpoint', open, limits.tiles, (_request, response) => {
    const { note } = requirePublished(state.service().log);
    sendFile(response, checkpointFile, Buffer.from(note));
  });

  router.get('/.well-known/trust-ledger', open, limits.tiles, (_request, response) => {
    const text = discoveryText(state.service().log.discovery());
    sendFile(response, discoveryFile, Buffer.from(text));
  });

  // Before a route decodes anything: what is not written exactly so, with percent signs for instance, is not there.
  router.use(['/tile', '/documents'], open, limits.tiles, (request, _response, next) => {
    if (request.method === 'GET' || request.method === 'HEAD') readPath(request);
    next();
  });
  const send = async (request: Request, response: Response): Promise<void> => {
    const named = readPath(request);
    const service = state.service();
    if ((await findPublished(service.log, service.db, sizeFor(named))) === undefined) throw nothingThere();
    if (named.kind === 'tile') await sendTile(service, named.tile, response);
    else if (named.kind === 'bundle') await sendBundle(service, named.bundle, request, response);
    else await sendDocuments(service, named.bundle, request, response);
  };
  router.get('/tile/*path', send);
  router.get('/documents/*path', send);
  return router;
}

async function sendTile({ db }: Service, tile: TileId, response: Response): Promise<void> {
  const hashes = await readTile(db, tile.level, tile.index, tile.width);
  if (hashes === undefined) throw new TrustError('ledger-corrupt', 'The ledger lacks a published tile');
  sendFile(response, immutableFile, hashes);
}

async function sendBundle(
  { db }: Service,
  bundle: BundleId,
  request: Request,
  response: Response,
): Promise<void> {
  const bytes = await readBundle(db, bundle);
  const isPacked = startEncoding(request, response);
  sendFile(response, immutableFile, isPacked ? await compress(bytes) : bytes);
}

async function sendDocuments(
  { db }: Service,
  bundle: BundleId,
  request: Request,
  response: Response,
): Promise<void> {
  const pages = readDocumentPages(db, bundle);
  // The first page before the first header, so that a failure can still be told as one.
  const first = await pages.next();
  setForm(response, documentsFile);
  const isPacked = startEncoding(request, response);
  if (request.method === 'HEAD' || first.done === true) {
    response.end();
    return;
  }
  const chunks = async function* (): AsyncGenerator<Uint8Array> {
    yield formatPage(first.value);
    for await (const lines of pages) yield formatPage(lines);
  };
  const source = Readable.from(chunks(), { objectMode: false });
  if (isPacked) await pipeline(source, createGzip(), response);
  else await pipeline(source, response);
}

/** Says whether the answer is to be packed with gzip, in its headers too. */
function startEncoding(request: Request, response: Response): boolean {
  response.setHeader('Vary', 'Accept-Encoding');
  const isPacked = request.acceptsEncodings('gzip', 'identity') === 'gzip';
  if (isPacked) response.setHeader('Content-Encoding', 'gzip');
  return isPacked;
}

/** What the address names, as it came over the wire; throws not-found. */
function readPath(request: Request): TilePath {
  const path = request.originalUrl.split('?', 1)[0] ?? '';
  const named = parseTilePath(path.slice(1));
  if (named === undefined) throw nothingThere();
  return named;
}

/** The least size of a log that has this. */
function sizeFor(named: TilePath): number {
  const { index, width } = named.kind === 'tile' ? named.tile : named.bundle;
  const level = named.kind === 'tile' ? named.tile.level : 0;
  return (index * tileWidth + width) * tileWidth ** level;
}

function nothingThere(): TrustError {
  return new TrustError('not-found', 'The log has nothing at this address.', {
    help: 'Ask only for what a checkpoint implies; docs/LEDGER-FORMAT.md says which paths those are.',
  });
}
