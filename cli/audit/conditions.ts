// What goes on: a ledger that is silent, stale, behind, forked. Such a thing is reported when it begins, when it becomes
// another or graver, and when it is over; in between it only decides the exit status.

import type { AuditEvent, AuditSeverity } from '../../core/api/audit-event.ts';
import type { Condition, Family } from './audit-state.ts';
import type { EventFields, MakeEvent } from './make-event.ts';

/** What was found of one family in a pass. */
export interface Found {
  readonly severity: AuditSeverity;
  readonly message: string;
  /** What makes it this one: two roots, a code. Where it is the same in two passes, the thing goes on. */
  readonly key: string;
  /** The event's fields; `since` is when it began. */
  readonly fields: (since: string) => EventFields;
}

export type Conditions = Partial<Record<Family, Condition>>;

/** Since when what goes on in a family goes on, when it is of one of these kinds. */
export function since(conditions: Conditions, family: Family, kinds: readonly string[]): Date | undefined {
  const known = conditions[family];
  return known !== undefined && kinds.includes(known.kind) ? new Date(known.since) : undefined;
}

/** Notes what a pass found of a family, nothing included, and returns the events of that. */
export function settle(
  conditions: Conditions,
  family: Family,
  found: Found | undefined,
  make: MakeEvent,
  now: Date,
): AuditEvent[] {
  const known = conditions[family];
  if (found === undefined) {
    if (known === undefined) return [];
    // eslint-disable-next-line @typescript-eslint/no-dynamic-delete -- a family of a closed list
    delete conditions[family];
    const message = `Over: ${known.message}`;
    const key = `${family} ${known.key} ${known.since}`;
    return [
      make({ severity: 'info', message, key }, { kind: 'resolved', what: known.kind, since: known.since }),
    ];
  }
  const isSame = known?.key === found.key;
  const start = isSame ? known.since : now.toISOString();
  const fields = found.fields(start);
  if (isSame && known.severity === found.severity && known.kind === fields.kind) return [];
  const { key, severity, message } = found;
  conditions[family] = { kind: fields.kind, key, severity, since: start, message };
  return [make({ severity, message, key: `${severity} ${key} ${start}` }, fields)];
}
