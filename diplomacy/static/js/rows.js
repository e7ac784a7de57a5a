// Adds and removes the rows of a formset. Without it, rows carry a "Remove" checkbox and "Add another" saves the page.
(() => {
  const total = (rows) => rows.querySelector(`input[name="${rows.dataset.rows}-TOTAL_FORMS"]`);
  const shown = (rows) => [...rows.querySelectorAll(":scope > [data-row]:not([hidden])")];

  const renumber = (rows) => {
    shown(rows).forEach((row, index) => {
      row.querySelector("[data-row-number]").textContent = index + 1;
    });
    const most = Number(rows.dataset.most || 1000);
    rows.querySelector("[data-row-add]").hidden = shown(rows).length >= most;
  };

  const remove = (rows, row) => {
    const list = shown(rows);
    const place = list.indexOf(row);
    row.querySelector("input[name$='-DELETE']").checked = true;
    row.hidden = true;
    // A hidden required field would stop the browser from sending.
    for (const field of row.querySelectorAll("[required]")) field.required = false;
    renumber(rows);
    const next = list[place + 1] || list[place - 1];
    (next?.querySelector("[data-row-remove] button") || rows.querySelector("[data-row-add]")).focus();
  };

  const dress = (rows, row) => {
    const box = row.querySelector("[data-row-remove]");
    if (!box || box.querySelector("button")) return;
    const button = document.createElement("button");
    button.type = "button";
    button.className = "button-link";
    button.textContent = box.querySelector("label").textContent;
    button.addEventListener("click", () => remove(rows, row));
    for (const part of box.children) part.hidden = true;
    box.append(button);
    if (box.querySelector("input").checked) remove(rows, row);
  };

  // The design system makes these only when a page opens, and counts into them for ever after.
  const dressCounter = (field) => {
    field.querySelector(".usa-character-count__message").classList.add("usa-sr-only");
    for (const name of ["usa-character-count__status usa-hint", "usa-character-count__sr-status usa-sr-only"]) {
      const message = document.createElement("div");
      message.className = name;
      if (name.includes("sr-only")) message.ariaLive = "polite";
      else message.ariaHidden = "true";
      field.append(message);
    }
    field.querySelector(".usa-character-count__status").textContent = `${field.dataset.maxlength} characters allowed`;
    field.querySelector(".usa-character-count__field").removeAttribute("maxlength");
  };

  const add = (rows) => {
    const count = total(rows);
    const html = rows.querySelector("[data-row-template]").innerHTML.replaceAll("__prefix__", count.value);
    const holder = document.createElement("template");
    holder.innerHTML = html;
    const row = holder.content.firstElementChild;
    rows.insertBefore(row, rows.querySelector("[data-row-template]"));
    count.value = Number(count.value) + 1;
    dress(rows, row);
    renumber(rows);
    for (const field of row.querySelectorAll(".usa-character-count")) dressCounter(field);
    document.dispatchEvent(new CustomEvent("rows:added", { detail: row }));
    row.querySelector("input:not([type=hidden]), select, textarea")?.focus();
  };

  document.addEventListener("DOMContentLoaded", () => {
    for (const rows of document.querySelectorAll("[data-rows]")) {
      for (const row of shown(rows)) dress(rows, row);
      renumber(rows);
      rows.querySelector("[data-row-add]").addEventListener("click", (event) => {
        event.preventDefault();
        add(rows);
      });
    }
  });
})();
