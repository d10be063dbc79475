// Small comforts. Every page works without this file.

// A form that was sent is not sent twice by a second press.
addEventListener('submit', (event) => {
  const form = event.target;
  if (form.dataset.sent) {
    event.preventDefault();
    return;
  }
  form.dataset.sent = 'yes';
  setTimeout(() => delete form.dataset.sent, 4000);
});

// Coming back to a page from the browser's memory must not leave its forms locked.
addEventListener('pageshow', () => {
  for (const form of document.forms) delete form.dataset.sent;
});

// Printing needs a script, so its button appears only where a script runs.
for (const button of document.querySelectorAll('[data-print]')) {
  button.hidden = false;
  button.addEventListener('click', () => print());
}

// After a refused form the reader, and a screen reader, starts at what has to be mended.
document.querySelector('.mend')?.focus();

// A page that is left alone is covered. What was typed stays beneath, and comes back with its owner.
// Somebody who writes for long without asking the node for anything is at work all the same: the node
// is told now and then, and so are the other pages of this browser.
const wait = Number(document.body.dataset.lock ?? 0) * 1000;
if (wait) {
  const pages = new BroadcastChannel('lock');
  let last = Date.now();
  let told = last;
  let cover = null;
  const seen = () => {
    const now = Date.now();
    if (cover || now - last > wait) return;
    last = now;
    if (now - told < wait / 5) return;
    told = now;
    pages.postMessage('seen');
    fetch('/session/touch', { method: 'POST' }).catch(() => {});
  };
  const lift = () => {
    cover.remove();
    cover = null;
    last = told = Date.now();
    document.documentElement.classList.remove('covered');
  };
  const lock = (first) => {
    if (cover) return;
    cover = document.createElement('div');
    cover.className = 'cover';
    cover.setAttribute('role', 'dialog');
    cover.setAttribute('aria-label', 'Fourfold');
    cover.tabIndex = -1;
    document.documentElement.classList.add('covered');
    document.body.append(cover);
    const fill = () => import(document.body.dataset.cover).then((module) => module.show(cover, () => { lift(); pages.postMessage('open'); }));
    cover.addEventListener('click', () => { if (cover && !cover.hasChildNodes()) fill(); });
    if (first) pages.postMessage('locked');
    (first ? fetch('/locked/now', { method: 'POST', redirect: 'manual' }).catch(() => {}) : Promise.resolve()).then(fill);
  };
  const look = () => { if (Date.now() - last > wait) lock(true); };
  for (const kind of ['keydown', 'pointerdown', 'input']) addEventListener(kind, () => { look(); seen(); }, { capture: true, passive: true });
  for (const kind of ['visibilitychange', 'focus', 'pageshow']) addEventListener(kind, look);
  setInterval(look, 5000);
  pages.onmessage = ({ data }) => {
    if (data === 'seen') last = Date.now();
    if (data === 'locked') lock(false);
    if (data === 'open' && cover) lift();
  };
  document.querySelector('form[action="/locked/now"]')?.addEventListener('submit', (event) => {
    event.preventDefault();
    lock(true);
  });
}
