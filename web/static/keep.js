// Nothing that somebody typed is lost: until the house has it, this tab keeps a copy and gives it back when the form comes again.
"use strict";

(() => {
  const KEPT = "kept:";
  const person = () => document.body.dataset.person;
  const keyOf = (form) => `${KEPT}${person()}:${form.getAttribute("action") || location.pathname}`;
  const looked = (form) => form.matches("[data-form]") || form.querySelector("textarea") !== null;
  const forms = () => [...document.querySelectorAll("form[method=post]")].filter(looked);

  function typed(form) {
    return [...new FormData(form)].filter(([name, value]) => typeof value === "string" && name !== "form_token" && !name.startsWith("_"));
  }

  function read(key) {
    try {
      return JSON.parse(sessionStorage.getItem(key));
    } catch {
      return null;
    }
  }

  function write(key, entry) {
    try {
      sessionStorage.setItem(key, JSON.stringify(entry));
    } catch {
      // a full store keeps no copy; what stands on the page stays there
    }
  }

  function keys() {
    return Object.keys(sessionStorage).filter((key) => key.startsWith(KEPT));
  }

  // Rows are counted anew by every page: the first kept row is the first row shown.
  function rowsOf(pairs) {
    const found = new Map();
    for (const [name] of pairs) {
      const [, list, number] = name.match(/^(.*?)\[(\d+)\]/) || [];
      if (list) found.set(list, (found.get(list) || new Set()).add(number));
    }
    return found;
  }

  function placeRows(form, pairs) {
    const places = new Map();
    for (const [list, numbers] of rowsOf(pairs)) {
      const shown = () => [...new Set([...form.elements].map((one) => one.name.match(/^(.*?)\[(\d+)\]/)).filter((one) => one?.[1] === list).map((one) => one[2]))];
      const grid = [...form.querySelectorAll("[data-grid]")].find((one) => one.querySelector("template").innerHTML.includes(`name="${list}[#]`));
      while (grid && shown().length < numbers.size && !grid.querySelector("[data-add-row]").disabled) grid.querySelector("[data-add-row]").click();
      const here = shown();
      [...numbers].forEach((number, place) => places.set(`${list}[${number}]`, `${list}[${here[place]}]`));
    }
    return pairs.map(([name, value]) => [name.replace(/^.*?\[\d+\]/, (row) => places.get(row) || row), value]);
  }

  function give(form, pairs) {
    const wanted = new Map();
    for (const [name, value] of placeRows(form, pairs)) wanted.set(name, [...(wanted.get(name) || []), value]);
    for (const one of form.elements) {
      if (!one.name || one.name === "form_token" || one.name.startsWith("_") || ["file", "submit", "button"].includes(one.type)) continue;
      const values = wanted.get(one.name) || [];
      if (one.type === "checkbox" || one.type === "radio") one.checked = values.includes(one.value);
      else if (values.length) one.value = values[0];
    }
    form.dispatchEvent(new Event("change", { bubbles: true }));
    form.querySelectorAll("textarea").forEach((area) => area.dispatchEvent(new Event("input", { bubbles: true })));
  }

  function tell(form) {
    const note = document.createElement("div");
    note.className = "note";
    note.setAttribute("role", "status");
    note.append(Object.assign(document.createElement("p"), { textContent: document.body.dataset.restored }));
    form.closest("details")?.setAttribute("open", "");
    form.prepend(note);
  }

  const same = (one, other) => JSON.stringify(one) === JSON.stringify(other);

  // A form that was sent is known to have arrived by the page that follows: any but the sign-in page, a refusal or the form itself without a word.
  function settle() {
    const stopped = location.pathname === "/login" || document.querySelector("[data-refused]");
    const arrived = document.querySelector(".note.good[role=status]");
    const here = new Map(forms().map((form) => [keyOf(form), form]));
    for (const key of keys()) {
      const [entry, form] = [read(key), here.get(key)];
      if (!entry || (arrived && entry.sent)) sessionStorage.removeItem(key);
      else if (form) {
        sessionStorage.removeItem(key);
        if (same(typed(form), entry.pairs)) continue;
        give(form, entry.pairs);
        tell(form);
        write(key, { pairs: typed(form) });
      } else if (entry.sent && stopped) write(key, { pairs: entry.pairs });
      else if (entry.sent) sessionStorage.removeItem(key);
    }
  }

  function keep(form, sent = false) {
    if (looked(form)) write(keyOf(form), { pairs: typed(form), sent });
  }

  for (const kind of ["input", "change"])
    document.addEventListener(kind, (event) => event.isTrusted && event.target.form?.method === "post" && keep(event.target.form));
  window.addEventListener("submit", (event) => {
    if (event.defaultPrevented || event.target.method !== "post") return;
    if (event.target.getAttribute("action") === "/logout") keys().forEach((key) => sessionStorage.removeItem(key));
    else if (read(keyOf(event.target))) keep(event.target, true);
  });

  // Drafts: what the house has saved needs no copy; what it could not save is said, and tried again.
  const isDraft = (event) => event.target.id === "draft-status";
  let asked = null;
  document.addEventListener("htmx:beforeRequest", (event) => {
    if (isDraft(event)) asked = typed(event.target.closest("form"));
  });
  document.addEventListener("htmx:afterRequest", (event) => {
    if (!isDraft(event) || event.detail.xhr.status === 0) return;
    const form = event.target.closest("form");
    if (event.detail.xhr.status < 300 && same(asked, typed(form))) sessionStorage.removeItem(keyOf(form));
  });
  for (const kind of ["htmx:sendError", "htmx:timeout", "htmx:responseError"])
    document.addEventListener(kind, (event) => {
      if (!isDraft(event)) return;
      event.target.textContent = document.body.dataset.unsaved;
      setTimeout(() => again(event.target), 15000);
    });
  const again = (status) => status?.isConnected && status.closest("form").dispatchEvent(new Event("change", { bubbles: true }));
  window.addEventListener("online", () => again(document.getElementById("draft-status")));

  // Who leaves at once after typing still has it saved.
  window.addEventListener("pagehide", () => {
    const status = document.getElementById("draft-status");
    const form = status?.closest("form");
    if (!form || form.dataset.sent !== undefined || !read(keyOf(form))) return;
    const body = new URLSearchParams([...typed(form), ["form_token", form.elements.form_token.value]]);
    fetch(status.getAttribute("hx-post"), { method: "POST", body, keepalive: true }).catch(() => {});
  });

  document.addEventListener("DOMContentLoaded", settle);
})();
