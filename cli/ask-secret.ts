// Asking for a passphrase on the terminal without showing what is typed.

import type { ReadStream } from 'node:tty';
import { TrustError } from '../core/errors.ts';

const limit = 4096;

/**
 * The line that the person types, without its end. Undefined when `input` is no terminal. Throws usage when the person
 * presses Ctrl-C or Ctrl-D, or types more than 4,096 characters.
 */
export async function askSecret(
  input: ReadStream,
  output: NodeJS.WritableStream,
  question: string,
): Promise<string | undefined> {
  if (!input.isTTY) return undefined;
  output.write(question);
  input.setRawMode(true);
  input.resume();
  input.setEncoding('utf8');
  try {
    return await typedLine(input);
  } finally {
    input.setRawMode(false);
    input.pause();
    output.write('\n');
  }
}

function typedLine(input: ReadStream): Promise<string> {
  return new Promise((resolve, reject) => {
    let typed = '';
    const stop = (): void => {
      input.off('data', onData);
    };
    const onData = (chunk: Buffer | string): void => {
      for (const character of String(chunk)) {
        if (character === '\r' || character === '\n') {
          stop();
          resolve(typed);
          return;
        }
        // Ctrl-C and Ctrl-D arrive as characters in raw mode.
        if (character === '\u0003' || character === '\u0004' || typed.length > limit) {
          stop();
          reject(new TrustError('usage', 'No passphrase was given.'));
          return;
        }
        if (character === '\u007f' || character === '\b') typed = typed.replace(/.$/su, '');
        else typed += character;
      }
    };
    input.on('data', onData);
  });
}
