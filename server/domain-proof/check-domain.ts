// Whether a domain says that a reviewer set is its own: a line in a well-known file, or in a TXT record.
//
//   https://<domain>/.well-known/trust-ledger.txt   a line that is the root of the set
//   _trust-ledger.<domain>  TXT                      a record that is the root of the set
//
// Both may name several sets, a line or record each. Whoever controls the domain can write either; nobody else can.

import type { Root } from '../../core/identity.ts';
import type { DomainProof, ProofMethod } from '../../db/domain-proofs.ts';
import { checkedAddresses } from './checked-addresses.ts';
import { ProofFailure } from './failure.ts';
import { fetchText } from './fetch-text.ts';
import { isPublicAddress } from './public-address.ts';
import { isAbsent, systemResolver, type DomainResolver } from './resolver.ts';

export const proofPath = '/.well-known/trust-ledger.txt';
export const proofRecord = (domain: string): string => `_trust-ledger.${domain}`;

/** What a look found. */
export type Finding = Pick<DomainProof, 'proven' | 'detail'>;

/** Looks at a domain now; never rejects for what the domain does. */
export type DomainChecker = (domain: string, method: ProofMethod, root: Root) => Promise<Finding>;

export interface DomainCheckerOptions {
  readonly resolver?: DomainResolver;
  /** Which addresses may be connected to: isPublicAddress, but for tests against a server on loopback. */
  readonly isAllowed?: (address: string) => boolean;
  readonly port?: number;
  readonly ca?: string;
  readonly timeoutMs?: number;
}

const maxBytes = 64 * 1024;
const maxRecords = 200;

/** A checker over the system's DNS and the public internet, unless told otherwise. */
export function createDomainChecker(options: DomainCheckerOptions = {}): DomainChecker {
  const {
    resolver = systemResolver(),
    isAllowed = isPublicAddress,
    port = 443,
    ca,
    timeoutMs = 10_000,
  } = options;

  async function readFile(domain: string): Promise<string[]> {
    const began = performance.now();
    const addresses = await within(timeoutMs, checkedAddresses(domain, resolver, isAllowed));
    // One clock for both: what the DNS took is not there for the server.
    const left = Math.max(1, Math.round(timeoutMs - (performance.now() - began)));
    const bounds = { timeoutMs: left, maxBytes };
    const text = await fetchText(domain, proofPath, { addresses, isAllowed, port, ca, ...bounds });
    return text.split(/\r?\n/);
  }

  async function readRecords(domain: string): Promise<string[]> {
    try {
      const records = await within(timeoutMs, resolver.resolveTxt(proofRecord(domain)));
      return records.slice(0, maxRecords).map((pieces) => pieces.join(''));
    } catch (error) {
      if (error instanceof ProofFailure) throw error;
      if (isAbsent(error)) throw new ProofFailure(`There is no TXT record at ${proofRecord(domain)}.`);
      throw new ProofFailure('The DNS did not answer.', error);
    }
  }

  return async (domain, method, root) => {
    const where =
      method === 'dns' ? `the TXT records of ${proofRecord(domain)}` : `https://${domain}${proofPath}`;
    try {
      const lines = method === 'dns' ? await readRecords(domain) : await readFile(domain);
      if (lines.some((line) => line.trim() === root)) return { proven: true, detail: `Found in ${where}.` };
      return { proven: false, detail: `The root of the set does not stand in ${where}.` };
    } catch (error) {
      if (!(error instanceof ProofFailure)) throw error;
      return { proven: false, detail: error.message };
    }
  };
}

/** What is asked for, if it comes in time. */
async function within<Result>(milliseconds: number, asking: Promise<Result>): Promise<Result> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => {
      reject(new ProofFailure('The DNS did not answer in time.'));
    }, milliseconds);
  });
  try {
    return await Promise.race([asking, late]);
  } finally {
    clearTimeout(timer);
  }
}
