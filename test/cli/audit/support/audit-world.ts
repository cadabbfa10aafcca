// A monitor's world: a ledger that can misbehave, a place to run from, a clock, and runs of `trust-check log audit`.

import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import { auditEventSchema, type AuditEvent, type AuditKind } from '../../../../core/api/audit-event.ts';
import { testNow, World, type RunOptions } from '../../support/world.ts';
import { AuditedLedger } from './audited-ledger.ts';

export interface AuditOutcome {
  readonly exit: number;
  readonly events: AuditEvent[];
  readonly stdout: string;
  readonly stderr: string;
}

export class AuditWorld {
  readonly world = new World();
  ledger: AuditedLedger;
  now = testNow;
  url = '';
  readonly state = join(this.world.folder, 'audit-state');
  #close: () => Promise<void> = () => Promise.resolve();

  private constructor(ledger: AuditedLedger) {
    this.ledger = ledger;
  }

  static async make(): Promise<AuditWorld> {
    const made = new AuditWorld(await AuditedLedger.make());
    await made.serve(made.ledger);
    return made;
  }

  /** Serves another ledger at a new address. The state is kept by --state, so the monitor takes it for the same. */
  async serve(ledger: AuditedLedger): Promise<void> {
    await this.#close();
    const { url, close } = await ledger.serve();
    this.ledger = ledger;
    this.url = url;
    this.#close = close;
  }

  /** Runs it with --json and parses every line as the schema has it. */
  async audit(argv: readonly string[] = [], more: RunOptions = {}): Promise<AuditOutcome> {
    const { exit, stdout, stderr } = await this.human(['--json', ...argv], more);
    const lines = stdout.split('\n').filter((line) => line.startsWith('{"schema":1,"id"'));
    return { exit, events: lines.map((line) => auditEventSchema.parse(JSON.parse(line))), stdout, stderr };
  }

  /** Runs it for people. */
  human(
    argv: readonly string[] = [],
    more: RunOptions = {},
  ): Promise<{ exit: number; stdout: string; stderr: string }> {
    const key = argv.includes('--log-policy') ? [] : ['--log-key', this.ledger.vkey];
    const where = argv.includes('--from') ? [] : ['--server', this.url];
    return this.world.run(
      [
        'log',
        'audit',
        ...where,
        ...key,
        ...(argv.includes('--state') ? [] : ['--state', this.state]),
        ...argv,
      ],
      { clock: () => this.now, ...more },
    );
  }

  /** Time passes. */
  wait(seconds: number): void {
    this.now = new Date(this.now.getTime() + seconds * 1000);
  }

  /** Writes a file and returns its path. */
  file(name: string, text: string): string {
    return this.world.write(name, text);
  }

  /** Files of evidence in the state folder. */
  evidence(): string[] {
    const folder = join(this.state, 'evidence');
    return existsSync(folder) ? readdirSync(folder).map((name) => join(folder, name)) : [];
  }

  /** Writes the ledger as static files, published checkpoint and all, and returns the folder. */
  export(name = 'copy'): string {
    const folder = join(this.world.folder, name);
    const put = (path: string): void => {
      const answer = this.ledger.answer(path);
      if (typeof answer === 'number') throw new Error(`${path}: ${answer}`);
      mkdirSync(join(folder, path, '..'), { recursive: true });
      writeFileSync(join(folder, path), answer);
    };
    const width = this.ledger.size;
    for (const path of ['checkpoint', '.well-known/trust-ledger']) put(path);
    for (const kind of ['tile/0', 'tile/entries', 'documents']) if (width > 0) put(`${kind}/000.p/${width}`);
    return folder;
  }

  async close(): Promise<void> {
    await this.#close();
    this.world.remove();
  }
}

/** The one event of a kind; fails when there is none or more. */
export function only<Kind extends AuditKind>(
  events: readonly AuditEvent[],
  kind: Kind,
): Extract<AuditEvent, { kind: Kind }> {
  const found = events.filter((event): event is Extract<AuditEvent, { kind: Kind }> => event.kind === kind);
  expect(found.length, `one ${kind} among ${events.map((event) => event.kind).join(', ')}`).toBe(1);
  return found[0]!;
}

/** The kinds of events, in order. */
export function kinds(events: readonly AuditEvent[]): AuditKind[] {
  return events.map(({ kind }) => kind);
}
