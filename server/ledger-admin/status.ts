// status: where the log is, as the database, the fence, the key file and the witness policy have it. It changes nothing.

import { formatVerifierKey } from '../../core/log/note-key.ts';
import { openFreezeNotice } from '../../core/log/freeze-notice.ts';
import { openCheckpoint } from '../../core/log/open-checkpoint.ts';
import { toBase64 } from '../../core/bytes.ts';
import type { WitnessPolicy } from '../../core/log/witness-policy.ts';
import { readPublished } from '../../db/checkpoints.ts';
import type { Database } from '../../db/database.ts';
import { readLedgerState } from '../../db/entries.ts';
import { readFreeze } from '../../db/log-freeze.ts';
import { readHead } from '../../db/log-head.ts';
import type { Fence } from '../log/fence.ts';
import type { LogKeys } from '../log/log-keys.ts';

export interface Status {
  /** Undefined before the log's first start. */
  readonly origin: string | undefined;
  /** How many entries there are, and when the last was taken. */
  readonly entries: { readonly count: number; readonly last?: string };
  readonly head: { readonly size: number; readonly root: string };
  readonly published?: {
    readonly size: number;
    readonly signedAt: string;
    /** Seconds since it was signed. */
    readonly age: number;
    /** Names of the witnesses whose cosignatures it carries. */
    readonly witnesses: readonly string[];
  };
  /** Entries that are committed and not published. */
  readonly lag: number;
  readonly fence: { readonly file: string; readonly size?: number };
  readonly keys: readonly { readonly key: string; readonly signs: boolean }[];
  /** Names of the witnesses that are asked. */
  readonly witnesses: readonly string[];
  readonly frozen?: { readonly at: string; readonly size: number; readonly successor: string };
  /** What an operator should look at. */
  readonly warnings: readonly string[];
}

export interface StatusDeps {
  readonly db: Database;
  readonly keys: LogKeys;
  readonly fence: Pick<Fence, 'file' | 'last'>;
  readonly policy: WitnessPolicy;
  readonly now: Date;
}

/** Reads it all. Throws what the database throws. */
export async function readStatus({ db, keys, fence, policy, now }: StatusDeps): Promise<Status> {
  const head = await readHead(db);
  const { size: count, lastRecordedAt } = await readLedgerState(db);
  const published = await readPublished(db);
  const warnings: string[] = [];
  const known = [...keys.signers.map(({ key }) => key), ...keys.retired];
  const witnessKeys = [...policy.witnesses].map(([name, { key }]) => ({ name, key }));

  if (count !== head.size)
    warnings.push(`the head of the log is at ${head.size}, and there are ${count} entries`);
  if (fence.last !== undefined && fence.last.size > head.size) {
    warnings.push(
      `${fence.last.size} entries were signed, and the database has ${head.size}: nothing is taken until they are back`,
    );
  }
  let cosigners: string[] = [];
  if (published !== undefined) {
    try {
      const { signatures } = await openCheckpoint(
        published.note,
        known,
        witnessKeys.map(({ key }) => key),
      );
      const signed = new Set(signatures.map(({ key }) => `${key.name}+${key.id}`));
      cosigners = witnessKeys
        .filter(({ key }) => signed.has(`${key.name}+${key.id}`))
        .map(({ name }) => name);
    } catch (error) {
      warnings.push(`what is published: ${error instanceof Error ? error.message : String(error)}`);
    }
  }
  const freeze = await readFreeze(db);
  const frozen = freeze && (await openFreezeNotice(freeze.note, known));
  return {
    origin: head.origin,
    entries: { count, ...(lastRecordedAt !== undefined && { last: lastRecordedAt.toISOString() }) },
    head: { size: head.size, root: toBase64(head.root) },
    ...(published !== undefined && {
      published: {
        size: published.size,
        signedAt: published.signedAt.toISOString(),
        age: Math.round((now.getTime() - published.signedAt.getTime()) / 1000),
        witnesses: cosigners,
      },
    }),
    lag: head.size - (published?.size ?? 0),
    fence: { file: fence.file, ...(fence.last !== undefined && { size: fence.last.size }) },
    keys: [
      ...keys.signers.map(({ key }) => ({ key: formatVerifierKey(key), signs: true })),
      ...keys.retired.map((key) => ({ key: formatVerifierKey(key), signs: false })),
    ],
    witnesses: witnessKeys.map(({ name }) => name),
    ...(freeze !== undefined &&
      frozen !== undefined && {
        frozen: {
          at: freeze.frozenAt.toISOString(),
          size: frozen.size,
          successor: formatVerifierKey(frozen.successor.key),
        },
      }),
    warnings,
  };
}

/** The status as lines to read. */
export function statusLines(status: Status): string[] {
  const { origin, entries, head, published, lag, fence, keys, witnesses, frozen, warnings } = status;
  return [
    `origin     ${origin ?? '(the log has not started yet)'}`,
    `entries    ${entries.count}${entries.last === undefined ? '' : `, the last at ${entries.last}`}`,
    `head       ${head.size}, root ${head.root}`,
    published === undefined
      ? 'published  nothing'
      : `published  ${published.size}, signed ${published.age} seconds ago, at ${published.signedAt}`,
    `lag        ${lag} ${lag === 1 ? 'entry' : 'entries'}`,
    `fence      ${fence.size ?? 'nothing signed'} (${fence.file})`,
    ...keys.map(({ key, signs }) => `key        ${key}${signs ? '' : ' (retired)'}`),
    ...witnesses.map(
      (name) =>
        `witness    ${name}: ${published?.witnesses.includes(name) === true ? 'has cosigned' : 'has not cosigned'} what is published`,
    ),
    ...(witnesses.length === 0 ? ['witnesses  none'] : []),
    ...(frozen === undefined
      ? []
      : [`frozen     at ${frozen.size} entries, on ${frozen.at}; goes on as ${frozen.successor}`]),
    ...warnings.map((warning) => `WARNING    ${warning}`),
  ];
}
