// What verification gives, at its place in the ledger: the input of every projection.

import type { Certificate, VerifiedStatement } from '../core/statement/verified.ts';

export interface PlacedStatement extends VerifiedStatement {
  readonly index: number;
  readonly recordedAt: Date;
}

export interface PlacedCertificate {
  readonly index: number;
  readonly certificate: Certificate;
}
