// What verification gives: the types between the envelopes and everyone who uses statements.
//
// A `VerifiedStatement` exists only when the signature over `text` was checked and `statement` was read from that same
// text. There is no other way to make one outside core/statement.

import type { Identity } from '../identity.ts';
import type { Statement, StatementId } from './statement.ts';

export const envelopes = ['openpgp', 'crev'] as const;
export type Envelope = (typeof envelopes)[number];

export interface VerifiedStatement {
  /** SHA-256 of `text`, in hex. */
  readonly id: StatementId;
  readonly envelope: Envelope;
  readonly author: Identity;
  readonly statement: Statement;
  /** The signed text: for OpenPGP with LF line ends and without the last one, for crev the body as it is. */
  readonly text: string;
  /** What is stored and served: re-armoured canonically for OpenPGP, as it came for crev. */
  readonly document: string;
  /** SHA-256 of `document`, in hex. */
  readonly documentHash: string;
  /** Who made the signature, and with what. */
  readonly signature: SignatureFacts;
}

export interface SignatureFacts {
  /** For example `ed25519/sha512`. */
  readonly algorithm: string;
  /** Fingerprint of the key or subkey that signed (upper-case hex), or the crev id. */
  readonly key: string;
  /** When the signature says it was made; crev's has no such field. */
  readonly created: Date | undefined;
}

/** An OpenPGP certificate as the ledger keeps it. */
export interface Certificate {
  readonly identity: Identity;
  /** SHA-256 of the binary certificate, in hex: its id in the ledger. */
  readonly id: string;
  /** Canonical ASCII armour, public material only. */
  readonly armored: string;
  /** Fingerprints (upper-case hex) of the primary key and of every subkey that may sign. */
  readonly signingKeys: readonly string[];
  readonly userIds: readonly string[];
  readonly algorithm: string;
  readonly created: Date;
  readonly expires: Date | undefined;
  readonly revocation: Revocation | undefined;
}

/** A hard revocation (compromised, or no reason given) voids everything; a soft one only what came after it. */
export interface Revocation {
  readonly hardness: 'hard' | 'soft';
  readonly at: Date;
  readonly reason: string;
}

/** Finds the certificate of an identity, in its newest merged form; undefined when unknown. */
export type CertificateLookup = (author: Identity) => Promise<Certificate | undefined>;
