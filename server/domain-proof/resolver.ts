// Asking the DNS ourselves, so that what was checked is what is connected to. Names in /etc/hosts don't count.

import { Resolver } from 'node:dns/promises';

/** What domain proofs ask the DNS; rejects with the errors of node:dns. */
export interface DomainResolver {
  resolve4(domain: string): Promise<string[]>;
  resolve6(domain: string): Promise<string[]>;
  /** Each record in its pieces. */
  resolveTxt(domain: string): Promise<string[][]>;
}

/** The DNS servers of the system, each asked for at most a few seconds. */
export function systemResolver(): DomainResolver {
  return new Resolver({ timeout: 2500, tries: 2 });
}

/** Whether an error of a resolver says that there are no such records, and not that asking failed. */
export function isAbsent(error: unknown): boolean {
  return (
    error instanceof Error && 'code' in error && (error.code === 'ENODATA' || error.code === 'ENOTFOUND')
  );
}
