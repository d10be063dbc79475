// Passkeys. A page works without this file, with a password.

const bytes = (text) => Uint8Array.from(atob(text.replace(/-/g, '+').replace(/_/g, '/')), (c) => c.charCodeAt(0));
const text = (buffer) => btoa(String.fromCharCode(...new Uint8Array(buffer))).replace(/\+/g, '-').replace(/\//g, '_').replace(/=+$/, '');
const listed = (keys) => (keys ?? []).map((key) => ({ ...key, id: bytes(key.id) }));

async function post(path, body) {
  const answer = await fetch(path, { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(body ?? {}) });
  if (!answer.headers.get('content-type')?.startsWith('application/json')) throw new Error('not an answer for a script');
  return answer.json();
}

async function use(ask) {
  const key = await navigator.credentials.get({ publicKey: { ...ask, challenge: bytes(ask.challenge), allowCredentials: listed(ask.allowCredentials) } });
  const r = key.response;
  return {
    id: key.id, rawId: text(key.rawId), type: key.type, clientExtensionResults: {}, authenticatorAttachment: key.authenticatorAttachment ?? undefined,
    response: { clientDataJSON: text(r.clientDataJSON), authenticatorData: text(r.authenticatorData), signature: text(r.signature), userHandle: r.userHandle ? text(r.userHandle) : undefined },
  };
}

async function make(ask) {
  const key = await navigator.credentials.create({
    publicKey: { ...ask, challenge: bytes(ask.challenge), user: { ...ask.user, id: bytes(ask.user.id) }, excludeCredentials: listed(ask.excludeCredentials) },
  });
  const r = key.response;
  return {
    id: key.id, rawId: text(key.rawId), type: key.type, clientExtensionResults: {}, authenticatorAttachment: key.authenticatorAttachment ?? undefined,
    response: { clientDataJSON: text(r.clientDataJSON), attestationObject: text(r.attestationObject), transports: r.getTransports?.() ?? [] },
  };
}

// revive brings the buttons within an element to life. done is called instead of going on to the next
// page when the element covers another page.
export function revive(within, done) {
  if (!window.PublicKeyCredential) return;
  for (const part of within.querySelectorAll('[data-passkey]')) {
    part.hidden = false;
    part.closest('.by-passkey')?.removeAttribute('hidden');
    const button = part.querySelector('button');
    const said = part.querySelector('[role=alert]');
    button.addEventListener('click', async () => {
      button.disabled = true;
      said.hidden = true;
      let say = '';
      try {
        const begun = await post(part.dataset.ask);
        if (begun.ask) {
          const end = await post(part.dataset.send, { answer: await (part.dataset.passkey === 'new' ? make : use)(begun.ask) });
          if (end.next && done) return done();
          if (end.next) return location.assign(end.next);
          say = end.say;
        } else if (begun.next) {
          return location.assign(begun.next);
        } else {
          say = begun.say;
        }
      } catch {
        say = ''; // put aside by the reader, or not to be had
      }
      button.disabled = false;
      said.textContent = say || part.dataset.wrong;
      said.hidden = false;
    });
  }
}

revive(document.querySelector('main'));
