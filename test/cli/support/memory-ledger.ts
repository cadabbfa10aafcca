// An honest ledger in memory behind the real HTTP API, with a real log, made of nothing but core: for tests of the command
// line that need no database. What it answers is checked by the API's own schemas, so it cannot drift from them.

import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { checkRequestSchema, checkResponseSchema } from '../../../core/api/checks.ts';
import {
  batchLineSchema,
  lookupRequestSchema,
  lookupResponseSchema,
  receiptSchema,
  storedCertificateSchema,
  storedStatementSchema,
  type Receipt,
  type StoredStatement,
} from '../../../core/api/statements.ts';
import { problemSchema } from '../../../core/api/problem.ts';
import type { LedgerStatement } from '../../../core/closure/evidence.ts';
import { resolve } from '../../../core/closure/resolve.ts';
import { isTrustError, TrustError } from '../../../core/errors.ts';
import { parseIdentity, type Identity } from '../../../core/identity.ts';
import { parseCertificate } from '../../../core/statement/openpgp/certificate.ts';
import type { PackageReview, SourceStatement } from '../../../core/statement/statement.ts';
import type { Certificate, VerifiedStatement } from '../../../core/statement/verified.ts';
import { verifyDocument } from '../../../core/statement/verify.ts';
import { TrustGraph } from '../../../core/trust/graph.ts';
import { toHex, utf8 } from '../../../core/bytes.ts';
import { hashOfLeaf, leafOfCertificate, leafOfStatement } from '../../../core/log/leaf-of.ts';
import { formatLeaf, type LeafRecord } from '../../../core/log/leaf.ts';
import { SignedLog } from './signed-log.ts';

interface Entry {
  readonly verified: VerifiedStatement;
  readonly index: number;
  readonly recordedAt: string;
}

export class MemoryLedger {
  readonly entries: Entry[] = [];
  readonly certificates = new Map<
    Identity,
    { certificate: Certificate; index: number; recordedAt: string }
  >();
  readonly log = new SignedLog();
  /** The ledger's time. */
  now = new Date('2026-11-22T20:00:00Z');

  async addCertificate(text: string | Uint8Array): Promise<Receipt> {
    const certificate = await parseCertificate(text);
    const known = this.certificates.get(certificate.identity);
    const recordedAt = known?.recordedAt ?? this.now.toISOString();
    const leaf = leafOfCertificate(known?.certificate ?? certificate, new Date(recordedAt));
    const index = known?.index ?? this.#append(leaf, certificate.armored);
    if (known === undefined) this.certificates.set(certificate.identity, { certificate, index, recordedAt });
    return this.#receipt(leaf, index, known !== undefined);
  }

  async addStatement(document: string): Promise<Receipt> {
    const verified = await verifyDocument(document, {
      certificates: (author) => Promise.resolve(this.certificates.get(author)?.certificate),
      at: this.now,
    });
    const known = this.entries.find((entry) => entry.verified.id === verified.id);
    const recordedAt = known?.recordedAt ?? this.now.toISOString();
    // Signed twice, a text has two documents: the first one stands.
    const leaf = leafOfStatement(known?.verified ?? verified, new Date(recordedAt));
    const index = known?.index ?? this.#append(leaf, verified.document);
    if (known === undefined) this.entries.push({ verified, index, recordedAt });
    return this.#receipt(leaf, index, known !== undefined);
  }

  stored({ verified, index, recordedAt }: Entry): StoredStatement {
    const retraction = this.#retractionOf(verified);
    return storedStatementSchema.parse({
      id: verified.id,
      kind: verified.statement.kind,
      author: verified.author,
      envelope: verified.envelope,
      index,
      recordedAt,
      ...(retraction !== undefined && { retractedBy: retraction.index }),
      statement: JSON.parse(JSON.stringify(verified.statement)) as unknown,
      document: verified.document,
    });
  }

  check(body: unknown): unknown {
    const request = checkRequestSchema.parse(body);
    if (!('inputs' in request.closure)) throw new TrustError('request-invalid', 'Send a parsed closure.');
    const graph = new TrustGraph();
    const reviews: LedgerStatement<PackageReview>[] = [];
    const sources: LedgerStatement<SourceStatement>[] = [];
    for (const { verified, index } of this.entries) {
      const { id, author, statement } = verified;
      graph.apply({ id, author, index, statement });
      if (this.#retractionOf(verified) !== undefined) continue;
      if (statement.kind === 'package review') reviews.push({ id, author, index, statement });
      if (statement.kind === 'source') sources.push({ id, author, index, statement });
    }
    const trust = graph.view(request.policy.roots, request.policy['trust-costs']);
    const evidence = {
      reviews,
      sources,
      trust,
      organisationsOf: (author: Identity) => trust.organisationsOf(author),
    };
    const report = resolve(request.closure, request.policy, evidence, this.now);
    return checkResponseSchema.parse({
      report,
      ledger: { size: this.log.entries.length },
      at: this.now.toISOString(),
      evidence: {
        statements: [...reviews, ...sources].map(({ id }) => id),
        trust: trust.usedStatements().map(({ id }) => id),
      },
    });
  }

  lookup(body: unknown): unknown {
    const { ids } = lookupRequestSchema.parse(body);
    const found = this.entries.filter(({ verified }) => ids.includes(verified.id));
    const authors = new Set(found.map(({ verified }) => verified.author));
    return lookupResponseSchema.parse({
      statements: found.map((entry) => this.stored(entry)),
      missing: ids.filter((id) => !found.some(({ verified }) => verified.id === id)),
      certificates: [...authors].flatMap((author) => this.certificate(author) ?? []),
    });
  }

  certificate(identity: Identity): unknown {
    const known = this.certificates.get(identity);
    if (known === undefined) return undefined;
    const { certificate, index, recordedAt } = known;
    return storedCertificateSchema.parse({
      identity,
      id: certificate.id,
      armored: certificate.armored,
      userIds: certificate.userIds,
      algorithm: certificate.algorithm,
      created: certificate.created.toISOString(),
      indices: [index],
      recordedAt,
    });
  }

  #retractionOf(verified: VerifiedStatement): Entry | undefined {
    return this.entries.find(
      (other) =>
        other.verified.statement.kind === 'retraction' &&
        other.verified.statement.statement === verified.id &&
        other.verified.author === verified.author,
    );
  }

  #append(leaf: LeafRecord, document: string): number {
    const { entries } = this.log;
    entries.push({ leaf: utf8(formatLeaf(leaf)), document, documentHash: leaf.documentHash });
    return entries.length - 1;
  }

  async #receipt(leaf: LeafRecord, index: number, known: boolean): Promise<Receipt> {
    return receiptSchema.parse({
      id: leaf.id,
      kind: leaf.kind,
      author: leaf.author,
      index,
      recordedAt: leaf.recordedAt.toISOString(),
      status: known ? 'known' : 'created',
      leafHash: toHex(hashOfLeaf(leaf)),
      proof: await this.log.proof(index),
    });
  }
}

/** Serves a ledger on a free port of the loopback interface. */
export async function serveLedger(
  ledger: MemoryLedger,
): Promise<{ url: string; close: () => Promise<void> }> {
  return listen((request, response) => void answer(ledger, request, response));
}

/** A server on a free port of the loopback interface. */
export async function listen(
  handler: (request: IncomingMessage, response: ServerResponse) => void,
): Promise<{ url: string; close: () => Promise<void> }> {
  const server: Server = createServer(handler);
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    close: () =>
      new Promise((done) => {
        server.closeAllConnections();
        server.close(() => {
          done();
        });
      }),
  };
}

/** The whole body of a request. */
export async function bodyOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString('utf8');
}

/** Sends JSON. */
export function sendJson(
  response: ServerResponse,
  status: number,
  value: unknown,
  type = 'application/json',
): void {
  response.writeHead(status, { 'content-type': type }).end(JSON.stringify(value));
}

async function answer(
  ledger: MemoryLedger,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const body = await bodyOf(request);
  const route = `${request.method ?? ''} ${new URL(request.url ?? '/', 'http://x').pathname}`;
  try {
    const receipt = async (made: Promise<Receipt>): Promise<void> => {
      const done = await made;
      sendJson(response, done.status === 'created' ? 201 : 200, done);
    };
    if (route === 'POST /api/v1/checks') sendJson(response, 200, ledger.check(JSON.parse(body)));
    else if (route === 'POST /api/v1/statements/lookup')
      sendJson(response, 200, ledger.lookup(JSON.parse(body)));
    else if (route === 'POST /api/v1/statements') await receipt(ledger.addStatement(body));
    else if (route === 'POST /api/v1/certificates') await receipt(ledger.addCertificate(body));
    else if (route === 'POST /api/v1/batches') await batch(ledger, body, response);
    else if (route.startsWith('GET /api/v1/certificates/')) {
      const stored = ledger.certificate(parseIdentity(decodeURIComponent(route.split('/').at(-1) ?? '')));
      if (stored === undefined) throw new TrustError('not-found', 'No such certificate.');
      sendJson(response, 200, stored);
    } else if (route.startsWith('GET /api/v1/statements/')) {
      const entry = ledger.entries.find(({ verified }) => verified.id === route.split('/').at(-1));
      if (entry === undefined) throw new TrustError('not-found', 'No such statement.');
      sendJson(response, 200, ledger.stored(entry));
    } else if (route.startsWith('GET ')) {
      const file = await ledger.log.file(route.slice('GET /'.length));
      if (file === undefined) throw new TrustError('not-found', `No route ${route}`);
      response.writeHead(200, { 'content-type': file.type }).end(file.body);
    } else throw new TrustError('not-found', `No route ${route}`);
  } catch (error) {
    const problem = problemOf(error);
    sendJson(response, problem.status, problem, 'application/problem+json');
  }
}

async function batch(ledger: MemoryLedger, body: string, response: ServerResponse): Promise<void> {
  response.writeHead(200, { 'content-type': 'application/x-ndjson' });
  let line = 0;
  for (const text of body.split('\n').filter((one) => one !== '')) {
    line++;
    try {
      const item = batchLineSchema.parse(JSON.parse(text));
      // A batch has no proofs, as the service leaves them out.
      const receipt = await ('document' in item
        ? ledger.addStatement(item.document)
        : ledger.addCertificate(item.certificate));
      response.write(`${JSON.stringify({ line, receipt: { ...receipt, proof: undefined } })}\n`);
    } catch (error) {
      response.write(`${JSON.stringify({ line, problem: problemOf(error) })}\n`);
    }
  }
  response.end();
}

function problemOf(error: unknown): { status: number } {
  const code = isTrustError(error) ? error.code : 'internal';
  const help = isTrustError(error) ? error.help : undefined;
  return problemSchema.parse({
    type: `about:blank#${code}`,
    title: code,
    status: code === 'not-found' ? 404 : code === 'internal' ? 500 : 422,
    code,
    detail: error instanceof Error ? error.message : String(error),
    ...(help !== undefined && { help }),
  });
}
