// Receipts: what the ledger acknowledged has to be provable from its log, with the leaf record that we compute ourselves.
//
// A receipt is kept as a tlog-proof with the leaf record as its `extra`, so that it can be checked later without the ledger:
// the record tells the time, and everything else in it is compared with the document.

import { join, resolve } from 'node:path';
import { stat } from 'node:fs/promises';
import type { Receipt } from '../../core/api/statements.ts';
import { compareBytes, toHex, utf8 } from '../../core/bytes.ts';
import { TrustError } from '../../core/errors.ts';
import { hashOfLeaf, leafOfCertificate, leafOfStatement } from '../../core/log/leaf-of.ts';
import { formatLeaf, type LeafRecord } from '../../core/log/leaf.ts';
import {
  formatTlogProof,
  parseTlogProof,
  verifyTlogProof,
  type TlogProof,
} from '../../core/log/tlog-proof.ts';
import { inclusionNodes, proveInclusion } from '../../core/log/tree.ts';
import { mergeCertificates, parseCertificate } from '../../core/statement/openpgp/certificate.ts';
import { verifyDocument } from '../../core/statement/verify.ts';
import type { VerifiedStatement } from '../../core/statement/verified.ts';
import type { ApiClient } from '../http/api-client.ts';
import type { Io } from '../io.ts';
import { escapeTerminal } from '../output/escape-terminal.ts';
import type { CheckedLog } from './checked-log.ts';
import { ledgersFolder, replaceState } from './state-folder.ts';

export const receiptOption = {
  flags: '--receipt <path>',
  description: 'also write the receipt (a .tlog-proof) to this file, or into this folder',
};

/** Checks receipts and keeps them; without a log it does neither. */
export class ReceiptBook {
  readonly #io: Io;
  readonly #api: ApiClient;
  readonly #log: CheckedLog | undefined;
  readonly #path: string | undefined;

  /** `path` is the value of --receipt. Throws usage when it was given and the log is not checked. */
  constructor(io: Io, api: ApiClient, log: CheckedLog | undefined, path: string | undefined) {
    if (log === undefined && path !== undefined) {
      throw new TrustError('usage', '--receipt needs the log to be checked.', {
        help: 'Leave out --no-log-check.',
      });
    }
    this.#io = io;
    this.#api = api;
    this.#log = log;
    this.#path = path;
  }

  /** Whether receipts are checked. */
  get isChecking(): boolean {
    return this.#log !== undefined;
  }

  /**
   * Checks the receipt for a statement and keeps it; returns the file. Throws proof-invalid and what reading a checkpoint
   * throws when it does not hold.
   */
  async statement(receipt: Receipt, verified: VerifiedStatement): Promise<string | undefined> {
    const recordedAt = new Date(receipt.recordedAt);
    const leaf = leafOfStatement(verified, recordedAt);
    const isOther = receipt.status === 'known' && receipt.leafHash !== toHex(hashOfLeaf(leaf));
    if (this.#log === undefined || !isOther) return this.#keep(receipt, leaf);
    // Signed twice, the same text has two documents, and the ledger keeps the first one.
    return this.#keep(receipt, leafOfStatement(await this.#held(verified, recordedAt), recordedAt));
  }

  /**
   * The same for a certificate. The ledger logs the union of all that it knows of a key: that has to be what the receipt
   * is for, and to hold everything that was submitted.
   */
  async certificate(receipt: Receipt, submitted: string | Uint8Array): Promise<string | undefined> {
    if (this.#log === undefined) return undefined;
    const incoming = await parseCertificate(submitted);
    const stored = await this.#api.certificate(incoming.identity);
    if (stored === undefined)
      throw wrong('the ledger does not hand out the certificate that it acknowledged');
    const held = await parseCertificate(stored.armored);
    if (held.identity !== incoming.identity || held.id !== receipt.id) {
      throw wrong('the ledger hands out another certificate than the one that it acknowledged');
    }
    if ((await mergeCertificates(held, incoming)).id !== held.id) {
      throw wrong('the certificate that the ledger acknowledged lacks parts of the one that was submitted');
    }
    const certificate = { ...held, armored: stored.armored };
    return this.#keep(receipt, leafOfCertificate(certificate, new Date(receipt.recordedAt)));
  }

  /** The statement as the ledger holds it, verified. */
  async #held({ id }: VerifiedStatement, recordedAt: Date): Promise<VerifiedStatement> {
    const { document } = await this.#api.statement(id);
    const held = await verifyDocument(document, {
      certificates: async (author) => {
        const stored = await this.#api.certificate(author);
        return stored && parseCertificate(stored.armored);
      },
      at: recordedAt,
    });
    if (held.id !== id) throw wrong(`the ledger hands out ${held.id} as ${id}`);
    return held;
  }

  async #keep(receipt: Receipt, leaf: LeafRecord): Promise<string | undefined> {
    const log = this.#log;
    if (log === undefined) return undefined;
    const proof = await checkedProof(log, receipt, leaf);
    const text = formatTlogProof({ ...proof, extra: utf8(formatLeaf(leaf)) });
    const name = `${leaf.id}.tlog-proof`;
    const own = join(ledgersFolder(this.#io), '..', 'receipts', name);
    await replaceState(own, text);
    if (this.#path === undefined) return own;
    const given = resolve(this.#io.cwd, this.#path);
    const isFolder = await stat(given).then(
      (facts) => facts.isDirectory(),
      () => false,
    );
    const file = isFolder ? join(given, name) : given;
    await replaceState(file, text);
    return file;
  }
}

async function checkedProof(log: CheckedLog, receipt: Receipt, leaf: LeafRecord): Promise<TlogProof> {
  const hash = hashOfLeaf(leaf);
  if (receipt.kind !== leaf.kind || receipt.id !== leaf.id || receipt.author !== leaf.author) {
    throw wrong(`it is for ${receipt.kind} ${receipt.id}, and ${leaf.kind} ${leaf.id} was submitted`);
  }
  if (receipt.leafHash !== toHex(hash)) {
    throw wrong(`its leaf hash is ${receipt.leafHash}, and what was submitted gives ${toHex(hash)}`);
  }
  if (receipt.proof === undefined) return proofByTiles(log, receipt.index, hash);
  const proof = parseTlogProof(receipt.proof);
  if (proof.index !== receipt.index)
    throw wrong(`it names entry ${receipt.index}, and proves entry ${proof.index}`);
  await verifyTlogProof(proof, hash, await log.policy());
  // It may be the first that is heard of this checkpoint: then it has to agree with what was seen before.
  await log.observe(proof.checkpoint);
  return proof;
}

/** Where the ledger gives no proof, as for many entries at once: the same from its tiles. */
async function proofByTiles(log: CheckedLog, index: number, hash: Uint8Array): Promise<TlogProof> {
  const checkpoint = await log.atLeast(index + 1);
  return log.read(checkpoint, async (tree) => {
    if (compareBytes(await tree.leafHash(index), hash) !== 0) {
      throw new TrustError('proof-invalid', `The log does not hold what was acknowledged as entry ${index}`);
    }
    const read = await tree.load(inclusionNodes(index, checkpoint.size));
    const hashes = proveInclusion(index, checkpoint.size, read);
    return { index, hashes, checkpoint: checkpoint.note };
  });
}

function wrong(why: string): TrustError {
  return new TrustError('proof-invalid', `The receipt does not hold: ${escapeTerminal(why)}.`, {
    help: 'Keep what you signed: this ledger has acknowledged it and can’t show that it stands in its log. Do not rely on this server.',
  });
}
