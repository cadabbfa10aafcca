// Reading answers: JSON by a schema of core/api, and lines one by one as they come.

import type { z } from 'zod';
import { excerpt } from '../../core/bytes.ts';
import { TrustError } from '../../core/errors.ts';

/** Longest line of an answer, in UTF-16 units: a document of 1 MiB with every character escaped. */
const maxLine = 8 * 1024 * 1024;

/** What a JSON text holds by a schema; throws server-answer, naming the path that was asked, for anything else. */
export function parseAnswer<Schema extends z.ZodType>(
  schema: Schema,
  text: string,
  path: string,
): z.output<Schema> {
  let why: string;
  try {
    const parsed = schema.safeParse(JSON.parse(text));
    if (parsed.success) return parsed.data;
    const issue = parsed.error.issues[0];
    why = issue === undefined ? 'wrong shape' : `${issue.path.join('.')}: ${issue.message}`;
  } catch (error) {
    why = error instanceof SyntaxError ? 'not JSON' : 'too deep';
  }
  throw new TrustError(
    'server-answer',
    `The answer to /${path.split('?')[0] ?? ''} is not the API's: ${excerpt(why, 300)}`,
    {
      help: 'Is this the address of a trust-ledger, and of a version that this trust-check knows?',
    },
  );
}

/** The lines of chunks of UTF-8, without line feeds and without empty ones. Throws server-answer for what is no text. */
export async function* textLines(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<string> {
  const decoder = new TextDecoder('utf-8', { fatal: true });
  const decode = (chunk: Uint8Array): string => {
    try {
      return decoder.decode(chunk, { stream: true });
    } catch (cause) {
      throw new TrustError('server-answer', 'The answer is not UTF-8.', { cause });
    }
  };
  let parts: string[] = [];
  let length = 0;
  for await (const chunk of chunks) {
    const [first = '', ...more] = decode(chunk).split('\n');
    parts.push(first);
    length += first.length;
    for (const next of more) {
      const line = parts.join('');
      if (line.trim() !== '') yield line;
      parts = [next];
      length = next.length;
    }
    if (length > maxLine) throw new TrustError('server-answer', 'A line of the answer is too long.');
  }
  const rest = parts.join('');
  if (rest.trim() !== '') yield rest;
}
