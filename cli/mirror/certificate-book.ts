// Certificates as a ledger's entries bring them, in order: which form of an author's certificate stood before an entry.
//
// Only the index of the newest form is kept for everybody; the forms themselves for those who were used last. Others are
// read again from the ledger.

import type { Identity } from '../../core/identity.ts';
import type { Certificate } from '../../core/statement/verified.ts';
import type { PlacedCertificate } from './bundle-job.ts';
import type { CertificateOutcome, VerifyPool } from './verify-pool.ts';

/** Forms that are kept. */
const maxKept = 20_000;

export interface BookOptions {
  readonly pool: Pick<VerifyPool, 'certificate'>;
  /** The document of an entry, which was judged before. */
  readonly document: (index: number) => Promise<string>;
  /** Index of the newest form before this run began; undefined when there is none. */
  readonly known: (author: Identity) => number | undefined;
}

interface Form {
  readonly index: number;
  readonly outcome: Promise<CertificateOutcome>;
}

export class CertificateBook {
  readonly #options: BookOptions;
  /** Index of the newest form; undefined for authors who are known to have none. */
  readonly #newest = new Map<Identity, number | undefined>();
  readonly #forms = new Map<Identity, Form>();
  readonly #damaged = new Set<Identity>();

  constructor(options: BookOptions) {
    this.#options = options;
  }

  /** Authors of whom a certificate does not hold. */
  isDamaged(author: Identity): boolean {
    return this.#damaged.has(author);
  }

  /** Takes the certificate of an entry, in the order of the ledger; what it is, or what is wrong with it. */
  async join(author: Identity, index: number, document: string): Promise<CertificateOutcome> {
    const before = await this.newest(author);
    const outcome = this.#options.pool
      .certificate({ document, before: before?.certificate })
      .then((result): CertificateOutcome =>
        'code' in result || result.certificate.identity === author
          ? result
          : { code: 'author-mismatch', message: `The certificate is of ${result.certificate.identity}.` },
      );
    const result = await outcome;
    if ('code' in result) this.#damaged.add(author);
    else {
      this.#newest.set(author, index);
      this.#keep(author, { index, outcome });
    }
    return result;
  }

  /** Notes that the certificate of an entry can't even be read. */
  damage(author: Identity): void {
    this.#damaged.add(author);
  }

  /** The newest form so far; undefined when there is none. */
  async newest(author: Identity): Promise<PlacedCertificate | undefined> {
    const kept = this.#forms.get(author);
    if (kept !== undefined) {
      this.#keep(author, kept);
      return placed(kept.index, (await kept.outcome) as { certificate: Certificate });
    }
    if (!this.#newest.has(author)) this.#newest.set(author, this.#options.known(author));
    const index = this.#newest.get(author);
    if (index === undefined) return undefined;
    const outcome = this.#read(index);
    this.#keep(author, { index, outcome });
    const result = await outcome;
    if ('certificate' in result && result.certificate.identity === author) return placed(index, result);
    this.#forms.delete(author);
    this.#damaged.add(author);
    return undefined;
  }

  async #read(index: number): Promise<CertificateOutcome> {
    const document = await this.#options.document(index);
    return this.#options.pool.certificate({ document, before: undefined });
  }

  #keep(author: Identity, form: Form): void {
    this.#forms.delete(author);
    this.#forms.set(author, form);
    for (const oldest of this.#forms.keys()) {
      if (this.#forms.size <= maxKept) break;
      this.#forms.delete(oldest);
    }
  }
}

function placed(index: number, { certificate }: { readonly certificate: Certificate }): PlacedCertificate {
  return { index, certificate };
}
