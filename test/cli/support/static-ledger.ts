// Ledgers of real keys and signatures as folders of static files, of any size, and as true or as false as a test wants.

import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { utf8 } from '../../../core/bytes.ts';
import { formatLeaf, type LeafRecord } from '../../../core/log/leaf.ts';
import { leafOfCertificate, leafOfStatement } from '../../../core/log/leaf-of.ts';
import { bundlesBetween, bundlePath, documentsPath, tilePath, tilesBetween } from '../../../core/log/tile.ts';
import type { Certificate } from '../../../core/statement/verified.ts';
import { verifyDocument } from '../../../core/statement/verify.ts';
import { listen } from './memory-ledger.ts';
import { SignedLog } from './signed-log.ts';

/** Appends what people sign to a log. Nothing is refused but what does not verify. */
export class LedgerBuilder {
  readonly log = new SignedLog();
  readonly certificates = new Map<string, Certificate>();
  /** The ledger's time. */
  now = new Date('2026-11-22T20:00:00Z');

  /** Appends a certificate as it is, and knows it from now on. */
  certificate(certificate: Certificate): number {
    this.certificates.set(certificate.identity, certificate);
    return this.append(leafOfCertificate(certificate, this.now), certificate.armored);
  }

  /** Verifies and appends a document. */
  async statement(document: string): Promise<number> {
    const verified = await verifyDocument(document, {
      at: this.now,
      certificates: (author) => Promise.resolve(this.certificates.get(author)),
    });
    return this.append(leafOfStatement(verified, this.now), verified.document);
  }

  /** Appends any leaf record with any document. */
  append(leaf: LeafRecord, document: string): number {
    const { documentHash } = leaf;
    return this.log.entries.push({ leaf: utf8(formatLeaf(leaf)), document, documentHash }) - 1;
  }
}

/** Every path of a static ledger of the log's size. */
export function staticPaths(log: SignedLog): string[] {
  const bundles = [...bundlesBetween(0, log.size)];
  return [
    ...[...tilesBetween(0, log.size)].map(tilePath),
    ...bundles.map(bundlePath),
    ...bundles.map(documentsPath),
    '.well-known/trust-ledger',
    'checkpoint',
  ];
}

/** Writes a log into a folder in the static layout. */
export async function writeStatic(log: SignedLog, folder: string): Promise<void> {
  for (const path of staticPaths(log)) {
    const file = await log.file(path);
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), file!.body);
  }
}

/** Serves a log by HTTP; `requests` gathers the paths that were asked for. */
export async function serveLog(
  log: SignedLog,
): Promise<{ url: string; requests: string[]; close: () => Promise<void> }> {
  const requests: string[] = [];
  const served = await listen((request, response) => {
    const path = (request.url ?? '/').slice(1);
    requests.push(path);
    void log.file(path).then((file) => {
      if (file === undefined) response.writeHead(404).end();
      else response.writeHead(200, { 'content-type': file.type }).end(file.body);
    });
  });
  return { ...served, requests };
}

/** Every file of a folder with its content in hex, without a mirror's own. */
export function contentOf(folder: string): Map<string, string> {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1))
    .filter((path) => !path.startsWith('.mirror/'));
  return new Map(files.sort().map((path) => [path, readFileSync(join(folder, path)).toString('hex')]));
}
