// Sends a file in pieces, so that one of any size arrives over a line that breaks, and goes on where it
// stopped, also after the page was left. Without this file it goes in one form, if it is small.

const piece = 1 << 20; // what the node keeps whole
const tries = 8;

const pause = (ms) => new Promise((done) => setTimeout(done, ms));

// ask posts to the node and returns what it answers; a refusal is not tried again.
async function ask(path, body) {
  for (let n = 1; ; n++) {
    try {
      const answer = await fetch(path, { method: 'POST', body });
      if (answer.ok) return await answer.text();
      if (answer.status < 500 && answer.status !== 409) return null;
    } catch {
      // The line broke: what was safe is safe.
    }
    if (n === tries) return null;
    await pause(500 * n);
  }
}

// whole sends what the node does not have yet. The node knows a file that stopped by its name and length.
async function whole(form, file, show) {
  const base = form.dataset.pieces;
  const begun = await ask(`${base}/begin`, new URLSearchParams({ name: file.name, size: String(file.size) }));
  if (begun === null) return false;
  const [id, safe] = begun.split(' ');
  let from = Number(safe);
  do {
    const answer = await ask(`${base}/${id}/piece?from=${from}&last=${file.size}`, file.slice(from, from + piece));
    if (answer === null || (Number(answer) <= from && from < file.size)) return false;
    from = Number(answer);
    show(from / file.size);
  } while (from < file.size);
  return true;
}

for (const form of document.querySelectorAll('[data-pieces]')) {
  form.addEventListener('submit', async (event) => {
    const [file] = form.elements.file.files;
    if (!file) return;
    event.preventDefault();
    const bar = document.createElement('progress');
    form.querySelector('[data-progress]').replaceChildren(bar);
    const arrived = await whole(form, file, (part) => { bar.value = part; });
    if (arrived) location.reload();
    else form.querySelector('[data-stopped]').hidden = false;
  });
}
