// What was wrong with a server's answer, one finding per fact, in words and in fields.

import { TrustError } from '../../core/errors.ts';

export const findingKinds = [
  /** A statement that the answer rests on is not handed out. */
  'statement-missing',
  /** Something was handed out that nobody asked for. */
  'statement-unasked',
  /** Under one id stands a text with another. */
  'statement-swapped',
  /** The signature does not hold, or its key may not sign. */
  'statement-forged',
  /** The server names another author, or kind, than the signed text. */
  'statement-reattributed',
  /** The server's parsed form is not what was signed. */
  'statement-altered',
  /** The places in the ledger contradict each other. */
  'ledger-index',
  /** A certificate that is not the identity's, or none where one is needed. */
  'certificate',
  /** The log of the ledger does not hold an entry as the server gives it: not at this index, not with this time. */
  'not-included',
  /** Parts of the log contradict its signed checkpoint. */
  'log-tiles',
  /** The server's report is not what follows from the statements. */
  'report',
] as const;
export type FindingKind = (typeof findingKinds)[number];

export interface Finding {
  readonly kind: FindingKind;
  /** What differs, as one sentence. Holds text from the server: escape it before printing. */
  readonly message: string;
  readonly statement?: string;
  readonly author?: string;
  /** The purl of the verdict concerned. */
  readonly purl?: string;
  /** What the server said, and what follows from the signed texts. */
  readonly server?: string;
  readonly verified?: string;
}

/** Thrown when an answer does not hold: carries every finding. */
export class EvidenceError extends TrustError {
  readonly findings: readonly Finding[];

  constructor(findings: readonly Finding[], server: string) {
    const count = findings.length === 1 ? 'one contradiction' : `${findings.length} contradictions`;
    super('evidence-invalid', `The answer of ${server} does not hold: ${count}.`, {
      help:
        'Do not rely on this server. Keep this output: with the statement ids it shows others what the server answered. ' +
        'A second run rules out that the ledger was being rebuilt.',
    });
    this.name = 'EvidenceError';
    this.findings = findings;
  }
}
