// The self-signatures of a certificate as they are kept: with nothing in them that the owner did not sign, and in one order.

import type { SignaturePacket } from 'openpgp';
import { compareBytes, fromHex } from '../../bytes.ts';
import type { Candidate } from './certificate-parts.ts';
import { packetTags, writePacket } from './packets.ts';
import { canonicalUnhashed, subpacketTypes, writeSignature } from './signature-packet.ts';
import type { KeyPacket } from './strength.ts';

/** One signature packet, header included, and when it was made. */
export interface Kept {
  /** Milliseconds since 1970. */
  readonly created: number;
  readonly bytes: Uint8Array;
}

/** A self-signature as it is kept: the issuer and a subkey's back signature are all that stands unhashed. */
export function keep({ packet, parts }: Candidate, primary: KeyPacket): Kept {
  const keyId = fromHex(primary.getKeyID().toHex());
  const back = parts.unhashedSubpackets.filter(({ type }) => type === subpacketTypes.embeddedSignature);
  const body = writeSignature(parts, [...canonicalUnhashed(parts, keyId), ...back.slice(0, 1)]);
  return { created: madeAt(packet), bytes: writePacket(packetTags.signature, body) };
}

/** In canonical order, by time and then by bytes, each once. */
export function inCanonicalOrder(kept: readonly Kept[]): Uint8Array[] {
  const inOrder = kept.toSorted((a, b) => a.created - b.created || compareBytes(a.bytes, b.bytes));
  return inOrder
    .filter((one, i) => {
      const before = inOrder[i - 1];
      return before === undefined || compareBytes(before.bytes, one.bytes) !== 0;
    })
    .map(({ bytes }) => bytes);
}

/** When a signature says that it was made, in milliseconds since 1970. */
export function madeAt(packet: SignaturePacket): number {
  return packet.created?.getTime() ?? 0;
}
