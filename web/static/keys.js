// The inbox by keyboard: J and K walk through the tasks, C claims the one where one stands, / goes to the search. One box switches them off for this browser.
"use strict";

(() => {
  const OFF = "keys-off";
  const TYPED = "input:not([type=checkbox]), select, textarea";
  const links = () => [...document.querySelectorAll("[data-walked] tbody tr td:first-child a")];
  const row = () => document.activeElement.closest("[data-walked] tr");

  function walk(step) {
    const all = links();
    const here = all.findIndex((link) => link.closest("tr") === row());
    all[Math.max(0, Math.min(all.length - 1, here + step))]?.focus();
  }

  const acts = {
    j: () => walk(1),
    k: () => walk(-1),
    c: () => row()?.querySelector("form[action$='/claim']")?.requestSubmit(),
    "/": () => document.querySelector("input[type=search]").focus(),
  };

  document.addEventListener("keydown", (event) => {
    const act = acts[event.key.toLowerCase()];
    if (!act || event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
    if (event.target.matches(TYPED) || localStorage.getItem(OFF)) return;
    event.preventDefault();
    act();
  });

  document.addEventListener("DOMContentLoaded", () => {
    const box = document.getElementById("keys");
    if (!box) return;
    box.checked = !localStorage.getItem(OFF);
    box.addEventListener("change", () => (box.checked ? localStorage.removeItem(OFF) : localStorage.setItem(OFF, "1")));
  });
})();
