// The crev proof envelope, current and legacy, line by line as crev-data's `Proof::parse_from` reads it.
//
//   ----- BEGIN CREV PROOF -----          -----BEGIN CREV TRUST-----           (before November 2019; its start line
//   body                                  body, without `kind`                  may have one stray space at the end)
//   ----- SIGN CREV PROOF -----           -----BEGIN CREV TRUST SIGNATURE-----
//   86 characters of base64url            86 characters of base64url
//   ----- END CREV PROOF -----            -----END CREV TRUST-----
//
// Lines end at LF, one CR before it is dropped; markers are compared after Rust's `trim`; nothing else in the body is
// trimmed. Limits are upstream's. Upstream rejects a whole file for one bad proof: here the others are kept, and the bad
// one is reported with its line.

import { excerpt, fromBase64Url, utf8 } from '../../bytes.ts';
import { isTrustError, TrustError } from '../../errors.ts';
import { checkSize } from '../hostile-text.ts';

/** Upstream's limits, in bytes. */
export const maxCrevBodyBytes = 32_000;
export const maxCrevSignatureBytes = 2_000;
/** Ours: largest file of proofs, and how many bad proofs are reported before a file is given up. */
export const maxProofFileBytes = 4 * 1024 * 1024;
export const maxBadProofs = 1_000;

/** One proof, cut out of its envelope and not yet verified. */
export interface CrevEnvelope {
  /** Line of the start marker, from 1. */
  readonly line: number;
  /** What a legacy envelope says the proof is; not signed. Undefined for the current envelope. */
  readonly legacyType: string | undefined;
  /** The signed text: every line with its LF. */
  readonly body: string;
  /** 64 bytes of Ed25519 signature. */
  readonly signature: Uint8Array;
  /** The signature as it was written, trimmed. */
  readonly signatureText: string;
}

/** One proof of a text, with the line that it starts on: what was read from it, or why it was not kept. */
export type Entry<Proof> =
  { readonly line: number; readonly proof: Proof } | { readonly line: number; readonly error: TrustError };

const start = '----- BEGIN CREV PROOF -----';
const sign = '----- SIGN CREV PROOF -----';
const end = '----- END CREV PROOF -----';
const legacyStart = /^-----BEGIN CREV ([A-Z ]*?[A-Z]) ?-----$/;
// Rust's White_Space: JavaScript's trim knows U+FEFF, which Rust does not, and lacks U+0085.
const rustSpace = /[\t-\r \u0085\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]/;

/** A text without the white space around it, as Rust's `str::trim` sees it. */
export function rustTrim(text: string): string {
  let from = 0;
  let to = text.length;
  while (from < to && rustSpace.test(text.charAt(from))) from += 1;
  while (to > from && rustSpace.test(text.charAt(to - 1))) to -= 1;
  return text.slice(from, to);
}

/** Whether a line starts a proof, current or legacy. */
export function isProofStart(line: string): boolean {
  const trimmed = rustTrim(line);
  return trimmed === start || legacyTypeOf(trimmed) !== undefined;
}

/**
 * All proofs of a text, in order, each as `read` gives it or with the reason why not. After a bad proof reading goes on at
 * the next line that starts one, also when that line stands inside the bad one: a broken end marker loses one proof and
 * not two. Throws text-too-large above 4 MiB and after 1,000 bad proofs.
 */
export function readEnvelopes<Proof>(
  text: string,
  read: (envelope: CrevEnvelope) => Proof,
): readonly Entry<Proof>[] {
  checkSize(text, maxProofFileBytes);
  const lines = text.split('\n').map((line) => (line.endsWith('\r') ? line.slice(0, -1) : line));
  // What follows the last LF is a line only when there is something in it.
  if (lines.at(-1) === '') lines.pop();
  const entries: Entry<Proof>[] = [];
  let position = 0;
  let errors = 0;
  while (position < lines.length) {
    const first = position;
    const line = rustTrim(lines[first] ?? '');
    if (line === '') {
      position += 1;
      continue;
    }
    try {
      const next = cutOne(lines, first, line);
      entries.push({ line: first + 1, proof: read(next.envelope) });
      position = next.position;
    } catch (error) {
      if (!isTrustError(error)) throw error;
      if (++errors > maxBadProofs) {
        throw new TrustError(
          'text-too-large',
          `More than ${maxBadProofs} bad proofs: not a file of proofs.`,
          {
            cause: error,
          },
        );
      }
      entries.push({ line: first + 1, error });
      position = first + 1;
      while (position < lines.length && !isProofStart(lines[position] ?? '')) position += 1;
    }
  }
  return entries;
}

/** The envelope's own text, normalised: LF, no stray spaces, nothing around it. cargo-crev reads it. */
export function writeEnvelope(envelope: Pick<CrevEnvelope, 'legacyType' | 'body' | 'signatureText'>): string {
  const markers = markersOf(envelope.legacyType);
  return `${markers.start}\n${envelope.body}${markers.sign}\n${envelope.signatureText}\n${markers.end}\n`;
}

function cutOne(
  lines: readonly string[],
  first: number,
  firstLine: string,
): { envelope: CrevEnvelope; position: number } {
  const legacyType = legacyTypeOf(firstLine);
  if (firstLine !== start && legacyType === undefined) {
    throw bad('text-outside-signature', first, `text outside of a proof: ${excerpt(firstLine, 40)}`);
  }
  const markers = markersOf(legacyType);
  const body = collect(lines, first + 1, markers.sign, maxCrevBodyBytes, 'the body');
  const signature = collect(lines, body.position, markers.end, maxCrevSignatureBytes, 'the signature');
  const signatureText = rustTrim(signature.text);
  return {
    envelope: {
      line: first + 1,
      legacyType,
      body: body.text,
      signature: decodeSignature(signatureText, body.position),
      signatureText,
    },
    position: signature.position,
  };
}

function collect(
  lines: readonly string[],
  from: number,
  marker: string,
  maxBytes: number,
  what: string,
): { text: string; position: number } {
  const collected: string[] = [];
  let bytes = 0;
  for (let position = from; position < lines.length; position++) {
    const line = lines[position] ?? '';
    const trimmed = rustTrim(line);
    if (trimmed === marker) {
      return { text: collected.map((one) => `${one}\n`).join(''), position: position + 1 };
    }
    if (isForeignMarker(trimmed)) {
      throw bad('envelope-unrecognised', position, `the proof is not ended with ${marker}`);
    }
    bytes += utf8(line).length + 1;
    if (bytes > maxBytes) {
      throw bad('text-too-large', from - 1, `${what} is larger than ${maxBytes} bytes`);
    }
    collected.push(line);
  }
  throw bad('envelope-unrecognised', from - 1, `the text ends inside a proof, in ${what}`);
}

/** A marker of another part or another type: upstream fails there too, or would take it for body text. */
function isForeignMarker(line: string): boolean {
  return /^-----BEGIN CREV [A-Z ]+ SIGNATURE-----$|^-----END CREV [A-Z ]+-----$/.test(line);
}

function decodeSignature(text: string, position: number): Uint8Array {
  try {
    const signature = fromBase64Url(text);
    if (signature.length === 64) return signature;
  } catch (error) {
    if (!isTrustError(error)) throw error;
  }
  throw bad('signature-invalid', position, 'the signature is not 86 characters of base64url');
}

function legacyTypeOf(line: string): string | undefined {
  const type = legacyStart.exec(line)?.[1]?.toLowerCase();
  return type === undefined || type.endsWith(' signature') ? undefined : type;
}

function markersOf(legacyType: string | undefined): { start: string; sign: string; end: string } {
  if (legacyType === undefined) return { start, sign, end };
  const type = legacyType.toUpperCase();
  return {
    start: `-----BEGIN CREV ${type}-----`,
    sign: `-----BEGIN CREV ${type} SIGNATURE-----`,
    end: `-----END CREV ${type}-----`,
  };
}

function bad(
  code: 'envelope-unrecognised' | 'text-too-large' | 'signature-invalid' | 'text-outside-signature',
  position: number,
  what: string,
): TrustError {
  return new TrustError(code, `Line ${position + 1}: ${what}.`);
}
