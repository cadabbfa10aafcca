// The log of a ledger during one command: a checkpoint that was checked, and its tree.

import { TrustError } from '../../core/errors.ts';
import type { LedgerSource } from '../../core/log/ledger-source.ts';
import { VerifiedTree } from '../../core/log/tile-reader.ts';
import type { WitnessPolicy } from '../../core/log/witness-policy.ts';
import type { AdvancedCheckpoint, KnownLedger } from './known-ledger.ts';
import { distrustingCache } from './tile-cache.ts';

/** Pauses before asking again for a checkpoint that lags behind an answer, in milliseconds: 6.35 s in all. */
const pauses = [50, 100, 200, 400, 800, 1600, 3200];

export class CheckedLog {
  readonly source: LedgerSource;
  readonly #known: KnownLedger;
  readonly #signal: AbortSignal;
  #latest: Promise<AdvancedCheckpoint> | undefined;
  #tree: VerifiedTree | undefined;

  /** `signal` ends waiting. */
  constructor(known: KnownLedger, source: LedgerSource, signal: AbortSignal) {
    this.#known = known;
    this.source = source;
    this.#signal = signal;
  }

  /** The checkpoint of this run, fetched when first asked for. Throws like KnownLedger.advance. */
  latest(): Promise<AdvancedCheckpoint> {
    return (this.#latest ??= this.#known.advance(this.source));
  }

  /**
   * A checkpoint of at least so many entries; asks again for some seconds while the published one is smaller. Throws like
   * `latest`, and unavailable when it stays behind.
   */
  async atLeast(size: number): Promise<AdvancedCheckpoint> {
    let checkpoint = await this.latest();
    for (const pause of pauses) {
      if (checkpoint.size >= size) return checkpoint;
      await this.#wait(pause);
      this.#latest = undefined;
      checkpoint = await this.latest();
    }
    if (checkpoint.size >= size) return checkpoint;
    throw new TrustError(
      'unavailable',
      `The ledger speaks of ${size} entries, and its newest signed checkpoint is of ${checkpoint.size}.`,
      {
        help: 'Its log does not keep up, perhaps because witnesses do not answer. Try again in a minute.',
      },
    );
  }

  /** Takes note of a checkpoint that came with an answer. Throws like `latest`. */
  async observe(note: string): Promise<AdvancedCheckpoint> {
    const checkpoint = await this.#known.accept(note, this.source);
    this.#latest = Promise.resolve(checkpoint);
    return checkpoint;
  }

  /** The policy under which checkpoints and receipts count. Asks for a checkpoint when there is none before the first use. */
  async policy(): Promise<WitnessPolicy> {
    const policy = await this.#known.policy();
    if (policy !== undefined) return policy;
    await this.latest();
    const pinned = await this.#known.policy();
    if (pinned === undefined) throw new TrustError('internal', 'Nothing was pinned');
    return pinned;
  }

  /**
   * Reads the tree of a checkpoint; when something in it does not hold and tiles came from disk, once more without those.
   * `isSuspect` says that of a result.
   */
  async read<Result>(
    checkpoint: AdvancedCheckpoint,
    act: (tree: VerifiedTree) => Promise<Result>,
    isSuspect: (result: Result) => boolean = () => false,
  ): Promise<Result> {
    return distrustingCache(
      this.source,
      (source) => {
        if (source !== this.source) return act(new VerifiedTree(checkpoint, source));
        if (this.#tree?.checkpoint !== checkpoint) this.#tree = new VerifiedTree(checkpoint, source);
        return act(this.#tree);
      },
      isSuspect,
    );
  }

  async #wait(milliseconds: number): Promise<void> {
    await new Promise<void>((done) => {
      const timer = setTimeout(done, milliseconds);
      this.#signal.addEventListener(
        'abort',
        () => {
          clearTimeout(timer);
          done();
        },
        { once: true },
      );
    });
    this.#signal.throwIfAborted();
  }
}
