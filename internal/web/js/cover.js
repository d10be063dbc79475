// What stands on the cover of a locked page: the node's own lock page, so that there is one way back
// and not two. The page beneath keeps what was typed.

export async function show(cover, lift) {
  let answer;
  try {
    answer = await fetch('/locked');
  } catch {
    return; // no way to the node: the cover stays, and the next press tries again
  }
  fill(cover, await answer.text(), lift);
}

function fill(cover, html, lift) {
  const page = new DOMParser().parseFromString(html, 'text/html').querySelector('main');
  page.querySelectorAll('script').forEach((script) => script.remove());
  cover.replaceChildren(...page.childNodes);
  cover.querySelector('form[data-unlock]')?.addEventListener('submit', async (event) => {
    event.preventDefault();
    event.stopPropagation();
    const form = event.target;
    const answer = await fetch(form.action, { method: 'POST', body: new URLSearchParams(new FormData(form)), redirect: 'manual' });
    if (answer.type === 'opaqueredirect') lift();
    else fill(cover, await answer.text(), lift);
  });
  (cover.querySelector('.mend') ?? cover.querySelector('input:not([hidden], [type=hidden]), button:not([hidden])') ?? cover).focus();
  const passkeys = document.body.dataset.passkeys;
  if (passkeys && cover.querySelector('[data-passkey]')) import(passkeys).then((module) => module.revive(cover, lift));
}
