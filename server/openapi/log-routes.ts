// Route table: the log as anybody can check it. Its own files are those of C2SP tlog-tiles, at the root of the service.

import { z } from 'zod';
import {
  consistencyQuerySchema,
  consistencySchema,
  discoverySchema,
  documentLineSchema,
} from '../../core/api/ledger.ts';
import type { Route } from './route.ts';

const hash = z.string().regex(/^[0-9a-f]{64}$/);
const receipt = {
  description: 'A C2SP tlog-proof under the published checkpoint.',
  content: { 'text/plain': 'text' },
} as const;

export const logRoutes: readonly Route[] = [
  {
    method: 'get',
    path: '/checkpoint',
    id: 'getCheckpoint',
    tag: 'Log',
    summary: 'Get the published checkpoint',
    description: 'A signed note by C2SP tlog-checkpoint, with the cosignatures of the witnesses.',
    answers: { 200: { description: 'The signed note.', content: { 'text/plain': 'text' } } },
    problems: ['not-found'],
  },
  {
    method: 'get',
    path: '/tile/{path}',
    id: 'getTile',
    tag: 'Log',
    summary: 'Get a tile of the Merkle tree, or an entry bundle',
    description:
      'By C2SP tlog-tiles: <level>/<index>[.p/<width>] for tiles, entries/<index>[.p/<width>] for leaf records, which may come with gzip. Anything that is not written in the one way is 404, and so is what no published checkpoint implies.',
    params: {
      path: { schema: z.string(), description: 'What tlog-tiles has behind /tile/.', spansSlashes: true },
    },
    answers: {
      200: {
        description: 'Hashes of 32 bytes, or leaf records.',
        content: { 'application/octet-stream': 'binary' },
      },
    },
    problems: ['not-found'],
  },
  {
    method: 'get',
    path: '/documents/{path}',
    id: 'getDocumentBundle',
    tag: 'Log',
    summary: 'Get the documents of the entries of an entry bundle',
    description: '<index>[.p/<width>] as for entry bundles. One line for each entry, in order.',
    params: {
      path: { schema: z.string(), description: 'Index and width of the bundle.', spansSlashes: true },
    },
    answers: {
      200: { description: 'The documents.', content: { 'application/x-ndjson': documentLineSchema } },
    },
    problems: ['not-found'],
  },
  {
    method: 'get',
    path: '/.well-known/trust-ledger',
    id: 'discover',
    tag: 'Log',
    summary: 'Get what is needed to check this ledger: origin, keys, witness policy',
    description: 'Believe it once at most: pin the keys.',
    answers: { 200: { description: 'The log.', content: { 'application/json': discoverySchema } } },
    problems: [],
  },
  {
    method: 'get',
    path: '/api/v1/receipts/{id}',
    id: 'getReceipt',
    tag: 'Log',
    summary: 'Get the receipt of a statement or certificate',
    params: { id: { schema: hash, description: 'Statement id, or SHA-256 of the binary certificate.' } },
    answers: { 200: receipt },
    problems: ['not-found'],
  },
  {
    method: 'get',
    path: '/api/v1/receipts/by-leaf/{leafHash}',
    id: 'getReceiptByLeaf',
    tag: 'Log',
    summary: 'Get the receipt of an entry by its leaf hash',
    params: { leafHash: { schema: hash, description: 'RFC 6962 leaf hash.' } },
    answers: { 200: receipt },
    problems: ['not-found'],
  },
  {
    method: 'get',
    path: '/api/v1/consistency',
    id: 'proveConsistency',
    tag: 'Log',
    summary: 'Get the proof that a smaller log is the beginning of a larger one',
    description: 'RFC 6962 section 2.1.2. Without to, the larger one is what is published.',
    query: consistencyQuerySchema,
    answers: { 200: { description: 'The proof.', content: { 'application/json': consistencySchema } } },
    problems: ['not-found'],
  },
  {
    method: 'get',
    path: '/api/v1/documents/{hash}',
    id: 'getDocumentByHash',
    tag: 'Log',
    summary: 'Get a document by its hash, byte for byte',
    params: { hash: { schema: hash, description: 'SHA-256 of the document, as leaf records have it.' } },
    answers: { 200: { description: 'The document.', content: { 'text/plain': 'text' } } },
    problems: ['not-found'],
  },
];
