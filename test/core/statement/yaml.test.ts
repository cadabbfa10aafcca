import { FAILSAFE_SCHEMA, load } from 'js-yaml';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { isTrustError } from '../../../core/errors.ts';
import { maxYamlDepth, maxYamlNodes, parseYaml } from '../../../core/statement/yaml.ts';
import { expectCode } from '../../support/matchers.ts';
import { text } from './arbitraries.ts';

describe('what is read', () => {
  test('every scalar is a text', () => {
    expect(parseYaml('a: 1\nb: true\nc: null\nd: 2026-01-01\ne:\nf: ~\ng: 0x10')).toEqual({
      a: '1',
      b: 'true',
      c: 'null',
      d: '2026-01-01',
      e: '',
      f: '~',
      g: '0x10',
    });
  });

  test('JSON is YAML, and gives the same data', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.stringMatching(/^[a-z]{1,8}$/), fc.array(text)), (data) => {
        for (const json of [JSON.stringify(data), JSON.stringify(data, null, 2)]) {
          expect(parseYaml(json)).toEqual(data);
        }
      }),
    );
  });

  test('a leading document marker and comments are let through', () => {
    expect(parseYaml('---\n# note\na: b # note')).toEqual({ a: 'b' });
  });

  test('signs that only look like anchors, aliases and tags stay text', () => {
    expect(
      parseYaml(
        'a: "&x *y !z"\nb: |\n  &x *y\n  !z\nc: a &x *y !z\nd: \'<<\'\ne: [x*y, x&y]\nf: >-\n  *x\n  <<: y',
      ),
    ).toEqual({
      a: '&x *y !z',
      b: '&x *y\n!z\n',
      c: 'a &x *y !z',
      d: '<<',
      e: ['x*y', 'x&y'],
      f: '*x <<: y',
    });
  });
});

describe('what is refused', () => {
  test.each([
    ['an anchor', 'a: &x b'],
    ['an anchor on a mapping', 'a: &x\n  b: c'],
    ['an anchor on a key', '&x a: b'],
    ['an anchor in a flow list', 'a: [&x b]'],
    ['an alias', 'a: &x b\nc: *x'],
    ['an alias to nothing', 'a: *x'],
    ['an alias as key', '*x : b'],
    ['a tag', 'a: !!str b'],
    ['a local tag', 'a: !x b'],
    ['a verbatim tag', 'a: !<tag:example.org,2026:x> b'],
    ['a non-specific tag', 'a: ! b'],
    ['a tag on a mapping', '!!map\na: b'],
    ['a tag directive', '%TAG ! tag:example.org,2026:\n---\na: b'],
    ['a version directive', '%YAML 1.2\n---\na: b'],
    ['an unknown directive', '%FOO bar\n---\na: b'],
    ['a comment before the document marker', '# note\n---\na: b'],
    ['a second document', 'a: b\n---\nc: d'],
    ['a document end', 'a: b\n...'],
    ['a merge key', '<<: {a: b}'],
    ['a merge key in quotes', '"<<": b'],
    ['__proto__', '__proto__: {a: b}'],
    ['__proto__ deep inside', 'a: [{"__proto__": b}]'],
    ['__proto__ by an escape', '"\\x5f_proto__": b'],
    ['a duplicate key', 'a: b\na: c'],
    ['a duplicate key in another style', 'a: b\n"a": c'],
    ['a mapping as key', '? {a: b}\n: c'],
    ['a list as key', '[a]: b'],
  ])('%s', async (_, yaml) => {
    await expectCode('yaml-forbidden-construct', () => parseYaml(yaml));
  });

  test.each([
    ['nothing', ''],
    ['only a comment', '# note'],
    ['an unclosed list', 'a: [b'],
    ['bad indentation', 'a:\n  b: c\n d: e'],
    ['an unclosed quote', 'a: "b'],
    ['an undeclared tag handle', 'a: !x!y b'],
  ])('%s', async (_, yaml) => {
    const error = await expectCode('yaml-invalid', () => parseYaml(yaml));
    expect(error.message).toMatch(/Line \d|empty/);
  });

  test('an escape that makes a forbidden character, with its line', async () => {
    for (const escape of ['\\u202e', '\\0', '\\x7f', '\\N', '\\L', '\\ud800', '\\U000e0041', '\\r']) {
      const error = await expectCode('text-forbidden-character', () => parseYaml(`a: b\nc: "x${escape}"`));
      expect(error.message).toContain('Line 2');
    }
    expect(parseYaml('a: "\\u00e9\\n\\t\\ud83d\\ude00"')).toEqual({ a: 'é\n\t😀' });
  });

  test('the line of the construct is named', async () => {
    const error = await expectCode('yaml-forbidden-construct', () => parseYaml('a: b\nc:\n  d: &x e'));
    expect(error.message).toContain('Line 3');
  });
});

describe('limits', () => {
  test('depth: the last level is read, one more is refused', async () => {
    const flow = (depth: number) => `${'['.repeat(depth - 1)}a${']'.repeat(depth - 1)}`;
    const block = (depth: number) =>
      `${Array.from({ length: depth - 1 }, (_, level) => `${' '.repeat(level)}a:`).join('\n')} b`;
    for (const nested of [flow, block]) {
      expect(parseYaml(nested(maxYamlDepth))).toBeDefined();
      await expectCode('yaml-forbidden-construct', () => parseYaml(nested(maxYamlDepth + 1)));
    }
  });

  test('nodes: a list at the limit is read, one item more is refused', async () => {
    const list = (nodes: number) => `[${'a,'.repeat(nodes - 1)}]`;
    expect(parseYaml(list(maxYamlNodes))).toHaveLength(maxYamlNodes - 1);
    await expectCode('yaml-forbidden-construct', () => parseYaml(list(maxYamlNodes + 1)));
  });
});

test('what is read agrees with the library’s own failsafe reading', () => {
  const pieces = [
    'a',
    'b',
    ': ',
    '\n',
    '  ',
    '- ',
    '[',
    ']',
    '{',
    '}',
    ',',
    '"',
    "'",
    '|',
    '>',
    '#',
    '? ',
    '---\n',
    '%',
  ];
  const document = fc.array(fc.constantFrom(...pieces), { maxLength: 24 });
  fc.assert(
    fc.property(document, (parts) => {
      const yaml = parts.join('');
      let ours;
      try {
        ours = parseYaml(yaml);
      } catch (error) {
        expect(isTrustError(error)).toBe(true);
        return;
      }
      expect(ours).toEqual(load(yaml, { schema: FAILSAFE_SCHEMA }));
    }),
    { numRuns: 5_000 },
  );
});

test('an anchor, alias or tag at any one node of a document is refused, wherever the node stands', async () => {
  const tree = fc.letrec((tie) => ({
    node: fc.oneof(
      { maxDepth: 4 },
      fc.stringMatching(/^[a-z]{0,4}$/),
      fc.array(tie('node'), { maxLength: 3 }),
      fc.dictionary(fc.stringMatching(/^[a-z]{1,4}$/), tie('node'), { maxKeys: 3, noNullPrototype: true }),
    ),
  })).node;
  await fc.assert(
    fc.asyncProperty(
      tree,
      fc.nat(),
      fc.constantFrom('&x ', '!t ', '!!str ', '! ', '!<y> ', '*x'),
      async (value, at, sign) => {
        const clean = flowYaml(value, -1, '');
        expect(parseYaml(clean.yaml)).toEqual(value);
        await expectCode('yaml-forbidden-construct', () =>
          parseYaml(flowYaml(value, at % clean.nodes, sign).yaml),
        );
      },
    ),
    { numRuns: 500 },
  );
});

/** A value as flow YAML, with a sign before the node of the given number; an alias replaces the node. */
function flowYaml(value: unknown, at: number, sign: string): { yaml: string; nodes: number } {
  let nodes = 0;
  const write = (node: unknown): string => {
    const mine = nodes++ === at;
    const written =
      typeof node === 'string'
        ? JSON.stringify(node)
        : Array.isArray(node)
          ? `[${node.map(write).join(', ')}]`
          : `{${Object.entries(node as object)
              .map(([key, child]) => `${write(key)} : ${write(child)}`)
              .join(', ')}}`;
    return !mine ? written : sign === '*x' ? sign : `${sign}${written}`;
  };
  return { yaml: write(value), nodes };
}

test('a random text between quotes or in a block never escapes from it', () => {
  fc.assert(
    fc.property(text, (value) => {
      expect(parseYaml(`a: ${JSON.stringify(value)}\nb: c`)).toEqual({ a: value, b: 'c' });
      expect(parseYaml(`a: '${value.replaceAll("'", "''").replaceAll(/\s+/g, ' ')}'\nb: c`)).toHaveProperty(
        'b',
        'c',
      );
    }),
  );
});

test('hostile YAML of full size is judged fast', () => {
  const size = 60_000;
  const before = performance.now();
  for (const piece of [
    '[',
    '{',
    '- ',
    '? ',
    '[{',
    'a: ',
    '"',
    "'",
    '- - ',
    '{a: [',
    '!a ',
    '&a ',
    '[a, ',
    'a:\n',
    '>\n',
    '|\n',
    '? [',
    '- [',
    '\n ',
  ]) {
    try {
      parseYaml(piece.repeat(size / piece.length));
    } catch (error) {
      expect(isTrustError(error)).toBe(true);
    }
  }
  expect(performance.now() - before).toBeLessThan(5000);
});
