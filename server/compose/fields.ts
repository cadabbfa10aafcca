// The fields of a form that composes a statement: flat names that follow the statement's own paths (`issues-0-id` is
// `issues[0].id`), so that what its schema complains about finds its field. Groups repeat by their number, without scripts.
//
// Only names that the form knows are kept, so that a draft holds nothing else.

import type { FormFields } from '../middleware/form.ts';

/** Name and value of everything that was filled in, valid or not. */
export type Fields = Readonly<Record<string, string>>;

/** A part of the form that can be there several times. */
export interface FieldGroup {
  readonly name: string;
  /** Fields of one item. */
  readonly fields: readonly string[];
  /** Those of them that make an item count: one with none of these filled in is left out. */
  readonly content: readonly string[];
}

export interface FieldNames {
  readonly single: readonly string[];
  readonly groups: readonly FieldGroup[];
}

/** Most items of one group that a form takes. */
const maxItems = 50;
/** Longest value of one field; the signed text is bounded anyway. */
const maxLength = 64 * 1024;

/** The known fields of a form; a field that came several times counts once. */
export function readFields(form: FormFields, names: FieldNames): Fields {
  const kept: Record<string, string> = {};
  for (const [name, value] of Object.entries(form)) {
    const text = (typeof value === 'string' ? value : (value[0] ?? '')).slice(0, maxLength);
    if (text !== '' && isKnown(name, names)) kept[name] = text;
  }
  return kept;
}

/** How many items of a group to show. */
export function itemCount(fields: Fields, { name }: FieldGroup): number {
  const shown = Number(fields[`${name}-count`] ?? 0);
  const filled = Object.keys(fields).map((field) => Number(itemOf(field, name) ?? -1) + 1);
  return Math.min(maxItems, Math.max(Number.isSafeInteger(shown) ? shown : 0, ...filled, 0));
}

/** One item of a group more, at the end. */
export function addItem(fields: Fields, group: FieldGroup): Fields {
  const count = Math.min(maxItems, itemCount(fields, group) + 1);
  return { ...fields, [`${group.name}-count`]: String(count) };
}

/** The fields without one item of a group; those behind it move up. */
export function removeItem(fields: Fields, group: FieldGroup, removed: number): Fields {
  const items = itemsOf(fields, group).filter((_item, position) => position !== removed);
  return withItems(fields, group, items);
}

/** The fields without items in which nothing that counts is filled in. */
export function withoutEmptyItems(fields: Fields, groups: readonly FieldGroup[]): Fields {
  return groups.reduce<Fields>((all, group) => {
    const filled = itemsOf(all, group).filter((item) =>
      group.content.some((field) => (item[field] ?? '').trim() !== ''),
    );
    return withItems(all, group, filled);
  }, fields);
}

/** The items of a group, each with its own field names. */
export function itemsOf(fields: Fields, group: FieldGroup): Fields[] {
  return Array.from({ length: itemCount(fields, group) }, (_none, position) =>
    Object.fromEntries(
      group.fields.flatMap((field) => {
        const value = fields[`${group.name}-${position}-${field}`];
        return value === undefined ? [] : [[field, value]];
      }),
    ),
  );
}

/** The lines of a text that are not empty. */
export function linesOf(text: string | undefined): string[] {
  return (text ?? '')
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '');
}

function withItems(fields: Fields, group: FieldGroup, items: readonly Fields[]): Fields {
  const others = Object.entries(fields).filter(
    ([name]) => itemOf(name, group.name) === undefined && name !== `${group.name}-count`,
  );
  const numbered = items.flatMap((item, position) =>
    Object.entries(item).map(([field, value]) => [`${group.name}-${position}-${field}`, value]),
  );
  const count = items.length === 0 ? [] : [[`${group.name}-count`, String(items.length)]];
  return Object.fromEntries([...others, ...numbered, ...count]) as Fields;
}

function isKnown(name: string, { single, groups }: FieldNames): boolean {
  if (single.includes(name)) return true;
  return groups.some((group) => {
    if (name === `${group.name}-count`) return true;
    const position = itemOf(name, group.name);
    if (position === undefined || Number(position) >= maxItems) return false;
    return group.fields.includes(name.slice(`${group.name}-${position}-`.length));
  });
}

/** The number in the name of a group's field. */
function itemOf(name: string, group: string): string | undefined {
  if (!name.startsWith(`${group}-`)) return undefined;
  return /^(0|[1-9]\d?)-/.exec(name.slice(group.length + 1))?.[1];
}
