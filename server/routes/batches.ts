// POST /api/v1/batches: many documents and certificates in one stream, with a result for every line.
//
// Both directions stream: a slow reader slows the writer down, and memory stays bounded however long the batch is. A
// result is written after its line is published, so a connection that breaks leaves nothing acknowledged and lost.

import { Router } from 'express';
import {
  batchLineSchema,
  batchQuerySchema,
  type BatchLine,
  type BatchResult,
  type Receipt,
} from '../../core/api/statements.ts';
import { TrustError } from '../../core/errors.ts';
import type { AppDeps } from '../app-deps.ts';
import { limitSubmissions } from '../auth/require-token.ts';
import type { Ingest, Proofs } from '../ingest/ingest.ts';
import { parseJson, refuseDeepJson, requireType } from '../middleware/body.ts';
import { maxBatchLineBytes } from '../openapi/statement-routes.ts';
import { parseRequest } from '../parse-request.ts';
import { asTrustError, problemOf } from '../problems.ts';
import { readLines, type Line } from './line-reader.ts';
import { inOrder } from './ordered-window.ts';
import { createResultWriter } from './result-writer.ts';

const ndjson = 'application/x-ndjson';
/** Lines of one batch that are at work at the same time: enough to fill a transaction while another commits. */
const windowSize = 1024;

/** Routes for batches. */
export function batchesRouter(deps: AppDeps): Router {
  const { state, config, log } = deps;
  const router = Router();
  router.post('/api/v1/batches', limitSubmissions(deps), requireType([ndjson]), async (request, response) => {
    const { ingest } = state.service();
    const query = parseRequest(batchQuerySchema, request.query, 'query');
    const lines = readLines(request, {
      maxBytes: maxBatchLineBytes,
      pauseSeconds: config.bodySeconds,
      draining: state.draining,
    });
    const submit = createLineSubmitter(ingest, query.proofs === 'true' ? 'with-proof' : 'without-proof');
    response.status(200).type(ndjson).flushHeaders();
    const writer = createResultWriter(response);
    try {
      let line = 0;
      for await (const outcome of inOrder(lines, submit, windowSize)) {
        line++;
        if (outcome === undefined) continue;
        const result = resultOf(line, outcome, (error) => {
          log.error({ err: error.cause ?? error, requestId: request.id, line }, 'A line of a batch failed');
        });
        await writer.write(result);
      }
      await writer.end();
    } catch (error) {
      // The status is sent. A connection that ends before its last chunk says that the rest was not answered.
      log.info({ err: error, requestId: request.id }, 'A batch ended early');
      writer.cut();
    }
  });
  return router;
}

type Outcome = Receipt | TrustError | undefined;

/** Submits lines one after another; blank lines give undefined. A certificate holds for every line after it. */
function createLineSubmitter(ingest: Ingest, proofs: Proofs): (line: Line) => Promise<Outcome> {
  let certificates: Promise<unknown>[] = [];
  let before: Promise<unknown> = Promise.resolve();

  async function submit(parsed: BatchLine): Promise<Receipt> {
    if ('certificate' in parsed) {
      const receipt = ingest.submitCertificate(parsed.certificate, proofs);
      certificates.push(receipt.catch(() => undefined));
      return receipt;
    }
    if (certificates.length > 0) {
      before = Promise.all([before, ...certificates]);
      certificates = [];
    }
    await before;
    return ingest.submitStatement(parsed.document, proofs);
  }

  return async (line) => {
    try {
      if (line.kind === 'text' && line.text.trim() === '') return undefined;
      return await submit(parseLine(line));
    } catch (error) {
      return asTrustError(error);
    }
  };
}

function parseLine(line: Line): BatchLine {
  if (line.kind === 'too-long') {
    throw new TrustError('request-too-large', `The line is longer than ${maxBatchLineBytes} bytes.`);
  }
  if (line.kind === 'not-utf8') throw new TrustError('request-invalid', 'The line is not valid UTF-8.');
  refuseDeepJson(line.bytes);
  return parseRequest(batchLineSchema, parseJson(line.text), 'line');
}

function resultOf(
  line: number,
  outcome: Receipt | TrustError,
  onFailure: (error: TrustError) => void,
): BatchResult {
  if (!(outcome instanceof TrustError)) return { line, receipt: outcome };
  const problem = problemOf(outcome);
  if (problem.status >= 500 && outcome.code !== 'unavailable') onFailure(outcome);
  return { line, problem };
}
