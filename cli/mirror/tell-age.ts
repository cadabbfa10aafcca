// Saying how old an answer from a mirror is.

import type { ApiClient } from '../http/api-client.ts';
import type { Terminal } from '../output/terminal.ts';
import { escapeTerminal } from '../output/escape-terminal.ts';
import { formatSeconds } from '../../core/time.ts';

/** Of a mirror, when it was last brought up to date and what it ends with, for the JSON of a report; undefined for a server. */
export interface MirrorAge {
  readonly size: number;
  readonly checkedAt: string;
  readonly lastRecordedAt?: string;
}

/** Notes on stderr that a mirror answers and how old it is; returns the same for JSON. */
export async function tellMirrorAge(
  api: ApiClient,
  terminal: Terminal,
  now: Date,
): Promise<MirrorAge | undefined> {
  if (api.mirror === undefined) return undefined;
  const { place, checkedAt, size, lastRecordedAt } = await api.mirror();
  const last =
    lastRecordedAt === undefined
      ? 'no entries'
      : `${size} entries, the last one ${ageOf(lastRecordedAt, now)} old (${formatSeconds(lastRecordedAt)})`;
  terminal.note(
    `From a mirror of ${escapeTerminal(place)}, brought up to date ${ageOf(checkedAt, now)} ago: ${last}.`,
  );
  return {
    size,
    checkedAt: formatSeconds(checkedAt),
    ...(lastRecordedAt !== undefined && { lastRecordedAt: formatSeconds(lastRecordedAt) }),
  };
}

/** A span up to now in the largest unit of which there are two. */
export function ageOf(time: Date, now: Date): string {
  const seconds = Math.max(0, Math.floor((now.getTime() - time.getTime()) / 1000));
  const units: readonly (readonly [name: string, length: number])[] = [
    ['day', 86_400],
    ['hour', 3600],
    ['minute', 60],
  ];
  const [name, length] = units.find(([, one]) => seconds >= 2 * one) ?? ['second', 1];
  const count = Math.floor(seconds / length);
  return `${count} ${name}${count === 1 ? '' : 's'}`;
}

/** How reports name the ledger: the server's origin, or the folder that a mirror follows. */
export function placeOf({ server }: Pick<ApiClient, 'server'>): string {
  return server.protocol === 'file:' ? server.href : server.origin;
}
