// From what the database holds to what goes over the wire.

import type { z } from 'zod';
import type { storedCertificateSchema, storedStatementSchema } from '../../core/api/statements.ts';
import { formatSeconds } from '../../core/time.ts';
import type { StoredCertificate } from '../../db/certificates.ts';
import type { StoredStatement } from '../../db/statements.ts';

/** A statement as the API gives it. */
export function wireStatement(stored: StoredStatement): z.input<typeof storedStatementSchema> {
  const { retractedBy, recordedAt, ...rest } = stored;
  return {
    ...rest,
    recordedAt: formatSeconds(recordedAt),
    ...(retractedBy !== undefined && { retractedBy }),
  };
}

/** A certificate as the API gives it. */
export function wireCertificate(stored: StoredCertificate): z.input<typeof storedCertificateSchema> {
  const { identity, id, armored, userIds, algorithm, created, expires, revocation, indices, recordedAt } =
    stored;
  return {
    ...{ identity, id, armored, algorithm },
    userIds: [...userIds],
    created: formatSeconds(created),
    ...(expires !== undefined && { expires: formatSeconds(expires) }),
    ...(revocation !== undefined && { revocation: { ...revocation, at: formatSeconds(revocation.at) } }),
    indices: [...indices],
    recordedAt: formatSeconds(recordedAt),
  };
}
