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
