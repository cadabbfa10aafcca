// Route table: submitting and reading statements and certificates.

import {
  batchLineSchema,
  batchQuerySchema,
  batchResultSchema,
  lookupRequestSchema,
  lookupResponseSchema,
  maxCertificateBytes,
  maxDocumentBytes,
  receiptSchema,
  statementListSchema,
  statementQuerySchema,
  storedCertificateSchema,
  storedStatementSchema,
} from '../../core/api/statements.ts';
import type { ErrorCode } from '../../core/errors.ts';
import { identitySchema } from '../../core/identity-schema.ts';
import { statementIdSchema } from '../../core/statement/statement.ts';
import type { Route } from './route.ts';

/** What a token may be refused for, where there is one. */
const tokenProblems = ['unauthenticated', 'forbidden'] as const satisfies readonly ErrorCode[];
const submitToken = { scope: 'submit', isNeeded: false } as const;

/** Everything that a document may be refused for. */
const documentProblems = [
  'request-too-large',
  'envelope-unrecognised',
  'text-too-large',
  'text-forbidden-character',
  'text-outside-signature',
  'yaml-invalid',
  'yaml-forbidden-construct',
  'statement-invalid',
  'statement-kind-unsupported',
  'signature-missing',
  'signature-multiple',
  'signature-invalid',
  'signature-expired',
  'hash-header-forged',
  'author-mismatch',
  'key-unknown',
  'key-weak',
  'key-expired',
  'key-revoked',
  'date-in-future',
  'certificate-invalid',
  'certificate-secret',
  ...tokenProblems,
] as const satisfies readonly ErrorCode[];

const certificateProblems = [
  'request-too-large',
  'text-too-large',
  'text-forbidden-character',
  'certificate-invalid',
  'certificate-secret',
  'key-weak',
  ...tokenProblems,
] as const satisfies readonly ErrorCode[];

const receipts = {
  201: { description: 'Committed by this request.', content: { 'application/json': receiptSchema } },
  200: {
    description: 'Known since before; the same receipt.',
    content: { 'application/json': receiptSchema },
  },
};

const statementId = {
  id: { schema: statementIdSchema, description: 'Statement id: SHA-256 of the canonical signed text.' },
};
const identity = {
  identity: { schema: identitySchema, description: 'openpgp:<fingerprint>, or crev:<key>.' },
};

/** Longest line of a batch, in bytes: the largest certificate with every line end escaped, and its frame. */
export const maxBatchLineBytes = 2 * maxCertificateBytes;

export const statementRoutes: readonly Route[] = [
  {
    method: 'post',
    path: '/api/v1/statements',
    id: 'submitStatement',
    tag: 'Statements',
    token: submitToken,
    summary: 'Submit one signed document',
    description:
      'An OpenPGP cleartext-signed statement, or a crev proof. It is answered after it is committed. Submitting the same document again is answered with the same receipt.',
    body: {
      description: 'The document as gpg --clearsign or cargo crev made it.',
      content: { 'text/plain': 'text' },
      maxBytes: maxDocumentBytes,
    },
    answers: receipts,
    problems: documentProblems,
  },
  {
    method: 'post',
    path: '/api/v1/certificates',
    id: 'submitCertificate',
    tag: 'Statements',
    token: submitToken,
    summary: 'Submit an OpenPGP certificate',
    description:
      'Public keys only. New self-signatures, subkeys and revocations are merged with what the ledger knows.',
    body: {
      description: 'ASCII armour, or the binary form.',
      content: { 'text/plain': 'text', 'application/octet-stream': 'binary' },
      maxBytes: maxCertificateBytes,
    },
    answers: receipts,
    problems: certificateProblems,
  },
  {
    method: 'post',
    path: '/api/v1/batches',
    id: 'submitBatch',
    tag: 'Statements',
    token: submitToken,
    summary: 'Submit many documents and certificates in one stream',
    description:
      'One JSON object a line. Answers stream back in line order while lines still arrive, so read while you write. A line that is refused does not stop the others; a line that is acknowledged is committed and published. Certificates hold for the lines after them.',
    query: batchQuerySchema,
    body: {
      description: `Lines of at most ${maxBatchLineBytes} bytes.`,
      content: { 'application/x-ndjson': batchLineSchema },
    },
    answers: {
      200: { description: 'One result a line.', content: { 'application/x-ndjson': batchResultSchema } },
    },
    problems: tokenProblems,
  },
  {
    method: 'get',
    path: '/api/v1/statements',
    id: 'listStatements',
    tag: 'Statements',
    summary: 'Find statements by package, digest or author',
    description: 'Newest first. At least one of purl, digest and author.',
    query: statementQuerySchema,
    answers: { 200: { description: 'One page.', content: { 'application/json': statementListSchema } } },
    problems: [],
  },
  {
    method: 'post',
    path: '/api/v1/statements/lookup',
    id: 'lookupStatements',
    tag: 'Statements',
    summary: 'Get many statements by id, with the certificates of their authors',
    body: {
      description: 'The ids.',
      content: { 'application/json': lookupRequestSchema },
      maxBytes: 128 * 1024,
    },
    answers: {
      200: { description: 'What is known of them.', content: { 'application/json': lookupResponseSchema } },
    },
    problems: ['request-too-large'],
  },
  {
    method: 'get',
    path: '/api/v1/statements/{id}',
    id: 'getStatement',
    tag: 'Statements',
    summary: 'Get one statement, parsed and as it was signed',
    params: statementId,
    answers: {
      200: { description: 'The statement.', content: { 'application/json': storedStatementSchema } },
    },
    problems: ['not-found'],
  },
  {
    method: 'get',
    path: '/api/v1/statements/{id}/document',
    id: 'getDocument',
    tag: 'Statements',
    summary: 'Get the signed document, byte for byte: what gpg --verify takes',
    params: statementId,
    answers: { 200: { description: 'The document.', content: { 'text/plain': 'text' } } },
    problems: ['not-found'],
  },
  {
    method: 'get',
    path: '/api/v1/certificates/{identity}',
    id: 'getCertificate',
    tag: 'Statements',
    summary: 'Get the certificate of an identity, in its newest merged form',
    params: identity,
    answers: {
      200: { description: 'The certificate.', content: { 'application/json': storedCertificateSchema } },
    },
    problems: ['not-found'],
  },
  {
    method: 'get',
    path: '/api/v1/certificates/{identity}/document',
    id: 'getArmour',
    tag: 'Statements',
    summary: 'Get the certificate as ASCII armour: what gpg --import takes',
    params: identity,
    answers: { 200: { description: 'The armour.', content: { 'text/plain': 'text' } } },
    problems: ['not-found'],
  },
];
