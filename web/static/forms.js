// Forms: fields that come and go, rows, counters, findings beside their fields. Everything works without this file, only less smoothly.
"use strict";

(() => {
  document.documentElement.classList.add("scripted");

  // The value of a field by its name, as the server would read it.
  function valueOf(form, name) {
    const inputs = [...form.elements].filter((one) => one.name === name && !one.disabled);
    const chosen = inputs.find((one) => (one.type === "radio" || one.type === "checkbox" ? one.checked : true));
    if (!chosen) return null;
    const text = chosen.value.trim();
    if (text === "") return null;
    if (chosen.dataset.kind === "boolean") return text === "true";
    if (chosen.dataset.kind === "number") return Number.isFinite(Number(text.replaceAll(",", ""))) ? Number(text.replaceAll(",", "")) : text;
    return text;
  }

  // A condition as the server parsed it: ["==", name, literal], ["and", left, right], ...
  function holds(tree, form) {
    const [sign, first, last] = tree;
    if (sign === "or") return holds(first, form) || holds(last, form);
    if (sign === "and") return holds(first, form) && holds(last, form);
    if (sign === "not") return !holds(first, form);
    const value = valueOf(form, first);
    if (sign === "has") return value !== null && value !== false;
    if (sign === "in") return last.includes(value);
    if (sign === "==") return value === last;
    if (sign === "!=") return value !== last;
    if (typeof value !== typeof last || typeof value === "boolean" || value === null) return false;
    return { "<": value < last, "<=": value <= last, ">": value > last, ">=": value >= last }[sign];
  }

  // What is not shown is not sent.
  function showFields(form) {
    for (const place of form.querySelectorAll("[data-show-if]")) {
      const shown = holds(JSON.parse(place.dataset.showIf), form);
      place.hidden = !shown;
      const inputs = place.matches("input, select, textarea") ? [place] : place.querySelectorAll("input, select, textarea");
      for (const input of inputs) if (!shown || !input.closest("[data-show-if][hidden]")) input.disabled = !shown;
    }
    for (const line of form.querySelectorAll("[data-line]:not([data-show-if])")) line.hidden = !line.querySelector(".cell:not([hidden])");
  }

  function number(grid) {
    const rows = [...grid.querySelector("[data-rows]").children];
    rows.forEach((row, place) => row.querySelectorAll("[data-sequence]").forEach((one) => { one.textContent = place + 1; }));
    grid.dataset.next ||= rows.length;
    grid.querySelector("[data-add-row]").disabled = rows.length >= Number(grid.dataset.most);
  }

  function addRow(grid) {
    const rows = grid.querySelector("[data-rows]");
    const next = Number(grid.dataset.next);
    grid.dataset.next = next + 1;
    const holder = document.createElement("template");
    holder.innerHTML = grid.querySelector("template").innerHTML.replaceAll("[#]", `[${next}]`).replaceAll("-#", `-${next}`);
    rows.append(holder.content);
    const row = rows.lastElementChild;
    window.htmx?.process(row);
    number(grid);
    showFields(grid.closest("form"));
    row.querySelector("input, select, textarea")?.focus();
  }

  function removeRow(row) {
    const grid = row.closest("[data-grid]");
    const form = grid.closest("form");
    row.remove();
    number(grid);
    grid.querySelector("[data-add-row]").focus();
    form.dispatchEvent(new Event("change", { bubbles: true }));
  }

  function count(area) {
    let place = area.nextElementSibling;
    if (!place?.classList.contains("counter")) {
      place = document.createElement("span");
      place.className = "counter";
      area.after(place);
    }
    const length = [...area.value.replaceAll("\r\n", "\n").trim()].length;
    place.textContent = `${length} / ${area.dataset.count}`;
    place.classList.toggle("over", length > Number(area.dataset.count));
  }

  // The list of findings stays at the top; each is repeated beside the fields it is about.
  function spread(list) {
    document.querySelectorAll(".hint").forEach((one) => one.remove());
    for (const finding of list.querySelectorAll("[data-fields]"))
      for (const id of finding.dataset.fields.split(" ").filter(Boolean)) {
        const place = document.getElementById(`${id}-error`) || document.getElementById(id);
        const hint = document.createElement("p");
        hint.className = `hint ${finding.classList[1] || ""}`;
        hint.textContent = finding.querySelector(".words").textContent;
        if (place) place.append(hint);
      }
  }

  // The sum of some fields, as it stands while one types.
  function sum(place) {
    const values = place.dataset.sum.split(" ").map((name) => valueOf(document.getElementById("form"), name));
    place.value = Math.round(100 * values.reduce((total, one) => total + (typeof one === "number" ? one : 0), 0)) / 100;
  }

  // A fault was said of the value as it was sent: of another nothing is known until it is looked at again.
  function forget(input) {
    const places = (input.getAttribute("aria-describedby") || "").split(" ").filter((id) => id.endsWith("-error"));
    for (const place of places) document.getElementById(place)?.querySelectorAll(".error").forEach((one) => one.remove());
    if (places.length) input.removeAttribute("aria-invalid");
  }

  document.addEventListener("change", (event) => {
    const form = event.target.closest?.("[data-form]");
    if (form) {
      showFields(form);
      forget(event.target);
    }
    document.querySelectorAll("output[data-sum]").forEach(sum);
  });
  document.addEventListener("input", (event) => {
    if (event.target.dataset?.count) count(event.target);
    delete event.target.form?.dataset.sent;
  });
  // Once a form is sent no draft of it follows; at the window, behind whoever may still stop the sending.
  window.addEventListener("submit", (event) => {
    if (event.defaultPrevented) return;
    event.target.dataset.sent = "";
    event.target.querySelectorAll("[hx-post]").forEach((one) => window.htmx?.trigger(one, "htmx:abort"));
  });
  document.addEventListener("htmx:beforeRequest", (event) => {
    if (event.target.closest("[data-sent]")) event.preventDefault();
  });
  document.addEventListener("click", (event) => {
    const adder = event.target.closest("[data-add-row]");
    const remover = event.target.closest("[data-remove-row]");
    if (adder) addRow(adder.closest("[data-grid]"));
    if (remover) removeRow(remover.closest("[data-row]"));
  });
  document.addEventListener("htmx:afterSwap", (event) => {
    if (event.target.id === "form-checks") spread(event.target);
    else document.querySelectorAll("[data-form]").forEach(showFields); // a slot that came anew does not know what the form says
  });
  document.addEventListener("DOMContentLoaded", () => {
    document.querySelectorAll("[data-spare]").forEach((row) => row.remove());
    document.querySelectorAll("[data-form]").forEach(showFields);
    document.querySelectorAll("[data-grid]").forEach(number);
    document.querySelectorAll("textarea[data-count]").forEach(count);
    document.querySelector("#form-errors")?.focus();
  });
})();
