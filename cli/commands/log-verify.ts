// trust-check log verify: checks a receipt against the document that it is for, without the ledger.

import { resolve } from 'node:path';
import { z } from 'zod';
import { maxCertificateBytes } from '../../core/api/statements.ts';
import { fromUtf8 } from '../../core/bytes.ts';
import { isTrustError, TrustError } from '../../core/errors.ts';
import { hashOfLeaf, leafOfCertificate, leafOfStatement } from '../../core/log/leaf-of.ts';
import { formatLeaf, parseLeaf, type LeafRecord } from '../../core/log/leaf.ts';
import { maxNoteLength } from '../../core/log/note.ts';
import type { SignedCheckpoint } from '../../core/log/open-checkpoint.ts';
import { parseTlogProof, verifyTlogProof, type TlogProof } from '../../core/log/tlog-proof.ts';
import { policyOfLogs, type WitnessPolicy } from '../../core/log/witness-policy.ts';
import { parseCertificate } from '../../core/statement/openpgp/certificate.ts';
import type { Certificate } from '../../core/statement/verified.ts';
import { verifyDocument } from '../../core/statement/verify.ts';
import { formatSeconds, parseInstant } from '../../core/time.ts';
import type { CommandSpec, Context } from '../command-spec.ts';
import { configuredPolicy } from '../config/log-options.ts';
import { resolveSettings, type Settings } from '../config/settings.ts';
import { exitCodes } from '../exit-codes.ts';
import { PinnedKeys } from '../ledger/pinned-keys.ts';
import { escapeTerminal } from '../output/escape-terminal.ts';
import { jsonText } from '../output/json-text.ts';
import { maxPublishBytes, recognise } from '../publish/recognise.ts';
import { readBounded, readTextBounded } from '../read-bounded.ts';
import { checkpointJson } from '../report/checkpoint-lines.ts';
import { openCache, cacheFolder } from '../verify/statement-cache.ts';

const schema = z.object({ certificate: z.string().optional(), time: z.string().optional() });

export const logVerifyCommand: CommandSpec = {
  name: 'verify',
  arguments: [
    ['<receipt>', 'the receipt, a .tlog-proof file'],
    ['<document>', 'the signed statement, crev proof or certificate that it is for'],
  ],
  summary: 'check a receipt against its document, without the ledger',
  description:
    'Verifies the document, writes its leaf record anew, and checks that the receipt proves it under a checkpoint of a log ' +
    'that you accept: --log-policy or --log-key, else the keys that are pinned for the configured ledger. Asks nobody. The ' +
    'time of the entry comes from the receipt, which counts because the proof covers it.',
  examples: [
    [
      'trust-check log verify review.tlog-proof review.yaml.asc --certificate me.asc',
      'a statement signed with OpenPGP',
    ],
    [
      'trust-check log verify proof.tlog-proof proof.crev --log-key VKEY',
      'a crev proof, with a key given by hand',
    ],
  ],
  options: [
    {
      flags: '--certificate <file>',
      description: "the author's OpenPGP certificate; else the one of an earlier check",
    },
    {
      flags: '--time <time>',
      description: 'when it was recorded (RFC 3339), for a receipt that does not say',
    },
  ],
  async run(context, args, options) {
    const [receiptPath = '', documentPath = ''] = args;
    const { certificate, time } = schema.parse(options);
    const { io, terminal } = context;
    const settings = await resolveSettings(context, options);
    const policy = await acceptedPolicy(context, settings);
    const proof = parseTlogProof(await readTextBounded(resolve(io.cwd, receiptPath), 4 * maxNoteLength));
    const claimed = claimedLeaf(proof);
    const recordedAt = claimed?.recordedAt ?? givenTime(time);
    const bytes = await readBounded(resolve(io.cwd, documentPath), maxPublishBytes);
    const leaf = await leafOfDocument(context, settings, bytes, documentPath, recordedAt, certificate);
    if (claimed !== undefined && formatLeaf(claimed) !== formatLeaf(leaf)) {
      throw new TrustError(
        'proof-invalid',
        `The receipt is for ${claimed.kind} ${claimed.id}, and the document is ${leaf.kind} ${leaf.id}.`,
        { help: 'A receipt goes with the exact document that the ledger holds.' },
      );
    }
    const checkpoint = await verifyTlogProof(proof, hashOfLeaf(leaf), policy);
    print(context, leaf, proof, checkpoint);
    terminal.debug(formatLeaf(leaf));
    return exitCodes.met;
  },
};

async function acceptedPolicy({ io }: Context, settings: Settings): Promise<WitnessPolicy> {
  const configured = await configuredPolicy(settings.log, (path) => resolve(io.cwd, path));
  if (configured !== undefined) return configured;
  const pins = settings.server && (await new PinnedKeys(io, settings.server.href).read());
  if (pins !== undefined) return policyOfLogs(pins.keys);
  throw new TrustError('usage', 'No key of a log is known here.', {
    help: 'Name it with --log-key or --log-policy; or name a ledger whose key was pinned when it was used, with --server.',
  });
}

/** The leaf record that a receipt carries along: nothing vouches for it until it was compared and proven. */
function claimedLeaf({ extra }: TlogProof): LeafRecord | undefined {
  if (extra === undefined) return undefined;
  try {
    return parseLeaf(fromUtf8(extra));
  } catch (cause) {
    if (!isTrustError(cause)) throw cause;
    throw new TrustError('note-invalid', 'What the receipt carries along is no leaf record.', { cause });
  }
}

function givenTime(time: string | undefined): Date {
  if (time === undefined) {
    throw new TrustError('usage', 'The receipt does not say when its entry was recorded.', {
      help: 'Give the time with --time; the ledger shows it with the statement.',
    });
  }
  return new Date(Number(parseInstant(time) / 1_000_000n));
}

async function leafOfDocument(
  context: Context,
  settings: Settings,
  bytes: Uint8Array,
  name: string,
  recordedAt: Date,
  certificateFile: string | undefined,
): Promise<LeafRecord> {
  const [item, ...more] = recognise(bytes, name);
  if (item === undefined || more.length > 0) {
    throw new TrustError('usage', `${escapeTerminal(name)} does not hold exactly one document.`);
  }
  if (item.kind === 'certificate')
    return leafOfCertificate(await parseCertificate(item.certificate), recordedAt);
  const verified = await verifyDocument(item.document, {
    certificates: async (author) => certificateOf(context, settings, author, certificateFile),
    at: recordedAt,
  });
  return leafOfStatement(verified, recordedAt);
}

async function certificateOf(
  { io }: Context,
  { server }: Settings,
  author: Certificate['identity'],
  file: string | undefined,
): Promise<Certificate> {
  if (file !== undefined) {
    const [item] = recognise(await readBounded(resolve(io.cwd, file), maxCertificateBytes), file);
    if (item?.kind === 'certificate') return parseCertificate(item.certificate);
    throw new TrustError('usage', `${escapeTerminal(file)} is no certificate.`);
  }
  const cached = server && (await openCache(cacheFolder(io), server).certificate(author));
  if (cached !== undefined) return parseCertificate(cached.armored);
  throw new TrustError('usage', `The certificate of ${author} is needed to verify the document.`, {
    help: 'Name its file with --certificate: gpg --export --armor FINGERPRINT writes one.',
  });
}

function print(
  { terminal, format }: Context,
  leaf: LeafRecord,
  { index }: TlogProof,
  checkpoint: SignedCheckpoint,
): void {
  const { kind, id, author } = leaf;
  const recordedAt = formatSeconds(leaf.recordedAt);
  if (format === 'json') {
    const entry = { index, kind, id, author, recordedAt, documentHash: leaf.documentHash };
    terminal.print(jsonText({ schema: 1, exit: 0, entry, checkpoint: checkpointJson(checkpoint) }));
    return;
  }
  const witnesses = checkpointJson(checkpoint).witnesses.map((witness) => escapeTerminal(witness.name));
  terminal.print(`${terminal.paint.symbols.good} ${kind} ${id}`);
  terminal.print(
    `  by ${author}, recorded ${recordedAt} as entry ${index} of ${escapeTerminal(checkpoint.origin)}`,
  );
  terminal.print(
    `  under a checkpoint of ${checkpoint.size} entries, signed by the log${witnesses.length === 0 ? '' : ` and ${witnesses.join(', ')}`}`,
  );
}
