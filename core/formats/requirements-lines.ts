// Logical lines of a requirements file (pip's documentation, "Requirements File Format"): continuations joined, comments gone.

/** A logical line, and where it begins. */
export interface RequirementsLine {
  readonly line: number;
  readonly text: string;
}

/** Every logical line that says something, in order. */
export function requirementsLines(text: string): RequirementsLine[] {
  const lines: RequirementsLine[] = [];
  let parts: string[] = [];
  let start = 1;
  const flush = (): void => {
    const joined = parts.join('').trim();
    if (joined !== '') lines.push({ line: start, text: joined });
    parts = [];
  };
  text.split(/\r\n|\r|\n/).forEach((raw, index) => {
    if (parts.length === 0) start = index + 1;
    const comment = commentStart(raw);
    // A comment ends a continuation, as in pip.
    if (comment === undefined && raw.endsWith('\\')) parts.push(raw.slice(0, -1), ' ');
    else {
      parts.push(comment === undefined ? raw : raw.slice(0, comment));
      flush();
    }
  });
  flush();
  return lines;
}

/** Where a comment begins: at a `#` at the start of the line or behind white space. */
function commentStart(raw: string): number | undefined {
  for (let at = raw.indexOf('#'); at !== -1; at = raw.indexOf('#', at + 1)) {
    if (at === 0 || /\s/.test(raw.charAt(at - 1))) return at;
  }
  return undefined;
}
