// Why a look at a domain did not find the proof, in a sentence for its administrators and readers.

/** Carries the sentence; the cause stays for logs. */
export class ProofFailure extends Error {
  constructor(sentence: string, cause?: unknown) {
    super(sentence, cause === undefined ? undefined : { cause });
    this.name = 'ProofFailure';
  }
}
