// trust-check publish: sends signed statements and certificates, prints the receipts.

import { dirname, resolve } from 'node:path';
import { z } from 'zod';
import type { Receipt } from '../../core/api/statements.ts';
import type { CommandSpec, Context } from '../command-spec.ts';
import { parseCertificate } from '../../core/statement/openpgp/certificate.ts';
import { verifyDocument } from '../../core/statement/verify.ts';
import { showPath } from '../config/policy-files.ts';
import type { ApiClient } from '../http/api-client.ts';
import { ForkError } from '../ledger/fork-error.ts';
import { openLog } from '../ledger/open-log.ts';
import { ReceiptBook, receiptOption } from '../ledger/receipts.ts';
import { connectTo, resolveSettings } from '../config/settings.ts';
import { exitCodes, mostSevere, type ExitCode } from '../exit-codes.ts';
import { escapeTerminal } from '../output/escape-terminal.ts';
import { jsonText } from '../output/json-text.ts';
import { maxPublishBytes, recognise, type Publishable } from '../publish/recognise.ts';
import { readBounded } from '../read-bounded.ts';
import { errorFacts, errorLines, type ErrorFacts } from '../report-error.ts';

const schema = z.object({ receipt: z.string().optional() });

export const publishCommand: CommandSpec = {
  name: 'publish',
  arguments: [['<files...>', 'signed statements, crev proofs or certificates; - for standard input']],
  summary: 'publish signed statements and certificates',
  description:
    'Publishes what somebody signed, with gpg --clearsign or crev, and OpenPGP certificates. Certificates go first, so a ' +
    'statement and its key may be given together. What the ledger knows already is answered with the receipt of then. Each ' +
    'receipt is checked against the signed log and kept below ~/.local/state/trust-check/receipts.',
  examples: [
    ['gpg --clearsign review.yaml && trust-check publish review.yaml.asc', 'sign by hand and publish'],
    ['gpg --armor --export FPR | trust-check publish -', 'publish a certificate'],
  ],
  options: [receiptOption],
  async run(context, args, options) {
    const settings = await resolveSettings(context, options);
    const api = connectTo(context, settings);
    const log = await openLog(context, settings, api);
    const receipts = new ReceiptBook(context.io, api, log, schema.parse(options).receipt);
    const items: Publishable[] = [];
    const outcomes: Outcome[] = [];
    for (const path of args) {
      try {
        items.push(...recognise(await readInput(context, path), path));
      } catch (error) {
        outcomes.push(failed(path, error));
      }
    }
    // Stable: certificates first, otherwise as given.
    const ordered = [
      ...items.filter((item) => item.kind === 'certificate'),
      ...items.filter((item) => item.kind === 'statement'),
    ];
    for (const item of ordered) {
      try {
        outcomes.push(await publishOne(item, api, receipts));
      } catch (error) {
        if (context.signal.aborted || error instanceof ForkError) throw error;
        outcomes.push(failed(item.name, error));
      }
    }
    return print(context, outcomes);
  },
};

type Outcome =
  | {
      readonly name: string;
      readonly exit: ExitCode;
      readonly receipt: Receipt;
      readonly receiptFile: string | undefined;
    }
  | { readonly name: string; readonly exit: ExitCode; readonly error: ErrorFacts };

async function publishOne(item: Publishable, api: ApiClient, receipts: ReceiptBook): Promise<Outcome> {
  const { name } = item;
  let receipt: Receipt;
  let receiptFile: string | undefined;
  if (item.kind === 'certificate') {
    receipt = await api.publishCertificate(item.certificate);
    receiptFile = await receipts.certificate(receipt, item.certificate);
  } else {
    receipt = await api.publishStatement(item.document);
    if (receipts.isChecking) {
      const verified = await verifyDocument(item.document, {
        certificates: async (author) => {
          const stored = await api.certificate(author);
          return stored === undefined ? undefined : parseCertificate(stored.armored);
        },
        at: new Date(receipt.recordedAt),
      });
      receiptFile = await receipts.statement(receipt, verified);
    }
  }
  return { name, receipt, receiptFile, exit: exitCodes.met };
}

function failed(name: string, error: unknown): Outcome {
  const { exit, facts } = errorFacts(error);
  return { name, exit, error: facts };
}

async function readInput(context: Context, path: string): Promise<Uint8Array> {
  return path === '-'
    ? context.io.stdin.read(maxPublishBytes)
    : readBounded(resolve(context.io.cwd, path), maxPublishBytes);
}

function print(context: Context, outcomes: readonly Outcome[]): ExitCode {
  const exit = mostSevere(outcomes.map((outcome) => outcome.exit));
  const { terminal } = context;
  if (context.format === 'json') {
    const results = outcomes.map((outcome) =>
      'receipt' in outcome
        ? { file: outcome.name, receipt: outcome.receipt, receiptFile: outcome.receiptFile }
        : { file: outcome.name, error: outcome.error },
    );
    terminal.print(jsonText({ schema: 1, exit, results }));
    return exit;
  }
  const kept = outcomes.flatMap((outcome) => ('receipt' in outcome ? (outcome.receiptFile ?? []) : []));
  for (const outcome of outcomes) {
    if ('receipt' in outcome) terminal.print(receiptLine(outcome.name, outcome.receipt));
    else {
      terminal.print(`${terminal.paint.symbols.bad} ${escapeTerminal(outcome.name)}`);
      for (const line of errorLines(outcome.error, terminal.paint)) terminal.print(`  ${line}`);
    }
  }
  if (kept.length > 0) {
    const what = kept.length === 1 ? 'Receipt' : `${kept.length} receipts`;
    terminal.note(`${what} checked, and kept in ${showPath(context.io, dirname(kept[0] ?? ''))}`);
  }
  return exit;
}

/** One receipt in one line. */
export function receiptLine(name: string, receipt: Receipt): string {
  const status = receipt.status === 'created' ? 'published' : 'already known';
  const label = name === '' ? '' : `${escapeTerminal(name)}: `;
  return `${label}${status}: ${receipt.kind} ${receipt.id} by ${receipt.author}, entry ${receipt.index}, recorded ${receipt.recordedAt}`;
}
