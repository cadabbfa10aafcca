// The part of the sign partial that signs in the browser: key from a file or pasted, passphrase, the text as it is shown.
//
// The inputs for key and passphrase have no name and stand in no form, so nothing can send them. What is sent is what the
// form beside them shows: the signed document and the public certificate, put there before it is submitted.

import { isTrustError } from '../../core/errors.ts';
import type { Identity } from '../../core/identity.ts';
import type * as Signer from './openpgp-signer.ts';
import { say, sayError } from './say.ts';

type HeldKey = Signer.HeldKey;

/** Largest key file that is read: far more than any private key with its user ids. */
const maxKeyBytes = 256 * 1024;

/** The cryptography is large, so it is loaded when a key is chosen. */
const loadSigner = (): Promise<typeof Signer> => import('./openpgp-signer.ts');

interface Parts {
  readonly file: HTMLInputElement;
  readonly pasted: HTMLTextAreaElement;
  readonly passphrase: HTMLInputElement;
  readonly button: HTMLButtonElement;
  readonly facts: HTMLElement;
  readonly status: HTMLElement;
  readonly text: HTMLElement;
  readonly form: HTMLFormElement;
}

/** The element with this id; throws when the page lacks it. */
function byId<Kind extends HTMLElement>(id: string, kind: new () => Kind): Kind {
  const element = document.getElementById(id);
  if (element instanceof kind) return element;
  throw new Error(`The page has no #${id}`);
}

function setUpSigning(section: HTMLElement): void {
  const parts: Parts = {
    file: byId('key-file', HTMLInputElement),
    pasted: byId('key-text', HTMLTextAreaElement),
    passphrase: byId('key-passphrase', HTMLInputElement),
    button: byId('sign-now', HTMLButtonElement),
    facts: byId('key-facts', HTMLElement),
    status: byId('sign-status', HTMLElement),
    text: byId('text-to-sign', HTMLElement),
    form: byId('publish-form', HTMLFormElement),
  };
  const author = section.dataset['author'] as Identity | undefined;
  let key: HeldKey | undefined;

  const take = async (material: string | Uint8Array): Promise<void> => {
    key = undefined;
    try {
      const { chooseKey, readHeldKeys } = await loadSigner();
      key = chooseKey(await readHeldKeys(material), author);
      parts.passphrase.disabled = key?.locked === false;
      showKey(parts.facts, key, author);
    } catch (error) {
      sayError(parts.facts, error);
    }
    parts.button.disabled = key === undefined || (author !== undefined && key.identity !== author);
  };
  const takeFile = async (): Promise<void> => {
    const [chosen] = parts.file.files ?? [];
    if (chosen === undefined) return;
    parts.pasted.value = '';
    if (chosen.size > maxKeyBytes) say(parts.facts, 'bad', 'This file is too large to be a key.');
    else await take(new Uint8Array(await chosen.arrayBuffer()));
  };
  const takePasted = async (): Promise<void> => {
    if (parts.pasted.value.trim() === '') return;
    parts.file.value = '';
    await take(parts.pasted.value);
  };
  parts.file.addEventListener('change', () => void takeFile());
  parts.pasted.addEventListener('input', () => void takePasted());
  const start = (): void => {
    if (key !== undefined && !parts.button.disabled) void signAndSubmit(parts, key, section);
  };
  parts.button.addEventListener('click', start);
  parts.passphrase.addEventListener('keydown', (event) => {
    if (event.key === 'Enter') start();
  });
  section.hidden = false;
}

async function signAndSubmit(parts: Parts, key: HeldKey, section: HTMLElement): Promise<void> {
  const { form, status, button, passphrase } = parts;
  button.disabled = true;
  say(status, 'plain', 'Signing…');
  try {
    const { signWith } = await loadSigner();
    const kind = section.dataset['kind'] === 'text' ? 'text' : 'statement';
    const text = parts.text.textContent;
    const signed = await signWith(key, passphrase.value, { kind, text }, new Date());
    fill(form, 'document', signed.document);
    fill(form, 'certificate', signed.certificate);
    passphrase.value = '';
    parts.pasted.value = '';
    say(status, 'good', 'Signed. Publishing…');
    form.requestSubmit();
  } catch (error) {
    sayError(status, error);
    if (isTrustError(error, 'signer-failed')) passphrase.focus();
    button.disabled = false;
  }
}

function fill(form: HTMLFormElement, name: string, value: string): void {
  const field = form.elements.namedItem(name);
  if (field instanceof HTMLTextAreaElement) field.value = value;
}

/** Says whose key it is, and plainly when it is not the author's. */
function showKey(place: HTMLElement, key: HeldKey | undefined, author: Identity | undefined): void {
  if (key === undefined) return;
  const name = key.userIds[0] ?? 'a key without a name';
  const fingerprint = key.identity.slice('openpgp:'.length).replaceAll(/(.{4})(?=.)/g, '$1 ');
  if (author === undefined || key.identity === author) {
    const unlock = key.locked ? ' Enter its passphrase.' : ' It has no passphrase.';
    say(place, 'good', `${name}, ${fingerprint}.${unlock}`);
  } else {
    say(
      place,
      'bad',
      `This is another key than the text names as its author. The key is ${fingerprint} (${name}). ` +
        'Choose the author’s key, or go back and write the text for this one.',
    );
  }
}

const section = document.getElementById('sign-here');
if (section !== null) setUpSigning(section);
