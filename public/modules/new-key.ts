// The page for a new key: makes it here, has both files saved, and only then lets the public half be published.
//
// Private key and passphrase are in no form. They are forgotten when the page is left.

import type * as Maker from './make-key.ts';
import { say, sayError } from './say.ts';

const loadMaker = (): Promise<typeof Maker> => import('./make-key.ts');

function element<Kind extends HTMLElement>(id: string, kind: new () => Kind): Kind {
  const found = document.getElementById(id);
  if (found instanceof kind) return found;
  throw new Error(`The page has no #${id}`);
}

function setUp(): void {
  const make = element('make-key', HTMLElement);
  const publish = element('publish-key', HTMLFormElement);
  const status = element('make-status', HTMLElement);
  const button = element('make-now', HTMLButtonElement);
  const passphrase = element('new-passphrase', HTMLInputElement);
  const again = element('new-passphrase-again', HTMLInputElement);
  make.hidden = false;

  const start = async (): Promise<void> => {
    button.disabled = true;
    say(status, 'plain', 'Making the key…');
    try {
      const { makeKey, isFingerprintEnd } = await loadMaker();
      const wish = {
        name: element('key-name', HTMLInputElement).value,
        email: element('key-email', HTMLInputElement).value.trim(),
        passphrase: passphrase.value,
        again: again.value,
        years: Number(element('key-lifetime', HTMLSelectElement).value),
      };
      const made = await makeKey(wish, new Date());
      passphrase.value = '';
      again.value = '';
      say(status, 'good', 'The key is made. Save it now.');
      makeSaved(made, publish, isFingerprintEnd);
    } catch (error) {
      sayError(status, error);
      button.disabled = false;
    }
  };
  button.addEventListener('click', () => void start());
}

/** Shows the files to save; publishing opens when both were saved and the fingerprint was typed. */
function makeSaved(
  made: Maker.MadeKey,
  publish: HTMLFormElement,
  isFingerprintEnd: typeof Maker.isFingerprintEnd,
): void {
  const section = element('save-key', HTMLElement);
  const status = element('save-status', HTMLElement);
  const typed = element('typed-fingerprint', HTMLInputElement);
  const submit = publish.querySelector('button');
  const field = publish.elements.namedItem('certificate');
  if (submit === null || !(field instanceof HTMLTextAreaElement)) return;
  const short = made.fingerprint.slice(-8);
  element('new-fingerprint', HTMLElement).textContent = made.fingerprint.replaceAll(/(.{4})(?=.)/g, '$1 ');
  field.value = made.certificate;
  field.readOnly = true;
  submit.disabled = true;
  element('publish-step', HTMLElement).hidden = false;
  element('publish-wait', HTMLElement).hidden = false;
  section.hidden = false;
  element('save-title', HTMLElement).focus();

  const saved = new Set<string>();
  const open = (): void => {
    submit.disabled = saved.size < 2 || !isFingerprintEnd(typed.value, made.fingerprint);
  };
  offerFile('save-private', `private-key-${short}.asc`, made.privateKey, () => {
    saved.add('private');
    tell();
  });
  offerFile('save-revocation', `revocation-${short}.asc`, made.revocation, () => {
    saved.add('revocation');
    tell();
  });
  const tell = (): void => {
    if (saved.size === 2) say(status, 'good', 'Both saved. Look that they are there.');
    else say(status, 'plain', 'One saved. Save the other too.');
    open();
  };
  typed.addEventListener('input', open);
  window.addEventListener('beforeunload', (event) => {
    if (saved.size < 2) event.preventDefault();
  });
}

function offerFile(id: string, name: string, content: string, saved: () => void): void {
  const link = element(id, HTMLAnchorElement);
  link.href = URL.createObjectURL(new Blob([content], { type: 'application/pgp-keys' }));
  link.download = name;
  link.addEventListener('click', saved);
}

setUp();
