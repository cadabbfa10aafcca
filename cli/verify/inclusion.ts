// Whether the log holds what an answer rests on: each statement and certificate at its index, with its time.
//
// The leaf record is written anew from what was verified here and compared with the tree of a signed checkpoint. So the
// index and the time, which no signature of the author covers, are no longer the server's word. That a statement was
// withdrawn is proven by the leaf of the retraction alone: it names author and subject.

import { sha256 } from '@noble/hashes/sha2.js';
import { compareBytes, toHex, utf8 } from '../../core/bytes.ts';
import { isTrustError } from '../../core/errors.ts';
import { hashOfLeaf, leafOfCertificate, leafOfStatement } from '../../core/log/leaf-of.ts';
import type { LeafRecord } from '../../core/log/leaf.ts';
import type { VerifiedTree } from '../../core/log/tile-reader.ts';
import { tileOfNode, tileWidth } from '../../core/log/tile.ts';
import { formatSeconds } from '../../core/time.ts';
import { eachBounded } from '../source/each-bounded.ts';
import type { CheckedLog } from '../ledger/checked-log.ts';
import type { AdvancedCheckpoint } from '../ledger/known-ledger.ts';
import { readEntry } from '../ledger/read-entry.ts';
import type { Finding } from './finding.ts';
import type { PlacedCertificate, PlacedStatement } from './verify-statements.ts';

/** Tiles that are read at once. */
const tilesAtOnce = 16;
/** Most tiles that are fetched ahead: fewer than a tree keeps. */
const maxAhead = 400;
/** Most wrong entries of which the log's own record is fetched, to say what stands there. */
const maxDescribed = 20;

/** An entry that has to be in the log. */
export interface LeafClaim {
  readonly index: number;
  readonly leaf: LeafRecord;
}

interface Withdrawal {
  readonly placed: PlacedStatement;
  readonly retraction: number;
}

/** The claims of verified statements and certificates. */
export function leafClaims(
  statements: readonly PlacedStatement[],
  certificates: readonly PlacedCertificate[],
): LeafClaim[] {
  return [
    ...certificates.map(({ index, recordedAt, certificate }) => ({
      index,
      leaf: leafOfCertificate(certificate, recordedAt),
    })),
    ...statements.map(({ index, recordedAt, verified }) => ({
      index,
      leaf: leafOfStatement(verified, recordedAt),
    })),
  ];
}

/**
 * One finding for each claim that the log does not bear out, and for each withdrawal. `ledgerSize` is the size that the
 * answer is for. Throws what reading the log throws, but tiles that contradict the checkpoint are a finding too.
 */
export async function inclusionFindings(
  log: CheckedLog,
  checkpoint: AdvancedCheckpoint,
  claims: readonly LeafClaim[],
  statements: readonly PlacedStatement[],
  ledgerSize: number,
): Promise<Finding[]> {
  const withdrawals = statements.flatMap((placed) =>
    placed.retractedBy !== undefined && placed.retractedBy < ledgerSize
      ? [{ placed, retraction: placed.retractedBy }]
      : [],
  );
  try {
    return await log.read(
      checkpoint,
      async (tree) => {
        const wrong = await notIncluded(tree, claims);
        const findings: Finding[] = [];
        for (const [position, claim] of wrong.entries()) {
          const actual = position < maxDescribed ? await entryAt(log, tree, claim.index) : undefined;
          findings.push(describe(claim, checkpoint, actual));
        }
        for (const withdrawal of withdrawals) {
          if (!(await isWithdrawn(log, tree, withdrawal))) findings.push(notWithdrawn(withdrawal));
        }
        return findings;
      },
      (findings) => findings.length > 0,
    );
  } catch (error) {
    if (!isTrustError(error, 'proof-invalid')) throw error;
    return [{ kind: 'log-tiles', message: `The log does not lead to its own checkpoint: ${error.message}.` }];
  }
}

/**
 * Begins to fetch the tiles that hold these indices, while something else keeps the processor busy. What goes wrong is told
 * by whoever reads them in earnest.
 */
export function fetchAhead(log: CheckedLog, checkpoint: AdvancedCheckpoint, indices: Iterable<number>): void {
  const { size } = checkpoint;
  const tiles = new Map<number, number>();
  for (const index of indices) if (index < size) tiles.set(Math.floor(index / tileWidth), index);
  log
    .read(checkpoint, (tree) =>
      eachBounded([...tiles.values()].slice(0, maxAhead), tilesAtOnce, async (index) => {
        await tree.nodes(tileOfNode({ level: 0, index }, size));
      }),
    )
    .catch(() => undefined);
}

/** The claims that are not in a tree, tile by tile, so that each tile is read once. */
async function notIncluded(tree: VerifiedTree, claims: readonly LeafClaim[]): Promise<LeafClaim[]> {
  const { size } = tree.checkpoint;
  const wrong = claims.filter(({ index }) => index >= size);
  const byTile = new Map<number, LeafClaim[]>();
  for (const claim of claims) {
    if (claim.index >= size) continue;
    const tile = Math.floor(claim.index / tileWidth);
    const known = byTile.get(tile);
    if (known === undefined) byTile.set(tile, [claim]);
    else known.push(claim);
  }
  await eachBounded([...byTile.values()], tilesAtOnce, async (group) => {
    const [first] = group;
    if (first === undefined) return;
    const tile = await tree.nodes(tileOfNode({ level: 0, index: first.index }, size));
    for (const claim of group) {
      const expected = hashOfLeaf(claim.leaf);
      if (compareBytes(tile.node(0, claim.index % tileWidth), expected) !== 0) wrong.push(claim);
    }
  });
  return wrong.sort((a, b) => a.index - b.index);
}

async function entryAt(log: CheckedLog, tree: VerifiedTree, index: number): Promise<LeafRecord | undefined> {
  if (index >= tree.checkpoint.size) return undefined;
  try {
    return await readEntry(log.source, tree, index);
  } catch (error) {
    // What stands there is only for the message: that something else does is known from the tree.
    if (isTrustError(error)) return undefined;
    throw error;
  }
}

function describe(
  { index, leaf }: LeafClaim,
  checkpoint: AdvancedCheckpoint,
  actual: LeafRecord | undefined,
): Finding {
  const isSame = actual?.id === leaf.id && actual.kind === leaf.kind;
  const isTime = isSame && formatSeconds(actual.recordedAt) !== formatSeconds(leaf.recordedAt);
  const message =
    index >= checkpoint.size
      ? `The server places this at entry ${index}, and the log has ${checkpoint.size} entries.`
      : isTime
        ? `The log has recorded entry ${index} at another time.`
        : `The log does not hold this at entry ${index}.`;
  return {
    kind: 'not-included',
    ...(leaf.kind !== 'certificate' && { statement: leaf.id }),
    author: leaf.author,
    message,
    server: summary(leaf),
    ...(actual !== undefined && { verified: summary(actual) }),
  };
}

function summary({ kind, id, recordedAt }: LeafRecord): string {
  return `${kind} ${id}, recorded ${formatSeconds(recordedAt)}`;
}

async function isWithdrawn(
  log: CheckedLog,
  tree: VerifiedTree,
  { placed, retraction }: Withdrawal,
): Promise<boolean> {
  if (retraction <= placed.index || retraction >= tree.checkpoint.size) return false;
  const leaf = await readEntry(log.source, tree, retraction);
  const subject = toHex(sha256(utf8(`statement:${placed.verified.id}`)));
  return (
    leaf.kind === 'retraction' &&
    leaf.author === placed.verified.author &&
    leaf.subjects.listed.includes(subject)
  );
}

function notWithdrawn({ placed, retraction }: Withdrawal): Finding {
  return {
    kind: 'not-included',
    statement: placed.verified.id,
    author: placed.verified.author,
    message: `The server says that this was withdrawn by entry ${retraction}, and the log holds no such retraction there.`,
  };
}
