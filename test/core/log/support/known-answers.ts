// Facts that other implementations agree on: test data of transparency-dev/merkle (testonly/constants.go), of Tessera's test
// log, of golang.org/x/mod/sumdb/note and of the C2SP specifications.

import { fromBase64, fromHex, utf8 } from '../../../../core/bytes.ts';
import { leafHash } from '../../../../core/log/merkle-hash.ts';

const leaves = [
  '',
  '00',
  '10',
  '2021',
  '3031',
  '40414243',
  '5051525354555657',
  '606162636465666768696a6b6c6d6e6f',
];

/** Leaf hashes of the eight entries of RFC 6962's customary example. */
export const sampleLeaves = leaves.map((leaf) => leafHash(fromHex(leaf)));

/** Roots of the first 1, 2 … 8 of them. */
export const sampleRoots = [
  '6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d',
  'fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125',
  'aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77',
  'd37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7',
  '4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4',
  '76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef',
  'ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c',
  '5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328',
];

/** Proofs in these trees, each hash by its first eight digits: [index, size, hashes]. */
export const sampleInclusions: readonly (readonly [number, number, readonly string[]])[] = [
  [0, 1, []],
  [0, 8, ['96a296d2', '5f083f0a', '6b47aaf2']],
  [5, 8, ['bc1a0643', 'ca854ea1', 'd37ee418']],
  [2, 3, ['fac54203']],
  [1, 5, ['6e340b9c', '5f083f0a', 'bc1a0643']],
];
/** [older size, newer size, hashes]. */
export const sampleConsistencies: readonly (readonly [number, number, readonly string[]])[] = [
  [1, 1, []],
  [1, 8, ['96a296d2', '5f083f0a', '6b47aaf2']],
  [6, 8, ['0ebc5d34', 'ca854ea1', 'd37ee418']],
  [2, 5, ['5f083f0a', 'bc1a0643']],
];

/** Tessera's test log: its public test key, and what it holds. */
export const tessera = {
  origin: 'example.com/log/testdata',
  privateKey: 'PRIVATE+KEY+example.com/log/testdata+33d7b496+AeymY/SZAX0jZcJ8enZ5FY1Dz+wTML2yWSkK+9DSF3eg',
  verifierKey: 'example.com/log/testdata+33d7b496+AeHTu4Q3hEIMHNqc6fASMsq3rKNx280NI+oO5xCFkkSx',
  entries: 'one two three four five six seven eit nain ten ileven twelf threeten fourten fivten'
    .split(' ')
    .map(utf8),
  /** By size: the root, and the signature line's base64. */
  checkpoints: new Map([
    [
      0,
      [
        '47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=',
        'M9e0lhxJACzE1KoUdqKuPa+9p6R7dSW8BlEvrg/noo8FkGg6PbJoRNOcdjqjOq89wVvTA60eubCc4oufo5BvIVEgtQc=',
      ],
    ],
    [
      1,
      [
        '0Nc2CrefWKseHj/mStd+LqC8B+NrX0btIiPt2SmN+ek=',
        'M9e0lhr9kuLxGdAtaUrhm84TQffVsLdcy808sN0a3WyniNlfcr9+bywoiIke1YYciCNjJGkCgIlQ8b16jhsmg/SChAM=',
      ],
    ],
    [
      3,
      [
        'Wqx3HImawpLnS/Gv4ubjAvi1WIOy0b8Ze0amvqbavKk=',
        'M9e0lvAQRtH832pk2RTbeSeZMkp4FZSdJYFBUjO5SKxuRbywPUF3cx+HUrb50kjd3rUWW/fj53Wj1dwcwh9bGQnqVAg=',
      ],
    ],
    [
      8,
      [
        'bC+VwvrJbalNVjfkdI8kUgs7mJoXrqiXCE7bgnD28pY=',
        'M9e0lq1EK37dHtgv9O3UzPxisw5vwIPcJsX9ab0xt4mvVfbdUR1fbMjN6sBFYpBoBEmD4+cWhj/AVgI5MitCO5+mews=',
      ],
    ],
    [
      15,
      [
        'rKbDipCvhuX1GZ7g5BBe8sA6BbJ7ja/1nk427v383cs=',
        'M9e0luh4jTG+UMBqOUo9/q+yAEvx1ilBEniMvjf1zfcBOhg+CKubMt53MvIt/uEWP6zdkdIQzd/fmwlM/dlPWF74ewI=',
      ],
    ],
  ] as const),
  /** Of index 4 in size 15. */
  inclusion: [
    'yiM+eia4w1wsk/Ukx7kF56IQVkDW3MWUaUz/VtJu+yU=',
    'nk9gCR+floFqznAPtqjjcnnV64dge2jQB95D5t164Hg=',
    'zY1lN35vrXYAPixXSd59LsU29xUJtuW4o2dNNg5Y2Co=',
    '5jLpqTgjsBDSEX6SgZiRnbTMdTuRd8bQ5tSsAOxe0Ks=',
  ],
  /** From size 3 to size 15. */
  consistency: [
    'Zx8UbF5HHooag6PCFM5LqQe486WIjRTMjNPOdbsS75Q=',
    '9xWrP6pdBx5uKsS7mU1b9zWUPcw3mdoNCF55gM+5M2o=',
    'T1X2GdkhUjV3iyufF9b0kVsWFxIU0VI4EpNml2Teci4=',
    'g0ZoeYWtIV8Q8i+4CmgqPnBvH2il107lyCgTQsyB7H4=',
    '5jLpqTgjsBDSEX6SgZiRnbTMdTuRd8bQ5tSsAOxe0Ks=',
  ],
};

/** The checkpoint of Tessera's log at a size, as it was signed. */
export function tesseraNote(size: 0 | 1 | 3 | 8 | 15): string {
  const [root, signature] = tessera.checkpoints.get(size)!;
  return `${tessera.origin}\n${size}\n${root}\n\n— ${tessera.origin} ${signature}\n`;
}

/** Key, text and signature of the test of golang.org/x/mod/sumdb/note. */
export const peter = {
  privateKey: 'PRIVATE+KEY+PeterNeumann+c74f20a3+AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz',
  verifierKey: 'PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW',
  text: "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n",
  line: '— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n',
};
/** A second signer of the same text. */
export const enoch = {
  verifierKey: 'EnochRoot+af0cfe78+ATtqJ7zOtqQtYqOo0CpvDXNlMhV3HeJDpjrASKGLWdop',
  line: '— EnochRoot rwz+eBzmZa0SO3NbfRGzPCpDckykFXSdeX+MNtCOXm2/5n2tiOHp+vAF1aGrQ5ovTG01oOTGwnWLox33WWd1RvMc+QQ=\n',
};

/** The example of the signed-note specification. */
export const foo = {
  verifierKey: 'example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k',
  text: 'This is an example message.\n',
  line: '— example.com/foo Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZXsYjOBH3mFXmRKuwHjG1Yu72IneyaQM=\n',
};

/** A real cosignature (test data of FiloSottile/sunlight). */
export const rome = {
  text: 'rome2026h1.example.org\n300\nlCkHUpkmVBEms2r2T1K6Og69+wUuuN3MIEW1/ezu2v0=\n',
  witnessKey: 'witness.example.org+b8a2cf20+BFLN3yikSfFkVAJtrnh/CiY3Zozkoy7clp+P7XB28qUN',
  line: '— witness.example.org uKLPIAAAAABpVGeAhm2bOvKc3LaB9PFN1ruG19Y5yqslmcAAbhftnn1Zznmo0LXFZq4LGvqKqLX8jWlwLKasxEGTLIqAVusneCBmBw==\n',
  time: 1_767_139_200,
};

const litewitness = 'sigsum.org/v1/tree/4d6d8825a6bb689d459628312889dfbb0bcd41b5211d9e1ce768b0ff0309e562';
/** The scripted exchange of torchwood's litewitness: leaf hashes are dummies, 0x2a and the index. */
export const torchwood = {
  origin: litewitness,
  verifierKey: `${litewitness}+5202289b+Af/cLU2Y5BJNP+r3iMDC+av9eWCD0fBJVDfzAux5zxAP`,
  roots: new Map([
    [1, 'KgAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA='],
    [3, 'RcCI1Nk56ZcSmIEfIn0SleqtV7uvrlXNccFx595Iwl0='],
    [5, 'QrtXrQZCCvpIgsSmOsah7HdICzMLLyDfxToMql9WTjY='],
  ]),
  payloads: new Map([
    [1, 'UgIom7fPZTqpxWWhyjWduBvTvGVqsokMbqTArsQilegKoFBJQjUFAmQ0+YeSPM3wfUQMFSzVnnNuWRTYrajXpNUbIQY='],
    [3, 'UgIom2VbtIcdFbwFAy1n7s6IkAxIY6J/GQOTuZF2ORV39d75cbAj2aQYwyJre36kezNobZs4SUUdrcawfAB8WVrx6go='],
    [5, 'UgIomw/EOJmWi0i1FQsOj+etB7F8IccFam/jgd6wzRns4QPVmyEZtdvl1U2KEmLOZ/ASRcWJi0tW90dJWAShei7sDww='],
  ]),
  leaf: (index: number): Uint8Array => Uint8Array.of(0x2a, index, ...new Uint8Array(30)),
  /** Consistency proofs: [older size, newer size, hashes]. */
  proofs: [
    [1, 3, ['KgEAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=', 'KgIAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=']],
    [
      3,
      5,
      [
        'KgIAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=',
        'KgMAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=',
        'wgiIFdZfYNv6WU1OllBKsWnLYIS/DBMqt8Uh/S4OukE=',
        'KgQAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=',
      ],
    ],
  ] as readonly (readonly [number, number, readonly string[]])[],
};

/** The signed checkpoint of that exchange at a size. */
export function torchwoodNote(size: 1 | 3 | 5): string {
  return `${litewitness}\n${size}\n${torchwood.roots.get(size)!}\n\n— ${litewitness} ${torchwood.payloads.get(size)!}\n`;
}

/** Bytes of base64 texts. */
export function hashesOf(texts: readonly string[]): Uint8Array[] {
  return texts.map(fromBase64);
}
