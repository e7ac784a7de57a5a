// What pages do better with script. Each of them works without.
(() => {
  const closeMenus = (except) => {
    for (const menu of document.querySelectorAll("details[data-menu][open]")) {
      if (menu !== except) menu.open = false;
    }
  };
  document.addEventListener("click", (event) => closeMenus(event.target.closest("details[data-menu]")));
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    const open = document.querySelector("details[data-menu][open]");
    if (open?.contains(document.activeElement)) open.querySelector("summary").focus();
    closeMenus();
  });

  // A link of the error summary moves the focus into the field, and shows a field that a closed panel hides.
  document.addEventListener("click", (event) => {
    const link = event.target.closest("[data-error-summary] a[href^='#']");
    const field = link && document.getElementById(link.hash.slice(1));
    if (!field) return;
    event.preventDefault();
    for (let panel = field.closest("details"); panel; panel = panel.parentElement.closest("details")) panel.open = true;
    field.focus();
    (field.closest(".usa-form-group") || field).scrollIntoView({ block: "start" });
  });

  // On a slow line somebody writes before this script has come: no field is taken from under their hands.
  const isWriting = () => document.activeElement.matches("input, select, textarea");

  const start = (root) => {
    if (root !== document || !isWriting()) root.querySelector("[data-error-summary]")?.focus();
    // A form is sent once: a second press while the first is under way does nothing.
    for (const form of root.querySelectorAll("form[method='post']:not([hx-post])")) {
      form.addEventListener("submit", (event) => {
        if (form.dataset.sent) event.preventDefault();
        form.dataset.sent = "yes";
        setTimeout(() => delete form.dataset.sent, 10_000);
      });
    }
  };
  window.addEventListener("pageshow", () => {
    for (const form of document.querySelectorAll("form[data-sent]")) delete form.dataset.sent;
  });
  document.addEventListener("DOMContentLoaded", () => start(document));
  document.addEventListener("htmx:load", (event) => {
    if (event.detail.elt !== document.body) start(event.detail.elt);
  });
})();
