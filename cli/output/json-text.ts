// JSON for stdout: the same data, and safe on a terminal too.
//
// JSON.stringify escapes C0 controls and leaves C1, bidirectional and invisible characters as they are. Here they become
// \u escapes, which every reader turns back into what they were.

const acting = /[\p{Cf}\p{Cc}\p{Zl}\p{Zp}\p{Cs}\p{Co}\p{Cn}\p{Default_Ignorable_Code_Point}\u{2800}]/gu;

/** Indented JSON text of plain data. */
export function jsonText(value: unknown): string {
  return safeText(value, 2);
}

/** JSON text of plain data in one line, for JSON lines. */
export function jsonLine(value: unknown): string {
  return safeText(value, 0);
}

function safeText(value: unknown, indent: number): string {
  // JSON.stringify answers undefined for what JSON cannot say, which plain data never is.
  const text = JSON.stringify(value, null, indent) as string | undefined;
  return (text ?? 'null').replace(acting, (character) =>
    character === '\n' ? character : escapeUnits(character),
  );
}

function escapeUnits(character: string): string {
  let escaped = '';
  for (let i = 0; i < character.length; i++) {
    escaped += `\\u${character.charCodeAt(i).toString(16).padStart(4, '0')}`;
  }
  return escaped;
}
