// Checking every statement ourselves: its signature, its id, its author, and that the server reads it as it was signed.
//
// Only what comes out of `verifyDocument` is used afterwards. Two things no author's signature covers, the place in the ledger
// and the time at which it was recorded: those are checked against the log (inclusion.ts).

import type { StoredCertificate, StoredStatement } from '../../core/api/statements.ts';
import { isTrustError } from '../../core/errors.ts';
import type { Identity } from '../../core/identity.ts';
import { parseCertificate } from '../../core/statement/openpgp/certificate.ts';
import type { StatementId } from '../../core/statement/statement.ts';
import type { Certificate, VerifiedStatement } from '../../core/statement/verified.ts';
import { verifyDocument } from '../../core/statement/verify.ts';
import type { Fetched } from './fetch-statements.ts';
import type { Finding } from './finding.ts';
import { stableJson } from './stable-json.ts';

/** A statement whose signature was checked here, at the place that the server gives it. */
export interface PlacedStatement {
  readonly verified: VerifiedStatement;
  readonly index: number;
  /** When the ledger took it, as the server says. */
  readonly recordedAt: Date;
  /** Index of a retraction, as the server says. */
  readonly retractedBy: number | undefined;
}

/** A certificate that was read here, at the place of its newest form. */
export interface PlacedCertificate {
  readonly certificate: Certificate;
  readonly index: number;
  readonly recordedAt: Date;
}

export interface Verification {
  /** In the order of the ledger. */
  readonly statements: readonly PlacedStatement[];
  /** Those under which the statements were verified. */
  readonly certificates: readonly PlacedCertificate[];
  readonly findings: readonly Finding[];
}

/** Verifies all that was fetched. `ledgerSize` is the size that the answer claims: nothing may stand beyond it. */
export async function verifyStatements(
  fetched: Fetched,
  ledgerSize: number,
  onProgress: (done: number, total: number) => void,
): Promise<Verification> {
  const findings: Finding[] = [];
  const certificates = await verifyCertificates(fetched.certificates, findings);
  const placed: PlacedStatement[] = [];
  let done = 0;
  for (const [id, stored] of fetched.statements) {
    onProgress(done++, fetched.statements.size);
    const verified = await verifyOne(id, stored, certificates, findings);
    if (verified !== undefined) {
      const { index, recordedAt, retractedBy } = stored;
      placed.push({ verified, index, recordedAt: new Date(recordedAt), retractedBy });
    }
  }
  placed.sort((a, b) => a.index - b.index);
  findings.push(...indexFindings(placed, ledgerSize));
  return { statements: placed, certificates: [...certificates.values()], findings };
}

async function verifyCertificates(
  stored: ReadonlyMap<Identity, StoredCertificate>,
  findings: Finding[],
): Promise<ReadonlyMap<Identity, PlacedCertificate>> {
  const certificates = new Map<Identity, PlacedCertificate>();
  for (const [identity, { armored, indices, recordedAt }] of stored) {
    try {
      const certificate = await parseCertificate(armored);
      const index = indices.at(-1);
      if (index === undefined) {
        findings.push({
          kind: 'certificate',
          author: identity,
          message: 'The server names no entry of this certificate.',
        });
      } else if (certificate.identity === identity) {
        certificates.set(identity, {
          // The text is what the ledger holds, so that its hash is the one in the log.
          certificate: { ...certificate, armored },
          index,
          recordedAt: new Date(recordedAt),
        });
      } else {
        findings.push({
          kind: 'certificate',
          author: identity,
          message: 'The server hands out another key as the certificate of this identity.',
          server: identity,
          verified: certificate.identity,
        });
      }
    } catch (error) {
      findings.push({
        kind: 'certificate',
        author: identity,
        message: `The server hands out a certificate that does not hold: ${reasonOf(error)}`,
      });
    }
  }
  return certificates;
}

async function verifyOne(
  id: StatementId,
  stored: StoredStatement,
  certificates: ReadonlyMap<Identity, PlacedCertificate>,
  findings: Finding[],
): Promise<VerifiedStatement | undefined> {
  const about = { statement: id, author: stored.author };
  let verified: VerifiedStatement;
  try {
    verified = await verifyDocument(stored.document, {
      certificates: (author) => Promise.resolve(certificates.get(author)?.certificate),
      at: new Date(stored.recordedAt),
    });
  } catch (error) {
    const kind = isTrustError(error, 'key-unknown') ? 'certificate' : 'statement-forged';
    findings.push({ kind, ...about, message: reasonOf(error) });
    return undefined;
  }
  if (verified.id !== id) {
    const message = 'The text handed out under this id is another one.';
    findings.push({ kind: 'statement-swapped', ...about, message, server: id, verified: verified.id });
    return undefined;
  }
  if (verified.author !== stored.author || verified.statement.kind !== stored.kind) {
    findings.push({
      kind: 'statement-reattributed',
      ...about,
      message: 'The server names another author or kind than the signed text.',
      server: `${stored.kind} by ${stored.author}`,
      verified: `${verified.statement.kind} by ${verified.author}`,
    });
  } else if (stableJson(verified.statement) !== stableJson(stored.statement)) {
    findings.push({
      kind: 'statement-altered',
      ...about,
      message: 'The server shows this statement with another content than what was signed.',
      ...firstDifference(stored.statement, verified.statement),
    });
  }
  return verified;
}

/** The first top-level field in which two statements differ, each side's value shortened. */
function firstDifference(server: object, verified: object): { server: string; verified: string } {
  const left = new Map(Object.entries(server));
  const right = new Map(Object.entries(verified));
  const key = [...new Set([...left.keys(), ...right.keys()])].find(
    (name) => stableJson(left.get(name) ?? null) !== stableJson(right.get(name) ?? null),
  );
  const show = (side: ReadonlyMap<string, unknown>): string =>
    `${key ?? ''}: ${stableJson(side.get(key ?? '') ?? null).slice(0, 300)}`;
  return { server: show(left), verified: show(right) };
}

function indexFindings(placed: readonly PlacedStatement[], ledgerSize: number): Finding[] {
  const findings: Finding[] = [];
  const taken = new Map<number, StatementId>();
  for (const { verified, index } of placed) {
    const about = { kind: 'ledger-index', statement: verified.id, author: verified.author } as const;
    const rival = taken.get(index);
    if (index >= ledgerSize) {
      const message = `The server answers for a ledger of ${ledgerSize} entries and places this statement at ${index}.`;
      findings.push({ ...about, message });
    }
    if (rival !== undefined) {
      const message = `The server places this statement and ${rival} at the same entry, ${index}.`;
      findings.push({ ...about, message });
    }
    taken.set(index, verified.id);
  }
  return findings;
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
