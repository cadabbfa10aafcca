// On every page: copy buttons, the key that leads to the search, and the focus on what a form complains about.
//
// Everything here only adds. Without scripts there are no copy buttons, and all else is the same.

function setUpCopying(): void {
  const live = document.createElement('p');
  live.className = 'unseen';
  live.setAttribute('role', 'status');
  document.body.append(live);
  for (const button of document.querySelectorAll<HTMLButtonElement>('button[data-copy]')) {
    button.hidden = false;
    button.addEventListener('click', () => {
      navigator.clipboard.writeText(button.dataset['copy'] ?? '').then(
        () => {
          live.textContent = 'Copied.';
        },
        () => {
          live.textContent = 'The browser did not let it be copied.';
        },
      );
    });
  }
}

function setUpSearchKey(): void {
  document.addEventListener('keydown', (event) => {
    if (event.key !== '/' || event.ctrlKey || event.metaKey || event.altKey) return;
    const { target } = event;
    if (
      target instanceof HTMLElement &&
      target.closest('input, textarea, select, [contenteditable]') !== null
    )
      return;
    event.preventDefault();
    document.querySelector<HTMLInputElement>('#find')?.focus();
  });
}

/** zod tries whether it may evaluate text as code; the policy of these pages says no, and reports every attempt. */
function tellZod(): void {
  Object.assign(globalThis, { __zod_globalConfig: { jitless: true } });
}

tellZod();
setUpCopying();
setUpSearchKey();
document.querySelector<HTMLElement>('#errors')?.focus();
