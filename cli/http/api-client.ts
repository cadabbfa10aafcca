// The ledger's HTTP API, one method per route that the command line uses. Answers are read by core/api's schemas.

import type { z } from 'zod';
import {
  batchResultSchema,
  lookupResponseSchema,
  receiptSchema,
  statementListSchema,
  storedCertificateSchema,
  storedStatementSchema,
  type BatchLine,
  type BatchResult,
  type Receipt,
  type StoredCertificate,
  type StoredStatement,
} from '../../core/api/statements.ts';
import { checkResponseSchema, type CheckRequest, type CheckResponse } from '../../core/api/checks.ts';
import { isTrustError, TrustError } from '../../core/errors.ts';
import type { Identity } from '../../core/identity.ts';
import type { StatementId } from '../../core/statement/statement.ts';
import type { RawLedgerSource } from '../../core/log/ledger-source.ts';
import { makeHttpSource } from '../ledger/http-source.ts';
import type { MirrorFacts } from '../mirror/mirror-facts.ts';
import { parseAnswer, textLines } from './answers.ts';
import { exchange, textOf, type Exchange, type Transport } from './transport.ts';

export type LookupResponse = z.output<typeof lookupResponseSchema>;

const mebibyte = 1024 * 1024;
const json = 'application/json';
const ndjson = 'application/x-ndjson';

/** Every method throws network, server-answer, or the code of the server's problem document. */
export interface ApiClient {
  readonly server: URL;
  /** The same ledger's log: checkpoint, tiles, entries and documents. */
  readonly source: RawLedgerSource;
  /** Only of a mirror that answers instead of the server: what it is a copy of, and how old. */
  readonly mirror?: () => Promise<MirrorFacts>;
  check(request: CheckRequest): Promise<CheckResponse>;
  /** At most 1000 ids at a time. */
  lookup(ids: readonly StatementId[]): Promise<LookupResponse>;
  statement(id: StatementId): Promise<StoredStatement>;
  /** Statements by package, newest first, at most 500. */
  statementsOf(query: Readonly<Record<string, string>>): Promise<readonly StoredStatement[]>;
  /** Undefined when the ledger does not know the identity. */
  certificate(identity: Identity): Promise<StoredCertificate | undefined>;
  publishStatement(document: string): Promise<Receipt>;
  publishCertificate(certificate: string | Uint8Array): Promise<Receipt>;
  /** Results as they come, in line order. A line that has a receipt is in the ledger. */
  publishBatch(lines: readonly BatchLine[]): AsyncGenerator<BatchResult>;
}

/** The client for one server. */
export function makeApiClient(transport: Transport): ApiClient {
  const ask = async <Schema extends z.ZodType>(
    schema: Schema,
    request: Omit<Exchange, 'accept'>,
  ): Promise<z.output<Schema>> => {
    const text = await textOf(exchange(transport, { ...request, accept: json }));
    return parseAnswer(schema, text, request.path);
  };
  const get = (path: string, limit: number): Omit<Exchange, 'accept'> => ({ method: 'GET', path, limit });
  const post = (
    path: string,
    type: string,
    content: string | Uint8Array,
    limit: number,
  ): Omit<Exchange, 'accept'> => ({ method: 'POST', path, body: { type, content }, limit });

  return {
    server: transport.server,
    source: makeHttpSource(transport),
    check: (request) =>
      ask(checkResponseSchema, post('api/v1/checks', json, JSON.stringify(request), 256 * mebibyte)),
    lookup: (ids) =>
      ask(
        lookupResponseSchema,
        post('api/v1/statements/lookup', json, JSON.stringify({ ids }), 256 * mebibyte),
      ),
    statement: (id) => ask(storedStatementSchema, get(`api/v1/statements/${id}`, mebibyte)),
    async statementsOf(query) {
      const text = new URLSearchParams(query).toString();
      const list = await ask(statementListSchema, get(`api/v1/statements?${text}`, 256 * mebibyte));
      return list.statements;
    },
    async certificate(identity) {
      try {
        const path = `api/v1/certificates/${encodeURIComponent(identity)}`;
        return await ask(storedCertificateSchema, get(path, 4 * mebibyte));
      } catch (error) {
        if (isTrustError(error, 'not-found')) return undefined;
        throw error;
      }
    },
    publishStatement: (document) =>
      ask(receiptSchema, post('api/v1/statements', 'text/plain; charset=utf-8', document, mebibyte)),
    publishCertificate: (certificate) =>
      ask(
        receiptSchema,
        post(
          'api/v1/certificates',
          typeof certificate === 'string' ? 'text/plain; charset=utf-8' : 'application/octet-stream',
          certificate,
          mebibyte,
        ),
      ),
    async *publishBatch(lines) {
      const content = lines.map((line) => `${JSON.stringify(line)}\n`).join('');
      const request = post('api/v1/batches', ndjson, content, 64 * mebibyte);
      let expected = 1;
      for await (const line of textLines(exchange(transport, { ...request, accept: ndjson }))) {
        const result = parseAnswer(batchResultSchema, line, request.path);
        if (result.line !== expected || expected > lines.length) {
          throw new TrustError('server-answer', `The batch's answer is out of order at line ${expected}.`);
        }
        expected++;
        yield result;
      }
      if (expected <= lines.length) {
        throw new TrustError(
          'server-answer',
          `The batch's answer ends after ${expected - 1} of ${lines.length} lines.`,
          { help: 'Run the same command again: what is in the ledger already is answered as known.' },
        );
      }
    },
  };
}
