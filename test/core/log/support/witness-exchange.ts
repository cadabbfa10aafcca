// A scripted exchange with a witness: FiloSottile/torchwood, cmd/litewitness/testdata/litewitness.txt. The leaf hashes of this
// log are dummies: 0x2a, the index, zeros.

import { formatAddCheckpoint } from '../../../../core/log/add-checkpoint.ts';
import { fromBase64, toBase64 } from '../../../../core/bytes.ts';

export const exchangeOrigin =
  'sigsum.org/v1/tree/4d6d8825a6bb689d459628312889dfbb0bcd41b5211d9e1ce768b0ff0309e562';
export const exchangeKey = `${exchangeOrigin}+5202289b+Af/cLU2Y5BJNP+r3iMDC+av9eWCD0fBJVDfzAux5zxAP`;

const checkpoints = {
  1: [
    'KgAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=',
    'UgIom7fPZTqpxWWhyjWduBvTvGVqsokMbqTArsQilegKoFBJQjUFAmQ0+YeSPM3wfUQMFSzVnnNuWRTYrajXpNUbIQY=',
  ],
  3: [
    'RcCI1Nk56ZcSmIEfIn0SleqtV7uvrlXNccFx595Iwl0=',
    'UgIom2VbtIcdFbwFAy1n7s6IkAxIY6J/GQOTuZF2ORV39d75cbAj2aQYwyJre36kezNobZs4SUUdrcawfAB8WVrx6go=',
  ],
  5: [
    'QrtXrQZCCvpIgsSmOsah7HdICzMLLyDfxToMql9WTjY=',
    'UgIomw/EOJmWi0i1FQsOj+etB7F8IccFam/jgd6wzRns4QPVmyEZtdvl1U2KEmLOZ/ASRcWJi0tW90dJWAShei7sDww=',
  ],
} as const;

/** The text of a checkpoint of that log. */
export function exchangeText(size: 1 | 3 | 5, origin: string = exchangeOrigin): string {
  return `${origin}\n${size}\n${checkpoints[size][0]}\n`;
}

/** A signed checkpoint of that log. */
export function exchangeNote(
  size: 1 | 3 | 5,
  change: (payload: string) => string = (payload) => payload,
  origin: string = exchangeOrigin,
): string {
  return `${exchangeText(size, origin)}\n\u2014 ${origin} ${change(checkpoints[size][1])}\n`;
}

/** The same with one bit of the signature turned over, in clean base64. */
export function withBrokenSignature(payload: string): string {
  const bytes = fromBase64(payload);
  return toBase64(bytes.map((byte, i) => (i === 40 ? byte ^ 1 : byte)));
}

const leaf = (index: number): Uint8Array => Uint8Array.of(0x2a, index, ...new Uint8Array(30));
const node01 = fromBase64('wgiIFdZfYNv6WU1OllBKsWnLYIS/DBMqt8Uh/S4OukE=');
const node23 = fromBase64('+fUDV+k970B4I3uKrqJM4aP1lloPZP8mvr2Z4wRw2LI=');
const oneBitOff = Uint8Array.from(leaf(2), (byte, i) => (i === 31 ? byte ^ 1 : byte));

export interface ExchangeStep {
  readonly what: string;
  readonly request: string;
  readonly status: number;
  /** Exactly, where the script says it. */
  readonly body?: string;
  readonly contentType?: string;
}

const sized = 'text/x.tlog.size';

/** What is sent, in order, and what has to be answered. */
export const exchange: readonly ExchangeStep[] = [
  {
    what: 'the first checkpoint is taken as it is',
    request: formatAddCheckpoint({ oldSize: 0, proof: [], checkpoint: exchangeNote(1) }),
    status: 200,
  },
  {
    what: 'a signature that does not hold is refused',
    request: formatAddCheckpoint({
      oldSize: 1,
      proof: [leaf(1), leaf(2)],
      checkpoint: exchangeNote(3, withBrokenSignature),
    }),
    status: 403,
  },
  {
    what: 'a signature whose base64 has stray bits is refused',
    request: formatAddCheckpoint({
      oldSize: 1,
      proof: [leaf(1), leaf(2)],
      checkpoint: exchangeNote(3, (payload) => payload.replace(/6go=$/, '6gx=')),
    }),
    status: 400,
  },
  {
    what: 'a log that is not known is refused',
    request: formatAddCheckpoint({
      oldSize: 1,
      proof: [leaf(1), leaf(2)],
      checkpoint: exchangeNote(3, (payload) => payload, 'sigsum.org/v1/tree/other'),
    }),
    status: 404,
  },
  {
    what: 'growth without a proof is refused',
    request: formatAddCheckpoint({ oldSize: 1, proof: [], checkpoint: exchangeNote(3) }),
    status: 422,
  },
  {
    what: 'a proof with one bit changed is refused',
    request: formatAddCheckpoint({ oldSize: 1, proof: [leaf(1), oneBitOff], checkpoint: exchangeNote(3) }),
    status: 422,
  },
  {
    what: 'growth with its proof is signed',
    request: formatAddCheckpoint({ oldSize: 1, proof: [leaf(1), leaf(2)], checkpoint: exchangeNote(3) }),
    status: 200,
  },
  {
    what: 'a size before the stored one is told the stored one',
    request: formatAddCheckpoint({
      oldSize: 1,
      proof: [leaf(1), node23, leaf(4)],
      checkpoint: exchangeNote(5),
    }),
    status: 409,
    body: '3\n',
    contentType: sized,
  },
  {
    what: 'and can go on from there',
    request: formatAddCheckpoint({
      oldSize: 3,
      proof: [leaf(2), leaf(3), node01, leaf(4)],
      checkpoint: exchangeNote(5),
    }),
    status: 200,
  },
  {
    what: 'starting from nothing again is told the stored size',
    request: formatAddCheckpoint({ oldSize: 0, proof: [], checkpoint: exchangeNote(5) }),
    status: 409,
    body: '5\n',
    contentType: sized,
  },
];
