// The examples of docs/LEDGER-FORMAT.md, computed.

import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { fromHex } from '../../core/bytes.ts';
import { formatCheckpoint } from '../../core/log/checkpoint.ts';
import { formatVerifierKey, makePrivateKey } from '../../core/log/note-key.ts';
import { signNote } from '../../core/log/note-signature.ts';
import { formatNote } from '../../core/log/note.ts';
import { openCheckpoint } from '../../core/log/open-checkpoint.ts';

const page = readFileSync(new URL('../../docs/LEDGER-FORMAT.md', import.meta.url), 'utf8');

describe('docs/LEDGER-FORMAT.md', () => {
  it('shows a checkpoint that the log and the witness of its example keys have signed', async () => {
    const log = await makePrivateKey('ledger.example.org', 'ed25519', new Uint8Array(32).fill(1));
    const witness = await makePrivateKey('witness.example.com/w1', 'cosignature', new Uint8Array(32).fill(2));
    const root = fromHex('5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328');
    const text = formatCheckpoint({ origin: log.key.name, size: 8, root });
    const signatures = [await signNote(log, text, 0), await signNote(witness, text, 1_795_000_000)];
    const note = formatNote({ text, signatures });
    expect(page).toContain(note);
    expect(page).toContain(formatVerifierKey(log.key));
    expect(page).toContain(formatVerifierKey(witness.key));
    const opened = await openCheckpoint(note, [log.key], [witness.key]);
    expect(opened.signatures.map(({ time }) => time)).toEqual([undefined, 1_795_000_000]);
  });
});
