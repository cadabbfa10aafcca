// Submitting over HTTP, many at a time, to services that may be killed meanwhile; and what their answers have to prove.

import { expect } from 'vitest';
import { discoverySchema } from '../../../core/api/ledger.ts';
import { receiptSchema, type Receipt } from '../../../core/api/statements.ts';
import { fromHex, toHex } from '../../../core/bytes.ts';
import { parseVerifierKey } from '../../../core/log/note-key.ts';
import { parseTlogProof, verifyTlogProof } from '../../../core/log/tlog-proof.ts';
import { policyOfLogs, type WitnessPolicy } from '../../../core/log/witness-policy.ts';

/** The log's keys, as the service names them. */
export async function discoverPolicy(address: string): Promise<WitnessPolicy> {
  const response = await fetch(`${address}/.well-known/trust-ledger`);
  const { keys } = discoverySchema.parse(await response.json());
  return policyOfLogs(keys.map(parseVerifierKey));
}

/** Submits one document; undefined when there was no answer, or none of success. */
export async function submit(address: string, document: string): Promise<Receipt | undefined> {
  try {
    const response = await fetch(`${address}/api/v1/statements`, {
      method: 'POST',
      headers: { 'content-type': 'text/plain' },
      body: document,
    });
    const body: unknown = await response.json();
    return response.ok ? receiptSchema.parse(body) : undefined;
  } catch (error) {
    if (error instanceof TypeError || error instanceof SyntaxError) return undefined;
    throw error;
  }
}

/** Submits documents, so many at a time, until all are answered or `isOver`. */
export async function submitAll(
  address: string,
  documents: readonly string[],
  width: number,
  told: (receipt: Receipt) => void,
  isOver: () => boolean = () => false,
): Promise<void> {
  const queue = [...documents];
  await Promise.all(
    Array.from({ length: width }, async () => {
      for (let next = queue.shift(); next !== undefined && !isOver(); next = queue.shift()) {
        const receipt = await submit(address, next);
        if (receipt !== undefined) told(receipt);
      }
    }),
  );
}

/** Every receipt of a log, checked as it comes: one place for each statement, one root for each size. */
export class Receipts {
  readonly byId = new Map<string, Receipt>();
  /** Root by size, hex, of every checkpoint that came with a receipt. */
  readonly roots = new Map<number, string>();
  /** Those checkpoints. */
  readonly notes = new Set<string>();
  readonly #policy: WitnessPolicy;
  readonly #checks: Promise<void>[] = [];

  constructor(policy: WitnessPolicy) {
    this.#policy = policy;
  }

  readonly add = (receipt: Receipt): void => {
    this.#checks.push(this.#check(receipt));
  };

  /** Rejects when a receipt was wrong. */
  async settle(): Promise<void> {
    await Promise.all(this.#checks);
  }

  async #check(receipt: Receipt): Promise<void> {
    const before = this.byId.get(receipt.id);
    if (before !== undefined) {
      expect([receipt.index, receipt.leafHash]).toEqual([before.index, before.leafHash]);
      expect([before.status, receipt.status], 'new only once').not.toEqual(['created', 'created']);
    }
    this.byId.set(receipt.id, before?.status === 'created' ? before : receipt);
    const proof = parseTlogProof(receipt.proof ?? '');
    expect(proof.index).toBe(receipt.index);
    const { size, root } = await verifyTlogProof(proof, fromHex(receipt.leafHash), this.#policy);
    this.note(size, root);
    this.notes.add(proof.checkpoint);
  }

  /** A checkpoint whose signature was checked. */
  note(size: number, root: Uint8Array): void {
    expect(this.roots.get(size) ?? toHex(root), `two roots for size ${size}`).toBe(toHex(root));
    this.roots.set(size, toHex(root));
  }
}
