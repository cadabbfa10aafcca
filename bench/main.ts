// npm run bench: every figure beside its floor, measured in the same run; printed, and kept in bench-results/latest.json.
//
//   npm run bench                 everything, against 10^5 reviews
//   npm run bench -- --large      the checks against 10^6 reviews too
//   npm run bench -- trust        only the named ones: ingest, append, receipts, proofs, mirror, trust, check, site

import { benchAppend } from './append.ts';
import { benchCheck } from './check.ts';
import { benchIngest } from './ingest.ts';
import { benchMirror } from './mirror.ts';
import { benchProofs } from './proofs.ts';
import { benchReceipts } from './receipts.ts';
import { describeMachine, formatRows, saveRows } from './report.ts';
import type { BenchRow } from './row.ts';
import { openPostgres } from './scratch-postgres.ts';
import { benchSite } from './site.ts';
import { benchTrust } from './trust.ts';

const benches = ['ingest', 'append', 'receipts', 'proofs', 'mirror', 'trust', 'check', 'site'];
const flags = process.argv.slice(2);
const named = flags.filter((flag) => benches.includes(flag));
const unknown = flags.filter((flag) => flag !== '--large' && !benches.includes(flag));

if (unknown.length > 0) {
  process.stderr.write(`Unknown: ${unknown.join(' ')}. Known are ${benches.join(', ')} and --large.\n`);
  process.exitCode = 2;
} else {
  await main();
}

async function main(): Promise<void> {
  const wants = (name: string): boolean => named.length === 0 || named.includes(name);
  const rows: BenchRow[] = [];
  const add = (what: string, measured: readonly BenchRow[]): void => {
    rows.push(...measured);
    process.stderr.write(`${what}: done\n`);
  };
  const postgres = await openPostgres();
  process.stdout.write(`${Object.values(describeMachine()).join(', ')}; ${postgres.description}\n`);
  try {
    if (wants('ingest')) add('ingest', await benchIngest(postgres));
    if (wants('append')) add('append', await benchAppend(postgres));
    if (wants('receipts')) add('receipts', await benchReceipts(postgres));
    if (wants('proofs')) add('proofs', await benchProofs(postgres));
    if (wants('mirror')) add('mirror', await benchMirror(postgres));
    if (wants('trust')) add('trust', await benchTrust());
    if (wants('check')) {
      add('check', await benchCheck(postgres, 100_000));
      if (flags.includes('--large')) add('check, large', await benchCheck(postgres, 1_000_000));
    }
    if (wants('site')) add('site', await benchSite(postgres));
  } finally {
    await postgres.stop();
  }
  process.stdout.write(`\n${formatRows(rows)}\n\nSaved in ${saveRows('bench-results', rows)}\n`);
}
