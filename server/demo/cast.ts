// The demo's people: real OpenPGP keys, made once and kept in the demo's folder.
//
// Private keys lie there without a passphrase, readable by their owner only. They are worth nothing: every user id says
// that the person is not real, and nobody but the demo's own policy trusts them.

import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Certificate } from '../../core/statement/verified.ts';
import {
  certificateOfSigner,
  generateKey,
  openSigner,
  type OpenpgpSigner,
} from '../../core/statement/openpgp/sign.ts';
import { people, type Person } from './script.ts';

export interface CastMember {
  readonly signer: OpenpgpSigner;
  readonly certificate: Certificate;
}
export type Cast = Readonly<Record<Person, CastMember>>;

/**
 * The keys in a folder, and new ones for whoever has none yet.
 * @param now creation time of new keys.
 */
export async function loadCast(folder: string, now: Date): Promise<Cast> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const entries = await Promise.all(
    (Object.keys(people) as Person[]).map(
      async (person) => [person, await loadMember(join(folder, `${person}.asc`), person, now)] as const,
    ),
  );
  return Object.fromEntries(entries) as Record<Person, CastMember>;
}

async function loadMember(file: string, person: Person, now: Date): Promise<CastMember> {
  let armored: string;
  try {
    armored = await readFile(file, 'utf8');
  } catch {
    const made = await generateKey({ name: people[person], email: `${person}@demo.example`, date: now });
    armored = made.privateKey;
    await writeFile(file, armored, { mode: 0o600 });
  }
  const signer = await openSigner(armored);
  return { signer, certificate: await certificateOfSigner(signer) };
}
