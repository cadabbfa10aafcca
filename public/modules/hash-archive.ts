// Hashing an archive for a form: the file is read in this browser and never sent; its digests fill a field.

import type { HashAnswer, HashTask } from './hash-worker.ts';
import { say } from './say.ts';

/** Largest archive that is read, as core bounds it. */
const maxBytes = 512 * 1024 * 1024;

/** What Trusted Types ask for before a script may start a thread; browsers without them have none. */
interface PolicyFactory {
  createPolicy(
    name: string,
    rules: { createScriptURL(address: string): string },
  ): { createScriptURL(address: string): string };
}

function startWorker(): Worker {
  const address = new URL('./hash-worker.js', import.meta.url).href;
  const { trustedTypes } = globalThis as { trustedTypes?: PolicyFactory };
  // The only script that the policy lets through is this one.
  workerPolicy ??= trustedTypes?.createPolicy('hash-worker', { createScriptURL: () => address });
  return new Worker(workerPolicy?.createScriptURL(address) ?? address, { type: 'module' });
}

let workerPolicy: ReturnType<PolicyFactory['createPolicy']> | undefined;

function setUpHasher(section: HTMLElement): void {
  const input = section.querySelector<HTMLInputElement>('input[type="file"]');
  const progress = section.querySelector('progress');
  const status = section.querySelector<HTMLElement>('[role="status"]');
  const target = document.getElementById(section.dataset['target'] ?? '');
  const purl = document.getElementById(section.dataset['purl'] ?? '');
  if (input === null || progress === null || status === null) return;
  if (!(target instanceof HTMLTextAreaElement) || !(purl instanceof HTMLInputElement)) return;
  let running: Worker | undefined;

  const finish = (): void => {
    running?.terminate();
    running = undefined;
    progress.hidden = true;
  };
  const take = (message: HashAnswer): void => {
    switch (message.kind) {
      case 'progress':
        say(
          status,
          'plain',
          `Hashing… ${Math.round(message.bytes / 1_048_576)} MiB so far, in all the ways.`,
        );
        return;
      case 'failed':
        finish();
        say(status, 'bad', `The file could not be hashed: ${message.message}`);
        return;
      case 'done': {
        finish();
        target.value = message.lines;
        target.dispatchEvent(new Event('input', { bubbles: true }));
        const count = message.lines.split('\n').length;
        say(
          status,
          message.note === undefined ? 'good' : 'plain',
          message.note ?? `${count} digests computed, and filled in below.`,
        );
      }
    }
  };
  input.addEventListener('change', () => {
    finish();
    const [file] = input.files ?? [];
    if (file === undefined) return;
    if (file.size > maxBytes) {
      say(status, 'bad', 'This file is larger than 512 MiB. trust-check digest can hash it.');
      return;
    }
    say(status, 'plain', 'Hashing…');
    progress.hidden = false;
    running = startWorker();
    running.addEventListener('message', (event: MessageEvent<HashAnswer>) => {
      take(event.data);
    });
    running.addEventListener('error', () => {
      take({ kind: 'failed', message: 'this browser did not start the thread for it.' });
    });
    const task: HashTask = { file, go: purl.value.trim().startsWith('pkg:golang/') };
    running.postMessage(task);
  });
  section.hidden = false;
}

for (const section of document.querySelectorAll<HTMLElement>('.hasher')) setUpHasher(section);
