// Keys of ledgers that nobody named: believed on first use, pinned from then on.
//
// A pinned key can be followed by another only through a notice that the pinned key has signed (core/log/key-notice.ts), and
// only once the newer key signs checkpoints too. Any other change of keys is refused: then a person decides.

import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { z } from 'zod';
import { isTrustError, TrustError } from '../../core/errors.ts';
import { openKeyNotice } from '../../core/log/key-notice.ts';
import type { LedgerSource } from '../../core/log/ledger-source.ts';
import { formatVerifierKey, parseVerifierKey, type VerifierKey } from '../../core/log/note-key.ts';
import { openCheckpoint, type SignedCheckpoint } from '../../core/log/open-checkpoint.ts';
import type { Io } from '../io.ts';
import { escapeTerminal } from '../output/escape-terminal.ts';
import { createState, ledgersFolder, readState, replaceState } from './state-folder.ts';

const pinSchema = z.strictObject({
  schema: z.literal(1),
  /** The ledger's place, as it was asked for. */
  place: z.string(),
  origin: z.string(),
  keys: z.array(z.string().max(4096)).min(1).max(64),
  /** When the first of them was pinned. */
  since: z.string(),
});
const maxBytes = 1024 * 1024;

export interface Pins {
  readonly origin: string;
  readonly keys: readonly VerifierKey[];
}

/** The pinned keys of one ledger, in a file of the state folder. */
export class PinnedKeys {
  readonly file: string;
  readonly #io: Io;
  readonly #place: string;

  constructor(io: Io, place: string) {
    this.#io = io;
    this.#place = place;
    const name = createHash('sha256').update(place).digest('hex').slice(0, 32);
    this.file = join(ledgersFolder(io), 'pins', `${name}.json`);
  }

  /** What is pinned; undefined before the first use. Throws config-invalid for a file that can't be read. */
  async read(): Promise<Pins | undefined> {
    const text = await readState(this.file, maxBytes);
    if (text === undefined) return undefined;
    try {
      const { place, origin, keys } = pinSchema.parse(JSON.parse(text));
      if (place === this.#place) return { origin, keys: keys.map(parseVerifierKey) };
    } catch (cause) {
      throw this.#damaged(cause);
    }
    throw this.#damaged(undefined);
  }

  /**
   * First use: believes the keys that the ledger names, if its checkpoint is signed by one of them, and pins them. Returns
   * false when another process has pinned something meanwhile. Throws as the source and openCheckpoint do.
   */
  async pinFirst(source: LedgerSource, note: string): Promise<boolean> {
    const discovery = await source.discovery().catch((error: unknown) => {
      throw isTrustError(error, 'not-found') ? withoutLog(source, error) : error;
    });
    const keys = discovery.keys.map(parseVerifierKey).filter(({ type }) => type !== 'cosignature');
    const { origin, signatures } = await openCheckpoint(note, keys);
    if (origin !== discovery.origin) {
      throw new TrustError(
        'note-invalid',
        `${escapeTerminal(source.place)} calls its log ${escapeTerminal(discovery.origin)}, and its checkpoint is of ${escapeTerminal(origin)}.`,
        { help: 'Do not rely on this server: it contradicts itself.' },
      );
    }
    // Only those that sign now: nobody who begins today needs to accept another.
    const signing = signatures.map(({ key }) => key);
    return createState(this.file, this.#text({ origin, keys: signing }, this.#io.clock().toISOString()));
  }

  /**
   * Follows a rotation: when keys that are not pinned sign the checkpoint too, and a pinned key has signed a notice of
   * them, they are pinned. Returns them; none when there is no such thing, and never throws for what a server says.
   */
  async extend(source: LedgerSource, checkpoint: SignedCheckpoint, pins: Pins): Promise<VerifierKey[]> {
    const known = new Set(pins.keys.map(({ id }) => id));
    const others = checkpoint.parsed.signatures.filter(
      ({ name, keyId }) => name === pins.origin && !known.has(keyId),
    );
    if (others.length === 0) return [];
    let added: VerifierKey[];
    try {
      const { keyNotice } = await source.discovery();
      if (keyNotice === undefined) return [];
      const named = await openKeyNotice(keyNotice, pins.origin, pins.keys);
      const candidates = named.filter(({ id }) => others.some(({ keyId }) => keyId === id));
      if (candidates.length === 0) return [];
      const { signatures } = await openCheckpoint(checkpoint.note, candidates);
      added = signatures.map(({ key }) => key);
    } catch {
      return [];
    }
    const keys = [...pins.keys, ...added];
    await replaceState(this.file, this.#text({ origin: pins.origin, keys }, this.#io.clock().toISOString()));
    return added;
  }

  #text({ origin, keys }: Pins, since: string): string {
    const content = { schema: 1, place: this.#place, origin, keys: keys.map(formatVerifierKey), since };
    return `${JSON.stringify(content, null, 2)}\n`;
  }

  #damaged(cause: unknown): TrustError {
    return new TrustError(
      'config-invalid',
      `The pinned keys in ${escapeTerminal(this.file)} can't be read.`,
      {
        help: 'Name the key of the log with --log-key, or remove the file to trust on first use again.',
        ...(cause !== undefined && { cause }),
      },
    );
  }
}

function withoutLog(source: LedgerSource, cause: unknown): TrustError {
  return new TrustError(
    'server-answer',
    `${escapeTerminal(source.place)} does not say which key its log has.`,
    {
      help:
        'Is this the address of a trust-ledger, and of a version with a log? Name the key with --log-key, or leave the ' +
        'log unchecked with --no-log-check.',
      cause,
    },
  );
}
