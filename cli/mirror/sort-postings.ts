// Sorting postings by their bytes, without a comparison for each step.
//
// The first bits of a posting and its position go into one double, and doubles are sorted by the engine itself. Only where
// those bits are the same are bytes compared; nearly always that is one key, whose entries are in order already.

import { postingBytes } from './posting.ts';

/** The postings of a list in the order of their bytes. */
export function sortPostings(list: Buffer): Buffer {
  const count = list.length / postingBytes;
  const positionBits = Math.max(1, Math.ceil(Math.log2(count + 1)));
  // 5 bits of type and up to 43 of the key, as far as 53 bits of a double go.
  const keyBits = Math.min(48, 53 - positionBits);
  const positions = 2 ** positionBits;
  const sorted = new Float64Array(count);
  for (let i = 0; i < count; i++) {
    const at = i * postingBytes;
    const lead = (list[at] ?? 0) * 2 ** 43 + Math.floor(list.readUIntBE(at + 1, 6) / 2 ** 5);
    sorted[i] = Math.floor(lead / 2 ** (48 - keyBits)) * positions + i;
  }
  sorted.sort();
  const result = Buffer.allocUnsafe(list.length);
  for (let i = 0; i < count; i++) {
    const from = ((sorted[i] ?? 0) % positions) * postingBytes;
    list.copy(result, i * postingBytes, from, from + postingBytes);
  }
  const leadAt = (i: number): number => Math.floor((sorted[i] ?? 0) / positions);
  for (let start = 0; start < count;) {
    let end = start + 1;
    let isSorted = true;
    while (end < count && leadAt(end) === leadAt(start)) {
      if (comparePostings(result, end - 1, result, end) > 0) isSorted = false;
      end++;
    }
    if (!isSorted) sortRun(result.subarray(start * postingBytes, end * postingBytes));
    start = end;
  }
  return result;
}

/** Order of two postings in lists, by position. */
export function comparePostings(a: Buffer, i: number, b: Buffer, j: number): number {
  const [left, right] = [i * postingBytes, j * postingBytes];
  return a.compare(b, right, right + postingBytes, left, left + postingBytes);
}

function sortRun(run: Buffer): void {
  const parts = Array.from({ length: run.length / postingBytes }, (_, i) =>
    Buffer.from(run.subarray(i * postingBytes, (i + 1) * postingBytes)),
  );
  parts.sort((a, b) => Buffer.compare(a, b)).forEach((part, i) => part.copy(run, i * postingBytes));
}
