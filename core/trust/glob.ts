// Wildcards over the parts of a purl: `*` stands for any run of characters but `/`, `**` for any run at all.
//
// Matching walks all positions of the pattern side by side (a nondeterministic automaton, Thompson 1968), so its time is
// at most the length of the text times the length of the pattern, whatever either of them holds.

const star = -1;
const doubleStar = -2;

/** A compiled pattern; `exact` when it has no wildcard. */
export interface Glob {
  readonly text: string;
  readonly exact: boolean;
  /** What stands before the first wildcard. */
  readonly prefix: string;
  /** What follows, as character codes and wildcards. */
  readonly tokens: readonly number[];
}

/** Compiles a pattern in which every `*` is a wildcard; three or more in a row are two. */
export function compileGlob(text: string): Glob {
  const first = text.indexOf('*');
  if (first === -1) return { text, exact: true, prefix: text, tokens: [] };
  const tokens: number[] = [];
  for (const part of text.slice(first).match(/\*+|[^*]/gsu) ?? []) {
    if (part === '*') tokens.push(star);
    else if (part.startsWith('*')) tokens.push(doubleStar);
    else for (let i = 0; i < part.length; i++) tokens.push(part.charCodeAt(i));
  }
  return { text, exact: false, prefix: text.slice(0, first), tokens };
}

/** Whether the whole text matches; time is bounded by the product of both lengths. */
export function matchesGlob(glob: Glob, text: string): boolean {
  if (glob.exact) return glob.text === text;
  if (!text.startsWith(glob.prefix)) return false;
  const { tokens } = glob;
  let states = new Uint8Array(tokens.length + 1);
  let following = new Uint8Array(tokens.length + 1);
  enter(states, tokens, 0);
  for (let i = glob.prefix.length; i < text.length; i++) {
    const code = text.charCodeAt(i);
    let alive = false;
    for (let state = 0; state < tokens.length; state++) {
      if (states[state] === 0) continue;
      const token = tokens[state];
      const stays = token === doubleStar || (token === star && code !== 47);
      if (stays || token === code) {
        enter(following, tokens, stays ? state : state + 1);
        alive = true;
      }
    }
    if (!alive) return false;
    [states, following] = [following, states];
    following.fill(0);
  }
  return states[tokens.length] === 1;
}

/** Marks a state, and those after it that wildcards reach without reading anything. */
function enter(states: Uint8Array, tokens: readonly number[], state: number): void {
  for (let at = state; states[at] === 0; at++) {
    states[at] = 1;
    if ((tokens[at] ?? 0) >= 0) return;
  }
}
