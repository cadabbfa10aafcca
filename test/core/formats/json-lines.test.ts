import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isTrustError } from '../../../core/errors.ts';
import { parseJson } from '../../../core/formats/json-lines.ts';
import { isList, JsonObject, type JsonValue } from '../../../core/formats/json-value.ts';
import { expectCode } from '../../support/matchers.ts';

/** As JSON.parse would give it. */
function plain(value: JsonValue): unknown {
  if (isList(value)) return value.map(plain);
  if (!(value instanceof JsonObject)) return value;
  const object: object = {};
  for (const [key, member] of value.members) {
    Object.defineProperty(object, key, {
      value: plain(member),
      enumerable: true,
      writable: true,
      configurable: true,
    });
  }
  return object;
}

function attempt(read: () => unknown): { readonly value?: unknown; readonly error?: unknown } {
  try {
    return { value: read() };
  } catch (error) {
    return { error };
  }
}

describe('the JSON reader', () => {
  it('reads every JSON text as JSON.parse does', () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 6 }), fc.constantFrom(undefined, 1, '\t'), (value, indent) => {
        const text = JSON.stringify(value, null, indent);
        expect(plain(parseJson(text))).toStrictEqual(JSON.parse(text));
      }),
      { numRuns: 500 },
    );
  });

  it('accepts what JSON.parse accepts and refuses what it refuses, after any edit of a text', () => {
    const edits = fc.tuple(
      fc.jsonValue({ maxDepth: 4 }),
      fc.nat(),
      fc.nat(3),
      fc.constantFrom(
        '',
        ',',
        '"',
        '\\',
        '{',
        '}',
        '[',
        ']',
        ':',
        '0',
        '-',
        '1e',
        '.',
        'null',
        ' ',
        '\n',
        '\t',
        'ü',
        '\\u00e',
      ),
    );
    fc.assert(
      fc.property(edits, ([value, position, removed, inserted]) => {
        const text = JSON.stringify(value);
        const at = position % (text.length + 1);
        const edited = text.slice(0, at) + inserted + text.slice(at + removed);
        const ours = attempt(() => plain(parseJson(edited)));
        const theirs = attempt(() => JSON.parse(edited) as unknown);
        if (isTrustError(ours.error) && ours.error.message.includes('occurs twice')) return;
        expect(ours.error === undefined, edited).toBe(theirs.error === undefined);
        if (ours.error === undefined) expect(ours.value).toStrictEqual(theirs.value);
        else expect(isTrustError(ours.error, 'lockfile-invalid')).toBe(true);
      }),
      { numRuns: 2000 },
    );
  });

  it('knows the line of every object, also with CRLF', () => {
    const value = parseJson('{\r\n  "a": 1,\r\n  "b": [\r\n    {},\r\n    { "c": {} }\r\n  ]\r\n}');
    const [first, second] = (value as JsonObject).objects('b');
    expect([(value as JsonObject).line, first?.line, second?.line, second?.object('c')?.line]).toEqual([
      1, 4, 5, 5,
    ]);
  });

  it.each([
    ['{\n "a": 1\n "b": 2 }', 3, 'a comma or a closing brace'],
    ['{\n\n "a" 1 }', 3, 'a colon'],
    ['{ "a": tru }', 1, 'a value'],
    ['{ "a": 1, }', 1, 'a key in double quotes'],
    ['[1,\n2,\n', 3, 'the end of the file'],
    ['"a\nb"', 1, 'control character'],
    ['{"a": "b', 1, 'does not end'],
    ['{} {}', 1, 'nothing more'],
    ['["\\x"]', 1, 'escape'],
  ])('says in which line %j is broken', async (text, line, reason) => {
    const error = await expectCode('lockfile-invalid', () => parseJson(text));
    expect(error.message).toContain(`line ${line}:`);
    expect(error.message).toContain(reason);
  });

  it('refuses a key that occurs twice in one object, also in two spellings', async () => {
    const error = await expectCode('lockfile-invalid', () => parseJson('{\n"a": 1,\n"\\u0061": 2}'));
    expect(error.message).toBe('line 3: the key "a" occurs twice in one object');
    expect(error.help).toContain('Other tools may take the first');
  });

  it('allows the same key in two objects', () => {
    expect(plain(parseJson('[{"a": 1}, {"a": {"a": 2}}]'))).toEqual([{ a: 1 }, { a: { a: 2 } }]);
  });

  it('takes __proto__ and constructor for keys like any other', () => {
    const value = parseJson('{"__proto__": {"polluted": true}, "constructor": 1}') as JsonObject;
    expect([...value.members.keys()]).toEqual(['__proto__', 'constructor']);
    expect(({} as { polluted?: boolean }).polluted).toBeUndefined();
  });

  it('refuses nesting beyond 200 levels, however deep it goes, and takes 200', async () => {
    const nested = (depth: number): string => '['.repeat(depth) + ']'.repeat(depth);
    expect(isList(parseJson(nested(200)))).toBe(true);
    await expectCode('lockfile-too-large', () => parseJson(nested(201)));
    await expectCode('lockfile-too-large', () => parseJson('['.repeat(5_000_000)));
    await expectCode('lockfile-too-large', () => parseJson('{"a":'.repeat(1_000_000)));
  });

  it('refuses more than four million values', async () => {
    await expectCode('lockfile-too-large', () => parseJson(`[${'1,'.repeat(4_000_000)}1]`));
  });
});

describe('accessors of a JSON object', () => {
  const json = parseJson('{\n"t": "x", "n": null, "o": {}, "l": ["a"], "f": true\n}') as JsonObject;

  it('take null for absent', () => {
    expect([json.text('n'), json.object('n'), json.objects('n'), json.texts('n'), json.flag('n')]).toEqual([
      undefined,
      undefined,
      [],
      [],
      false,
    ]);
  });

  it('refuse a value of another type, naming key and line', async () => {
    const error = await expectCode('lockfile-invalid', () => json.text('l'));
    expect(error.message).toBe('line 1: "l" must be a text');
    await expectCode('lockfile-invalid', () => json.object('t'));
    await expectCode('lockfile-invalid', () => json.objects('l'));
    await expectCode('lockfile-invalid', () => json.texts('o'));
  });
});
