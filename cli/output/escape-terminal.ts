// Text from outside, made safe for a terminal and for a CI log: what would act or hide is shown instead.
//
// Names in lockfiles and comments in reviews are an attacker's text. C0 and C1 controls (ESC among them), bidirectional
// overrides, zero-width and other invisible characters, and lone surrogates come out as \u{hex}. Names of packages need no
// marking beyond that: a canonical purl percent-encodes everything outside ASCII. No line that we print may begin with
// `::` or `##[`, which GitHub's runner takes for a command whatever the format.

const acting = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}\p{Co}\p{Cn}\p{Default_Ignorable_Code_Point}\u{2800}]/gu;

/** One line of text: line ends and tabs are shown as escapes too. Takes any string, also with lone surrogates. */
export function escapeTerminal(text: string): string {
  const shown = text.replace(acting, (character) => `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`);
  return shown.replace(/^(\s*)(::|##\[)/u, '$1\\$2');
}

/** Text of several lines, such as a comment: the lines, each escaped, without empty ones at the end. */
export function escapeLines(text: string): string[] {
  return text
    .replace(/\r\n?/g, '\n')
    .trimEnd()
    .split('\n')
    .map((line) => escapeTerminal(line.replaceAll('\t', '  ')));
}
