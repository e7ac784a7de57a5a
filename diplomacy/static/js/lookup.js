// Turns a text field with data-autocomplete-url, or a long select with data-autocomplete, into one that finds as one types.
(() => {
  const WAIT = 200;

  const partner = (input) => {
    const name = input.dataset.autocompleteInto;
    return name ? input.form.elements[input.name.replace(/[^-]*$/, name)] : null;
  };

  const finder = (url) => {
    let timer;
    let latest = 0;
    return (query, give) => {
      clearTimeout(timer);
      timer = setTimeout(async () => {
        const asked = ++latest;
        const answer = await fetch(url, { headers: { Accept: "application/json", "Search-Words": encodeURIComponent(query) } })
          .then((response) => (response.ok ? response.json() : { results: [] }))
          .catch(() => ({ results: [] }));
        if (asked === latest) give(answer.results);
      }, WAIT);
    };
  };

  const plain = (text) => {
    const span = document.createElement("span");
    span.textContent = text;
    return span.innerHTML;
  };

  const suggestion = (found) => {
    if (typeof found === "string") return plain(found);
    const detail = found.detail ? `<span class="lookup__detail">${plain(found.detail)}</span>` : "";
    return `${plain(found.name)}${detail}`;
  };

  const enhanceText = (input) => {
    const into = partner(input);
    const holder = document.createElement("div");
    holder.className = "lookup";
    input.after(holder);
    const { id, name, value } = input;
    const described = input.getAttribute("aria-describedby");
    const invalid = input.getAttribute("aria-invalid");
    const isRequired = input.required;
    const hadFocus = document.activeElement === input;
    const isBegun = hadFocus && value !== input.defaultValue;
    input.remove();
    accessibleAutocomplete({
      element: holder,
      id,
      name,
      defaultValue: isBegun ? input.defaultValue : value,
      required: isRequired,
      minLength: 2,
      confirmOnBlur: false,
      displayMenu: "overlay", // inline, it would move what is below it away from under a click
      showNoOptionsFound: true,
      tNoResults: () => "Nothing found by that name.",
      source: finder(input.dataset.autocompleteUrl),
      templates: { inputValue: (found) => found?.name ?? found ?? "", suggestion },
      onConfirm: (found) => {
        if (!found || !into) return;
        into.value = found.reference;
        into.dispatchEvent(new Event("change", { bubbles: true }));
      },
    });
    const field = holder.querySelector("input");
    if (invalid) field.setAttribute("aria-invalid", invalid);
    if (described) field.setAttribute("aria-describedby", `${field.getAttribute("aria-describedby") || ""} ${described}`.trim());
    // The chosen record holds only as long as its name stands unchanged.
    field.addEventListener("input", () => { if (into) into.value = ""; });
    if (hadFocus) field.focus();
    if (!isBegun) return;
    // Typed before this script had come, on a slow line.
    field.value = value;
    field.dispatchEvent(new Event("input", { bubbles: true }));
    // What has just come into focus is selected, and the next letter would replace it.
    setTimeout(() => field.setSelectionRange(field.value.length, field.value.length));
  };

  const enhanceSelect = (select) => {
    const holder = document.createElement("div");
    holder.className = "lookup";
    const described = select.getAttribute("aria-describedby");
    const invalid = select.getAttribute("aria-invalid");
    const hadFocus = document.activeElement === select;
    select.before(holder);
    holder.append(select);
    accessibleAutocomplete.enhanceSelectElement({
      selectElement: select,
      defaultValue: select.value ? undefined : "",
      minLength: 1,
      showAllValues: false,
      displayMenu: "overlay",
    });
    const field = holder.querySelector("input");
    if (invalid) field.setAttribute("aria-invalid", invalid);
    if (described) field.setAttribute("aria-describedby", `${field.getAttribute("aria-describedby") || ""} ${described}`.trim());
    if (hadFocus) field.focus();
  };

  const start = (root) => {
    for (const input of root.querySelectorAll("input[data-autocomplete-url]")) enhanceText(input);
    for (const select of root.querySelectorAll("select[data-autocomplete]")) enhanceSelect(select);
  };
  document.addEventListener("DOMContentLoaded", () => start(document));
  document.addEventListener("rows:added", (event) => start(event.detail));
  document.addEventListener("htmx:load", (event) => {
    if (event.detail.elt !== document.body) start(event.detail.elt);
  });
})();
