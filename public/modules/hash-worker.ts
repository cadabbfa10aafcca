// The thread that hashes an archive, so that the page stays alive meanwhile. It is given a file and answers with digests.

import { digestLines, hashArchive } from './archive-hashes.ts';

export interface HashTask {
  readonly file: File;
  readonly go: boolean;
}

export type HashAnswer =
  | { readonly kind: 'progress'; readonly bytes: number }
  | { readonly kind: 'done'; readonly lines: string; readonly note: string | undefined }
  | { readonly kind: 'failed'; readonly message: string };

function answer(message: HashAnswer): void {
  postMessage(message);
}

async function run({ file, go }: HashTask): Promise<void> {
  try {
    const bytes = new Uint8Array(await file.arrayBuffer());
    const onBytes = (count: number): void => {
      answer({ kind: 'progress', bytes: count });
    };
    const { digests, note } = await hashArchive(bytes, { go, onBytes });
    answer({ kind: 'done', lines: digestLines(digests), note });
  } catch (error) {
    answer({ kind: 'failed', message: error instanceof Error ? error.message : String(error) });
  }
}

addEventListener('message', (event: MessageEvent<HashTask>) => void run(event.data));
