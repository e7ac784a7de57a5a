// Passkeys: allauth's script speaks with the browser. This one ties it to our pages, and says in words what went wrong.
(() => {
  const WORDS = {
    NotAllowedError: "No passkey was used: it was cancelled, or took too long. Try again.",
    InvalidStateError: "This device has a passkey for your account already.",
    SecurityError: "Passkeys do not work at this address. Open the address that your office was given.",
  };
  const BUTTONS = { loginForm: "login", signupForm: "signup", authenticateForm: "authenticate" };

  const say = (text) => {
    for (const line of document.querySelectorAll("[data-passkey-words]")) line.textContent = text;
  };

  const connect = (form) => {
    const kind = form.dataset.passkey;
    const ids = { credential: form.querySelector("[name='credential']").id, data: form.dataset.passkeyData };
    ids[BUTTONS[kind]] = form.querySelector("[data-passkey-button]").id;
    form.hidden = false;
    for (const line of form.querySelectorAll("[data-passkey-missing]")) line.hidden = true;
    window.allauth.webauthn.forms[kind]({ ids });
    form.querySelector("[data-passkey-button]").addEventListener("click", () => say(""));
  };

  document.addEventListener("allauth.error", (event) => {
    event.preventDefault();
    say(WORDS[event.detail.exception.name] || "That did not work. Load the page again and try once more.");
  });

  document.addEventListener("DOMContentLoaded", () => {
    for (const form of document.querySelectorAll("form[data-passkey]")) {
      if (window.PublicKeyCredential) connect(form);
    }
  });
})();
