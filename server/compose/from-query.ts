// Fields that a link fills in: single texts of a query, bounded. Several values of one name are lines.

import type { Fields } from './fields.ts';

/** The texts among these values; what is empty or no text is left out. */
export function fromQuery(values: Readonly<Record<string, unknown>>): Fields {
  return Object.fromEntries(
    Object.entries(values).flatMap(([name, value]) => {
      const texts = (Array.isArray(value) ? value : [value]).filter((one) => typeof one === 'string');
      const text = texts.join('\n').slice(0, 4096);
      return text === '' ? [] : [[name, text]];
    }),
  );
}
