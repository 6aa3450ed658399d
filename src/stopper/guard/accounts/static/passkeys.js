// Makes and shows passkeys on the pages of accounts: by a button, and by autofill where
// a page asks for it. Without this file every page works but for passkeys.

const RENEWED = 240000; // Milliseconds; a challenge is good for five minutes.

const decode = (text) =>
  Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (c) => c.charCodeAt(0));

const encode = (bytes) =>
  btoa(String.fromCharCode(...new Uint8Array(bytes)))
    .replace(/\+/g, "-")
    .replace(/\//g, "_")
    .replace(/=+$/, "");

const listed = (some) => (some || []).map((one) => ({ ...one, id: decode(one.id) }));

const creation = (o) => ({
  ...o,
  challenge: decode(o.challenge),
  user: { ...o.user, id: decode(o.user.id) },
  excludeCredentials: listed(o.excludeCredentials),
});

const request = (o) => ({
  ...o,
  challenge: decode(o.challenge),
  allowCredentials: listed(o.allowCredentials),
});

function shown(credential) {
  const { response } = credential;
  const found = { clientDataJSON: encode(response.clientDataJSON) };

  for (const name of ["attestationObject", "authenticatorData", "signature", "userHandle"]) {
    // An assertion that names no user has null there, and an attestation has functions.
    if (response[name] instanceof ArrayBuffer) found[name] = encode(response[name]);
  }

  if (response.attestationObject) {
    delete found.authenticatorData;
    found.transports = response.getTransports ? response.getTransports() : [];
  }

  return { id: credential.id, rawId: encode(credential.rawId), type: credential.type, response: found };
}

class Refused extends Error {}

async function post(url, body) {
  const answer = await fetch(url, {
    method: "POST",
    headers: { "Content-Type": "application/json", Accept: "application/json" },
    body: JSON.stringify(body),
  });
  const found = await answer.json().catch(() => ({}));

  if (answer.ok) return found;

  for (const name of ["step_up", "login"]) {
    if (found[name]) {
      location.assign(`${found[name]}?next=${encodeURIComponent(location.pathname)}`);
      return new Promise(() => {});
    }
  }

  throw new Refused((found.errors && found.errors[""]) || found.detail || "This did not work.");
}

class Passkey {
  constructor(element) {
    this.element = element;
    this.button = element.querySelector("button");
    this.error = element.querySelector("[role=alert]");
    this.waiting = null;
  }

  start() {
    this.element.hidden = false;
    this.button.addEventListener("click", () => this.ask());

    if ("autofill" in this.element.dataset) this.offer();
  }

  extra() {
    const on = (id) => document.getElementById(id)?.checked === true;
    const label = document.getElementById("passkey-label")?.value;
    const next = this.element.dataset.next || new URLSearchParams(location.search).get("next");
    return { label, next, remember: on("remember"), remember_device: on("remember_device") };
  }

  async get(options, more) {
    if (this.element.dataset.passkey === "create") {
      return navigator.credentials.create({ publicKey: creation(options), ...more });
    }

    return navigator.credentials.get({ publicKey: request(options), ...more });
  }

  async run(more) {
    const { options, send } = this.element.dataset;
    const credential = await this.get(await post(options, {}), more);
    const done = await post(send, { credential: shown(credential), ...this.extra() });
    location.assign(done.next);
  }

  async ask() {
    this.waiting?.abort();
    this.waiting = null;
    this.error.textContent = "";
    this.button.disabled = true;

    try {
      await this.run({});
    } catch (e) {
      this.say(e);
    } finally {
      this.button.disabled = false;
    }
  }

  // Offers passkeys in the list of names that the browser proposes, and waits.
  async offer() {
    const able = window.PublicKeyCredential?.isConditionalMediationAvailable;

    if (!able || !(await able.call(PublicKeyCredential))) return;

    const waiting = new AbortController();
    this.waiting = waiting;
    const renew = setTimeout(() => {
      waiting.abort();
      this.offer();
    }, RENEWED);

    try {
      await this.run({ mediation: "conditional", signal: waiting.signal });
    } catch (e) {
      if (!waiting.signal.aborted) this.say(e);
    } finally {
      clearTimeout(renew);
    }
  }

  say(e) {
    const known = {
      NotAllowedError: "Nothing was shown, or it took too long.",
      InvalidStateError: "This device has a passkey for this account already.",
      SecurityError: "Passkeys do not work at this address.",
    };
    this.error.textContent = e instanceof Refused ? e.message : known[e.name] || "This did not work.";
  }
}

if (window.PublicKeyCredential) {
  for (const element of document.querySelectorAll("[data-passkey]")) new Passkey(element).start();
}
