// How the bench prints and keeps its figures: a table for people, JSON for machines.

import { mkdirSync, writeFileSync } from 'node:fs';
import { cpus, totalmem } from 'node:os';
import { join } from 'node:path';
import type { BenchRow } from './row.ts';

/** What the figures were measured on: without it they mean nothing. */
export function describeMachine(): Record<string, string | number> {
  const processors = cpus();
  return {
    node: process.version,
    platform: `${process.platform}-${process.arch}`,
    processor: processors[0]?.model ?? 'unknown',
    cores: processors.length,
    memoryGiB: Math.round(totalmem() / 2 ** 30),
  };
}

/** The rows as a table of aligned columns. */
export function formatRows(rows: readonly BenchRow[]): string {
  const cells = rows.map((row) => [
    row.name,
    `${formatFigure(row.value)} ${row.unit}`,
    row.floor === undefined ? '' : `${formatFigure(row.floor)} ${row.unit} (${row.floorName ?? 'floor'})`,
    row.ratio === undefined ? '' : row.ratio.toFixed(2),
    row.bar ?? '',
  ]);
  const table = [['what', 'measured', 'floor in the same run', 'ratio', 'bar'], ...cells];
  const widths =
    table[0]?.map((_, column) => Math.max(...table.map((row) => row[column]?.length ?? 0))) ?? [];
  return table
    .map((row) =>
      row
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

/** Writes machine and rows to `<folder>/latest.json`, and returns the path. */
export function saveRows(folder: string, rows: readonly BenchRow[]): string {
  mkdirSync(folder, { recursive: true });
  const path = join(folder, 'latest.json');
  writeFileSync(path, `${JSON.stringify({ machine: describeMachine(), rows }, null, 2)}\n`);
  return path;
}

function formatFigure(value: number): string {
  if (value >= 100) return Math.round(value).toLocaleString('en');
  return value >= 1 ? value.toFixed(2) : value.toPrecision(2);
}
