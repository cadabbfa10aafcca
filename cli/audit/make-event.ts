// Making events: a kind's own fields in, a whole event with its lasting id out.

import { sha256 } from '@noble/hashes/sha2.js';
import type { AuditEvent, AuditKind, AuditSeverity } from '../../core/api/audit-event.ts';
import { toHex, utf8 } from '../../core/bytes.ts';

/** The fields that every event has beside those of its kind. */
type Common = 'schema' | 'id' | 'ledger' | 'at' | 'severity' | 'message';
type Of<Kind extends AuditKind> = Extract<AuditEvent, { readonly kind: Kind }>;
/** One kind's own fields, the kind among them; distributed over the kinds. */
export type EventFields = { [Kind in AuditKind]: Omit<Of<Kind>, Common> }[AuditKind];

export interface EventFacts {
  readonly severity: AuditSeverity;
  readonly message: string;
  /** What makes this event this one and no other, within its ledger and kind: an index, two roots, a beginning. */
  readonly key: string;
}

/** Makes the events of one ledger. */
export type MakeEvent = (facts: EventFacts, fields: EventFields) => AuditEvent;

/** The maker for the ledger with this origin. `clock` says when something is noticed. */
export function eventMaker(origin: string, clock: () => Date): MakeEvent {
  return ({ severity, message, key }, fields) => ({
    schema: 1,
    id: toHex(sha256(utf8(JSON.stringify(['audit', 1, origin, fields.kind, key])))),
    ledger: origin,
    at: clock().toISOString(),
    severity,
    message: message.slice(0, 4096),
    ...fields,
  });
}
