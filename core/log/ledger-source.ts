// Whoever hands out a ledger to read: a server by HTTP, a folder of static files, a mirror. Nothing from it is believed.

import type { Discovery, DocumentLine } from '../api/ledger.ts';
import type { TileSource } from './tile-reader.ts';
import type { BundleId } from './tile.ts';

/** Every method throws network, server-answer or not-found when there is nothing usable to hand out. */
export interface LedgerSource extends TileSource {
  /** Where it is, for messages: an address or a folder. */
  readonly place: string;
  /** What it says of itself (`.well-known/trust-ledger`): to be believed once at most. */
  discovery(): Promise<Discovery>;
  /** The newest signed checkpoint, as it is. */
  checkpoint(): Promise<string>;
  /** The bytes of an entry bundle, decompressed. */
  bundle(bundle: BundleId): Promise<Uint8Array>;
  /** The documents of a bundle's entries, in order. */
  documents(bundle: BundleId): Promise<readonly DocumentLine[]>;
}

/** A source that also hands out documents as the bytes they are stored in, for whoever checks or copies every one of them. */
export interface RawLedgerSource extends LedgerSource {
  /** The documents of a bundle's entries, decompressed: the lines of formatDocumentLine, exactly as many as its width. */
  documentBytes(bundle: BundleId): Promise<Uint8Array>;
}
