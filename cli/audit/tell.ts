// Events as people read them: one line each, and both notes of a fork verbatim. Everything in an event may be an attacker's
// text, so nothing is printed that was not escaped.

import type { AuditEvent } from '../../core/api/audit-event.ts';
import { escapeLines, escapeTerminal } from '../output/escape-terminal.ts';
import type { Paint } from '../output/paint.ts';
import type { PassResult } from './monitor.ts';

/** Most lines of a note that are shown to people; a note of a log has a handful. */
const maxNoteLines = 60;

const styles = { info: 'strong', warning: 'warn', alarm: 'bad' } as const;

/** The lines of one event. */
export function eventLines(event: AuditEvent, paint: Paint): string[] {
  const { at, severity, kind, message } = event;
  const symbol =
    severity === 'alarm'
      ? paint.symbols.bad
      : severity === 'warning'
        ? paint.symbols.warn
        : paint.symbols.bullet;
  const word = severity === 'info' ? kind : `${severity}: ${kind}`;
  const lines = [
    `${symbol} ${at.slice(0, 19)}Z ${paint(styles[severity], word)}  ${escapeTerminal(message)}`,
  ];
  if (event.kind === 'statement') {
    lines.push(`    watched ${event.watched.map(escapeTerminal).join(', ')}`);
    lines.push(
      `    ${event.verified ? 'verified' : 'not verified'}, recorded ${event.recordedAt}, statement ${event.statement}`,
    );
  }
  if (event.kind === 'fork' || event.kind === 'rollback') {
    lines.push(
      ...noteLines('seen before:', event.seenNote),
      ...noteLines('handed out now:', event.servedNote),
    );
  }
  if (event.kind === 'checkpoint-invalid') lines.push(...noteLines('handed out:', event.note));
  return lines;
}

/** What a pass came to, in one line. */
export function passLine(result: PassResult): string {
  const { origin, read, size, nextIndex, events } = result;
  const matches = events.filter(({ kind }) => kind === 'statement').length;
  const alarms = events.filter(({ severity }) => severity === 'alarm').length;
  const rest = nextIndex < size ? `, ${size - nextIndex} still to read` : '';
  return `${escapeTerminal(origin)}: ${size} entries, ${read} read${rest}; ${matches} watched, ${alarms} alarms`;
}

function noteLines(title: string, note: string): string[] {
  const lines = escapeLines(note);
  const more = lines.length > maxNoteLines ? [`(${lines.length - maxNoteLines} more lines)`] : [];
  return [`    ${title}`, ...[...lines.slice(0, maxNoteLines), ...more].map((line) => `        ${line}`)];
}
