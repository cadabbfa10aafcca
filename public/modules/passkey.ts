// Passkeys: asks the browser for one, to sign in or to add it, and sends its answer with the form around the button.
//
// Without scripts, or where the browser knows no passkeys, the section stays hidden.

import { browserSupportsWebAuthn, startAuthentication, startRegistration } from '@simplewebauthn/browser';
import { say } from './say.ts';

type SignInOptions = Parameters<typeof startAuthentication>[0]['optionsJSON'];
type NewOptions = Parameters<typeof startRegistration>[0]['optionsJSON'];

async function answer(section: HTMLElement): Promise<unknown> {
  const response = await fetch(section.dataset['options'] ?? '', { headers: { Accept: 'application/json' } });
  if (!response.ok) throw new Error(`The site answered ${response.status}. Load the page again.`);
  const optionsJSON: unknown = await response.json();
  return section.id === 'add-passkey'
    ? startRegistration({ optionsJSON: optionsJSON as NewOptions })
    : startAuthentication({ optionsJSON: optionsJSON as SignInOptions });
}

async function go(section: HTMLElement, form: HTMLFormElement, status: HTMLElement): Promise<void> {
  say(status, 'plain', 'Waiting for the passkey…');
  try {
    const field = form.elements.namedItem('response');
    if (field instanceof HTMLInputElement) field.value = JSON.stringify(await answer(section));
    form.submit();
  } catch (error) {
    const isGivenUp = error instanceof Error && error.name === 'NotAllowedError';
    say(
      status,
      'bad',
      isGivenUp
        ? 'No passkey was used. Try again, or choose another way.'
        : String(error instanceof Error ? error.message : error),
    );
  }
}

for (const section of document.querySelectorAll<HTMLElement>('#by-passkey, #add-passkey')) {
  const form = section.querySelector('form');
  const button = section.querySelector<HTMLButtonElement>('#passkey-go');
  const status = section.querySelector<HTMLElement>('#passkey-status');
  if (form === null || button === null || status === null || !browserSupportsWebAuthn()) continue;
  section.hidden = false;
  button.addEventListener('click', () => void go(section, form, status));
}
