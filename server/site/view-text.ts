// How pages write things: fingerprints in groups, times, numbers, the marks of the verdicts. Plain functions of their
// arguments; templates reach them as `locals.text`, and escape what they give.

import * as allMeanings from '../../core/statement/meanings.ts';
import type { VerdictWord } from '../../core/closure/policy.ts';
import { packagePurl, parsePurl } from '../../core/digest/purl.ts';

const marks: Readonly<Record<VerdictWord, string>> = {
  flagged: '!',
  mismatch: '≠',
  insufficient: '◐',
  unreviewed: '?',
  unverifiable: '∅',
  exempt: '–',
  reviewed: '✓',
  local: '⌂',
};

/** The mark beside a verdict's word: shape, never colour alone. */
export function verdictMark(word: VerdictWord): string {
  return marks[word];
}

/** An identity for reading: OpenPGP fingerprints in groups of four, crev ids as they are. */
export function grouped(identity: string): string {
  const [type = '', id = ''] = identity.split(':', 2);
  return type === 'openpgp' ? id.replaceAll(/(.{4})(?=.)/g, '$1 ') : id;
}

/** The last sixteen digits of a fingerprint, or the beginning of a crev id: where the whole stands elsewhere. */
export function shortIdentity(identity: string): string {
  const [type = '', id = ''] = identity.split(':', 2);
  return type === 'openpgp' ? id.slice(-16).replaceAll(/(.{4})(?=.)/g, '$1 ') : `${id.slice(0, 12)}…`;
}

/** What people call somebody: the name or the address that they claim, else a part of their id. Nothing of it is verified. */
export function personLabel(
  identity: string,
  person: { readonly name?: string | undefined; readonly url?: string | undefined } | undefined,
): string {
  return person?.name ?? shortAddress(person?.url) ?? shortIdentity(identity);
}

/** `github.com/somebody` of the address of a repository; undefined when it is no address of the web. */
export function shortAddress(url: string | undefined): string | undefined {
  const link = url === undefined ? undefined : webLink(url);
  if (link === undefined) return undefined;
  const { host, pathname } = new URL(link);
  const first = pathname.split('/')[1] ?? '';
  const text = first === '' ? host : `${host}/${first}`;
  return text.length <= 60 ? text : undefined;
}

/** The beginning of a long hash; the whole has to stand elsewhere on the page. */
export function shortHash(hex: string): string {
  return hex.length <= 16 ? hex : `${hex.slice(0, 12)}…`;
}

/** `22 Nov 2026, 19:00 UTC` of an RFC 3339 time. */
export function date(at: string): string {
  const time = new Date(at);
  if (Number.isNaN(time.getTime())) return at;
  return `${new Intl.DateTimeFormat('en-GB', { dateStyle: 'medium', timeStyle: 'short', timeZone: 'UTC' }).format(time)} UTC`;
}

/** `3 days ago`, `in 2 hours`: the whole time has to stand beside it. */
export function ago(at: string, now: string): string {
  const seconds = (new Date(at).getTime() - new Date(now).getTime()) / 1000;
  const format = new Intl.RelativeTimeFormat('en', { numeric: 'auto' });
  for (const [unit, size] of units) {
    if (Math.abs(seconds) >= size) return format.format(Math.round(seconds / size), unit);
  }
  return 'just now';
}

const units: readonly (readonly [Intl.RelativeTimeFormatUnit, number])[] = [
  ['year', 31_557_600],
  ['month', 2_629_800],
  ['day', 86_400],
  ['hour', 3600],
  ['minute', 60],
];

/** `12,345`. */
export function number(value: number): string {
  return value.toLocaleString('en');
}

/** `1 review`, `12 reviews`. */
export function count(value: number, noun: string, plural = `${noun}s`): string {
  return `${number(value)} ${value === 1 ? noun : plural}`;
}

/**
 * Address of the page of a package or package version: its purl without `pkg:`, qualifiers and subpath. Qualifiers without
 * which the type does not say which package is meant (julia's uuid) stay. Takes canonical purls.
 */
export function packagePath(purl: string): string {
  const bare = purl.slice('pkg:'.length).split(/[?#]/, 1)[0] ?? '';
  const query = purl.includes('?') ? (packagePurl(purl).split('?')[1] ?? '') : '';
  return `/packages/${bare}${query === '' ? '' : `?${query}`}`;
}

/** Address of the page of an identity. */
export function identityPath(identity: string): string {
  return `/identities/${encodeURIComponent(identity)}`;
}

/** Address of the page of a reviewer set, by the key that publishes it and its name. */
export function setPath(owner: string, name: string): string {
  return `/organisations/root/${encodeURIComponent(owner)}/${name}`;
}

/** Address of the page of a statement. */
export function statementPath(id: string): string {
  return `/statements/${id}`;
}

/** What the words of statements mean. */
export const meanings = allMeanings;

/** A purl for reading, with percent-encoding undone: `npm`, `@scope/name`, `1.2.3`. */
export function purlParts(purl: string): { type: string; name: string; version: string } {
  const parts = parsePurl(purl);
  const name = parts.namespace === undefined ? parts.name : `${parts.namespace}/${parts.name}`;
  return { type: parts.type, name, version: parts.version ?? '' };
}

/** The text of an address that may become a link: http or https, and nothing else. Undefined for all others. */
export function webLink(text: string): string | undefined {
  if (!/^https?:\/\//i.test(text) || !URL.canParse(text)) return undefined;
  const url = new URL(text);
  const isPlain = url.username === '' && url.password === '';
  return isPlain && (url.protocol === 'https:' || url.protocol === 'http:') ? url.href : undefined;
}
