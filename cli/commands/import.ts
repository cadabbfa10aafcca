// trust-check import crev: publishes the proofs of crev proof repositories.

import { relative, resolve } from 'node:path';
import { z } from 'zod';
import { maxProofFileBytes } from '../../core/statement/crev/envelope.ts';
import { parseProofFile, verifyCrevProof } from '../../core/statement/crev/proof.ts';
import { leafOfStatement } from '../../core/log/leaf-of.ts';
import { openLog } from '../ledger/open-log.ts';
import { findingsOfClaims, type NamedClaim } from '../publish/acknowledged.ts';
import type { CommandSpec, Context } from '../command-spec.ts';
import { connectTo, resolveSettings } from '../config/settings.ts';
import { exitCodes, mostSevere, type ExitCode } from '../exit-codes.ts';
import { escapeTerminal } from '../output/escape-terminal.ts';
import { jsonText } from '../output/json-text.ts';
import { publishBatches, type BatchTotals, type NamedLine } from '../publish/publish-batches.ts';
import { proofFiles } from '../publish/walk-proofs.ts';
import { readTextBounded } from '../read-bounded.ts';
import { errorFacts } from '../report-error.ts';

const optionsSchema = z.object({ dryRun: z.boolean().optional(), fail: z.boolean().default(true) });

interface BadProof {
  readonly place: string;
  readonly code: string;
  readonly reason: string;
  readonly exit: ExitCode;
}

const crev: CommandSpec = {
  name: 'crev',
  arguments: [['<paths...>', 'proof repositories, folders or files']],
  summary: 'publish the proofs of crev proof repositories',
  description:
    'Walks folders for *.crev files as crev does (recursively, nothing that begins with a dot), verifies every proof here, ' +
    'and publishes the good ones in batches. A bad proof is reported with its file, line and reason, and the rest is kept; ' +
    'then the exit status is 3. At the end, everything that the ledger acknowledged has to be in its log. Running it again is safe: what is in the ledger is answered as known.',
  examples: [
    ['trust-check import crev ~/.config/crev/proofs', 'publish your own and all fetched proofs'],
    ['trust-check import crev --dry-run ./crev-proofs', 'only verify, offline'],
  ],
  options: [
    { flags: '--dry-run', description: 'verify only, and publish nothing' },
    { flags: '--no-fail', description: 'exit with 0 although some proofs are bad' },
  ],
  async run(context, args, options) {
    const { dryRun, fail } = optionsSchema.parse(options);
    const settings = dryRun === true ? undefined : await resolveSettings(context, options);
    const api = settings && connectTo(context, settings);
    const log = api && (await openLog(context, settings, api));
    const { lines, bad, files } = await collect(context, args);
    const totals: BatchTotals = { created: 0, known: 0, refused: 0 };
    const claims: NamedClaim[] = [];
    let finished = false;
    let contradicted = false;
    const progress = context.terminal.progress('Publishing');
    try {
      let done = 0;
      if (api !== undefined) {
        await publishBatches(api, lines, totals, ({ name, leaf }, result) => {
          progress.update(++done, lines.length);
          if ('receipt' in result) {
            const { index, recordedAt, status } = result.receipt;
            const known = status === 'known';
            claims.push({ name, known, index, leaf: { ...leaf, recordedAt: new Date(recordedAt) } });
          } else {
            const { code, detail } = result.problem;
            bad.push({ place: name, code, reason: detail, exit: exitCodes.evidence });
          }
        });
      }
      if (api !== undefined && log !== undefined && claims.length > 0) {
        const missing = await findingsOfClaims(log, api, claims);
        contradicted = missing.length > 0;
        bad.push(
          ...missing.map(({ name, message }) => ({
            place: name,
            code: 'evidence-invalid',
            reason: message,
            exit: exitCodes.evidence,
          })),
        );
      }
      finished = true;
    } finally {
      progress.stop();
      // Also when interrupted or cut off: what was done stands in the ledger and is told.
      print(context, { files, proofs: lines.length, bad, totals, dryRun: dryRun === true, finished });
    }
    // What is acknowledged and not in the log is no matter of bad proofs.
    return fail || contradicted ? mostSevere(bad.map(({ exit }) => exit)) : exitCodes.met;
  },
};

export const importCommand: CommandSpec = {
  name: 'import',
  arguments: [],
  summary: 'publish what other tools hold: import crev DIR',
  description: 'Publishes statements that other tools keep.',
  examples: [['trust-check import crev ./crev-proofs', 'publish the proofs of a crev proof repository']],
  options: [],
  children: [crev],
  run: () => Promise.resolve(exitCodes.usage),
};

/** Reads and verifies all proofs; files are told relative to the working directory. */
async function collect(
  context: Context,
  paths: readonly string[],
): Promise<{ lines: NamedLine[]; bad: BadProof[]; files: number }> {
  const lines: NamedLine[] = [];
  const bad: BadProof[] = [];
  let files = 0;
  const progress = context.terminal.progress('Verifying proofs');
  try {
    for (const path of paths) {
      for (const file of await proofFiles(resolve(context.io.cwd, path))) {
        const name = relative(context.io.cwd, file).replaceAll('\\', '/');
        files++;
        await readFile(context, file, name, lines, bad);
        progress.update(lines.length);
      }
    }
  } finally {
    progress.stop();
  }
  return { lines, bad, files };
}

async function readFile(
  context: Context,
  file: string,
  name: string,
  lines: NamedLine[],
  bad: BadProof[],
): Promise<void> {
  const refuse = (place: string, error: unknown): void => {
    context.signal.throwIfAborted();
    const { exit, facts } = errorFacts(error);
    bad.push({ place, code: facts.code, reason: facts.message, exit });
  };
  let entries: ReturnType<typeof parseProofFile>;
  try {
    entries = parseProofFile(await readTextBounded(file, maxProofFileBytes, 'envelope-unrecognised'));
  } catch (error) {
    refuse(name, error);
    return;
  }
  for (const entry of entries) {
    const place = `${name}:${entry.line}`;
    try {
      if ('error' in entry) throw entry.error;
      const verified = await verifyCrevProof(entry.proof);
      const leaf = leafOfStatement(verified, new Date(0));
      lines.push({ name: place, line: { document: verified.document }, leaf });
    } catch (error) {
      refuse(place, error);
    }
  }
}

interface Summary {
  readonly files: number;
  readonly proofs: number;
  readonly bad: readonly BadProof[];
  readonly totals: BatchTotals;
  readonly dryRun: boolean;
  readonly finished: boolean;
}

function print(context: Context, { files, proofs, bad, totals, dryRun, finished }: Summary): void {
  const { terminal } = context;
  const { created, known } = totals;
  const refused = bad.length;
  if (context.format === 'json') {
    const list = bad.map(({ place, code, reason }) => ({ place, code, reason }));
    const counts = dryRun ? { good: proofs, refused } : { created, known, refused };
    terminal.print(jsonText({ schema: 1, finished, files, ...counts, bad: list }));
    return;
  }
  for (const { place, code, reason } of bad) {
    terminal.print(
      `${terminal.paint.symbols.bad} ${escapeTerminal(place)}: ${escapeTerminal(reason)} [${code}]`,
    );
  }
  const counts = dryRun
    ? `${proofs} good, ${refused} refused; nothing was published`
    : `${created} created, ${known} known, ${refused} refused`;
  const rest = finished ? '' : `; stopped after ${created + known + totals.refused} of ${proofs}`;
  terminal.print(`${files} files: ${counts}${rest}`);
}
