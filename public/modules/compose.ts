// On forms that compose a statement: the live preview of the exact text, and drafts in this browser for those who are not
// signed in. Without scripts there is a button for the preview, and drafts are kept with an account.

import {
  readLocalDraft,
  removeLocalDraft,
  removeSigned,
  writeLocalDraft,
  type LocalDraft,
} from './local-drafts.ts';

const quietMs = 700;
const composePaths = ['/review', '/trust', '/retract', '/source'];

/** What the preview answers: our own server, which knows this shape. */
type PreviewAnswer = { readonly text: string } | { readonly errors: readonly { readonly message: string }[] };

function setUpPreview(form: HTMLFormElement, address: string): void {
  const shown = document.getElementById('preview');
  const state = document.getElementById('preview-state');
  if (shown === null || state === null) return;
  let timer: number | undefined;
  let asked = 0;

  const refresh = async (): Promise<void> => {
    const turn = ++asked;
    try {
      const response = await fetch(address, { method: 'POST', body: fieldsOf(form) });
      const answer = (await response.json()) as PreviewAnswer;
      // A later question may have been answered first.
      if (turn !== asked) return;
      if ('text' in answer) {
        shown.textContent = answer.text;
        shown.hidden = false;
        state.textContent = 'Exactly this, once you go on.';
      } else {
        shown.hidden = true;
        const [first] = answer.errors;
        const others = answer.errors.length - 1;
        const more = others > 0 ? ` And ${others} more.` : '';
        state.textContent = `Not complete yet. ${first?.message ?? ''}${more}`;
      }
    } catch {
      if (turn === asked) state.textContent = 'The preview cannot be shown now. Use the button below.';
    }
  };
  form.addEventListener('input', () => {
    clearTimeout(timer);
    timer = window.setTimeout(() => void refresh(), quietMs);
  });
}

function setUpLocalDrafts(form: HTMLFormElement, place: HTMLElement): void {
  const path = new URL(form.action).pathname;
  const kept = readLocalDraft(localStorage, path);
  if (kept !== undefined && form.dataset['fresh'] === 'yes') offer(place, form, path, kept);
  const note = document.getElementById('local-draft-note');
  if (note !== null) note.hidden = false;
  const keep = (signing: boolean): void => {
    const fields = [...fieldsOf(form)].filter(([, value]) => value !== '');
    writeLocalDraft(localStorage, path, { at: new Date().toISOString(), fields, signing });
  };
  let timer: number | undefined;
  form.addEventListener('input', () => {
    clearTimeout(timer);
    timer = window.setTimeout(() => {
      keep(false);
    }, quietMs);
  });
  form.addEventListener('submit', (event) => {
    clearTimeout(timer);
    keep(event.submitter instanceof HTMLButtonElement && event.submitter.value === 'sign');
  });
}

/** Offers to go on with what was written before. */
function offer(place: HTMLElement, form: HTMLFormElement, path: string, draft: LocalDraft): void {
  const text = document.createElement('p');
  const when = new Date(draft.at);
  text.textContent = `You began to write here on ${when.toLocaleString('en-GB')}, and did not publish it. `;
  const goOn = button('Go on with it', () => {
    sendForEditing(form, draft);
  });
  const discard = button('Discard it', () => {
    removeLocalDraft(localStorage, path);
    place.replaceChildren();
  });
  const note = document.createElement('div');
  note.className = 'note';
  const actions = document.createElement('p');
  actions.append(goOn, ' ', discard);
  note.append(text, actions);
  place.replaceChildren(note);
}

function button(label: string, act: () => void): HTMLButtonElement {
  const made = document.createElement('button');
  made.type = 'button';
  made.textContent = label;
  made.addEventListener('click', act);
  return made;
}

/** The server lays the form out again with these fields, with as many items as they need. */
function sendForEditing(form: HTMLFormElement, draft: LocalDraft): void {
  const copy = document.createElement('form');
  copy.method = 'post';
  copy.action = form.action;
  for (const [name, value] of [...draft.fields, ['do', 'edit'] as const]) {
    const input = document.createElement('input');
    input.type = 'hidden';
    input.name = name;
    input.value = value;
    copy.append(input);
  }
  document.body.append(copy);
  copy.submit();
}

/** The fields of a form that are texts. */
function fieldsOf(form: HTMLFormElement): URLSearchParams {
  const texts = new URLSearchParams();
  for (const [name, value] of new FormData(form)) if (typeof value === 'string') texts.append(name, value);
  return texts;
}

const form = document.querySelector<HTMLFormElement>('form.compose');
if (form !== null) {
  const { preview } = form.dataset;
  if (preview !== undefined) setUpPreview(form, preview);
  const place = document.getElementById('local-draft');
  // With an account the note is not there, and drafts are kept with it.
  if (place !== null && document.getElementById('local-draft-note') !== null) setUpLocalDrafts(form, place);
}
if (document.getElementById('published') !== null) removeSigned(localStorage, composePaths);
