// The work of a verification thread: every entry of a bundle, judged as of its own time, and a certificate as it joins.
//
// An entry holds when its document has the hash that its leaf record names, verifies with its author's certificate as it
// was known then, and gives the very same leaf record again. Nothing stops at the first that does not.

import { hash } from 'node:crypto';
import { TrustError } from '../../core/errors.ts';
import { splitLines } from '../../core/log/document-lines.ts';
import { maxLeafBytes } from '../../core/log/leaf.ts';
import { hashBytes } from '../../core/log/merkle-hash.ts';
import { mergeCertificates, parseCertificate } from '../../core/statement/openpgp/certificate.ts';
import type { Certificate } from '../../core/statement/verified.ts';
import type { BundleJob, BundleOutcome, EntryFinding } from './bundle-job.ts';
import { EntryJudge } from './entry-judge.ts';
import { splitBundle } from './split-bundle.ts';

/** Documents that are worked on at once: while one waits for its signature to be checked, the next is parsed. */
const atOnce = 32;

/** Judges a bundle. Never rejects because of what it was given. */
export async function verifyBundle(job: BundleJob): Promise<BundleOutcome> {
  const findings: EntryFinding[] = [];
  const { entries, problem } = splitBundle(job.entries, job.width);
  if (problem !== undefined) {
    findings.push({
      index: job.first + problem.position,
      part: 'bundle',
      code: 'proof-invalid',
      message: problem.message,
    });
  }
  const hashes = new Uint8Array(entries.length * hashBytes);
  const scratch = Buffer.alloc(1 + maxLeafBytes);
  entries.forEach((entry, position) => {
    // leafHash of core/log/merkle-hash.ts, by the platform: RFC 6962 puts a zero byte in front.
    scratch.set(entry, 1);
    hashes.set(hash('sha256', scratch.subarray(0, 1 + entry.length), 'buffer'), position * hashBytes);
  });
  const lines = alignLines(splitLines(job.documents), job.first, job.width);
  const judge = new EntryJudge(job, findings);
  const times: (number | undefined)[] = [];
  for (let start = 0; start < entries.length; start += atOnce) {
    const group = entries.slice(start, start + atOnce);
    const judging = group.map((entry, offset) => judge.entry(start + offset, entry, lines[start + offset]));
    times.push(...(await Promise.all(judging)));
  }
  if (findings.length === 0 && !isWhole(job)) {
    const index = job.first + job.width - 1;
    const message = `The documents bundle does not hold exactly ${job.width} lines with a line feed each.`;
    findings.push({ index, part: 'documents', code: 'proof-invalid', message });
  }
  return {
    hashes,
    postings: judge.postings(),
    times: timesOf(job, times, findings),
    findings: findings.sort((a, b) => a.index - b.index),
    unjudged: judge.unjudged,
  };
}

function isWhole({ documents, width }: BundleJob): boolean {
  return splitLines(documents).length === width && documents.at(-1) === 0x0a;
}

/** Lines by position. Where their number is wrong, a line feed was damaged, and they say themselves whose they are. */
function alignLines(
  lines: readonly Uint8Array[],
  first: number,
  width: number,
): readonly (Uint8Array | undefined)[] {
  if (lines.length === width) return lines;
  const aligned = new Array<Uint8Array | undefined>(width).fill(undefined);
  for (const line of lines) {
    const head = Buffer.from(line.subarray(0, 32)).toString('latin1');
    const position = Number(/^\{"index":(\d{1,16}),/.exec(head)?.[1] ?? NaN) - first;
    if (position >= 0 && position < width) aligned[position] ??= line;
  }
  return aligned;
}

/** The certificate of an entry: canonical, and everything that the one before it held. Throws what is wrong with it. */
export async function verifyCertificate(
  document: string,
  before: Certificate | undefined,
): Promise<Certificate> {
  const certificate = await parseCertificate(document);
  if (certificate.armored !== document) throw wrong('The certificate is not written in the one way.');
  if (before === undefined) return certificate;
  const merged = await mergeCertificates(before, certificate);
  if (merged.id !== certificate.id)
    throw wrong('The certificate lacks something that an earlier form of it has.');
  if (before.id === certificate.id) throw wrong('The certificate is the same as the one before it.');
  return certificate;
}

/** First and last time; a finding for each entry whose time is before that of the entry before it. */
function timesOf(
  job: BundleJob,
  entryTimes: readonly (number | undefined)[],
  findings: EntryFinding[],
): BundleOutcome['times'] {
  let times: { first: number; last: number } | undefined;
  entryTimes.forEach((time, position) => {
    if (time === undefined) return;
    times ??= { first: time, last: time };
    if (time < times.last) {
      const index = job.first + position;
      findings.push({ index, part: 'bundle', code: 'evidence-invalid', message: timeMessage });
    }
    times.last = Math.max(times.last, time);
  });
  return times;
}

/** What is said of an entry that is older than the one before it. */
export const timeMessage = 'Its time is before that of the entry before it.';

function wrong(message: string): TrustError {
  return new TrustError('evidence-invalid', message);
}
