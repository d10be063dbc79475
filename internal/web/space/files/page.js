// One visit is one line of the history: ways within the page replace it. Without this script every page
// is a line of its own, and each of them shows the first page once somebody has left.
const out = document.getElementById('out');
function leave(event) {
  event?.preventDefault();
  document.body.replaceChildren();
  fetch('/out', {method: 'POST', keepalive: true, redirect: 'manual'}).catch(() => {}).finally(() => location.replace(out.dataset.to));
}
if (out) {
  out.addEventListener('submit', leave);
  addEventListener('keydown', event => { if (event.key === 'Escape') leave(event); });
}
addEventListener('click', event => {
  const way = event.target.closest?.('a[href^="/"]');
  if (way && !event.ctrlKey && !event.metaKey && !event.shiftKey && event.button === 0) {
    event.preventDefault();
    location.replace(way.href);
  }
});
// A page that the browser has kept whole, and not asked for again, is asked for again.
addEventListener('pageshow', event => { if (event.persisted) location.reload(); });
