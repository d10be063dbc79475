// Keeps what somebody writes while they write, so that a browser that is closed half-way loses nothing.
// It does what the button "Keep it and go on later" does; without this file there is the button.

for (const form of document.querySelectorAll('form[data-keep]')) {
  let dirty = false;
  const keep = () => {
    if (!dirty) return;
    dirty = false;
    const body = new URLSearchParams(new FormData(form));
    body.set('do', 'draft');
    // A page that is being left may still send a little; what is longer was sent a moment ago.
    fetch(form.action, { method: 'POST', body, redirect: 'manual', keepalive: String(body).length < 60_000 }).catch(() => { dirty = true; });
  };
  form.addEventListener('input', () => { dirty = true; });
  form.addEventListener('submit', () => { dirty = false; });
  addEventListener('visibilitychange', () => { if (document.visibilityState === 'hidden') keep(); });
  addEventListener('pagehide', keep);
  setInterval(keep, 20_000);
}
