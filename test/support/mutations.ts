// Texts that a hostile hand makes of a real lockfile: cut off anywhere, characters replaced, lines doubled, removed or
// exchanged, the file's own words put where they do not belong.

import fc from 'fast-check';

const scraps = [
  '{',
  '}',
  '[',
  ']',
  '"',
  "'",
  ':',
  ',',
  '\n',
  '  ',
  '#',
  '\\',
  '&a',
  '*a',
  '__proto__',
  '\u202e',
  '\u001b',
  '1e999',
  '---\n',
  '@',
  '=',
  '(',
  ')',
];

/** An arbitrary of broken versions of a text; shrinks to small changes. */
export function mutationsOf(text: string): fc.Arbitrary<string> {
  const at = fc.nat({ max: text.length });
  const lines = text.split('\n');
  const line = fc.nat({ max: lines.length - 1 });
  const cut = at.map((end) => text.slice(0, end));
  const tail = at.map((start) => text.slice(start));
  const insert = fc
    .tuple(at, fc.oneof(fc.constantFrom(...scraps), fc.string({ unit: 'binary', maxLength: 4 })))
    .map(([position, scrap]) => text.slice(0, position) + scrap + text.slice(position));
  const replace = fc
    .tuple(at, fc.nat({ max: 20 }), fc.constantFrom(...scraps))
    .map(([position, length, scrap]) => text.slice(0, position) + scrap + text.slice(position + length));
  const move = fc.tuple(line, line).map(([from, to]) => {
    const moved = [...lines];
    moved.splice(to, 0, ...moved.splice(from, 1));
    return moved.join('\n');
  });
  const twice = line.map((index) => [...lines.slice(0, index + 1), ...lines.slice(index)].join('\n'));
  const without = line.map((index) => lines.filter((_, other) => other !== index).join('\n'));
  return fc.oneof(cut, tail, insert, replace, move, twice, without);
}
