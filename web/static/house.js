// What pages need beside htmx: saving drafts as one types, showing diagrams, asking before an act that cannot be taken back.
"use strict";

document.addEventListener("submit", (event) => {
  const question = event.submitter?.dataset.ask || event.target.dataset.ask;
  if (question && !window.confirm(question)) event.preventDefault();
});

document.addEventListener("change", (event) => {
  if (event.target.matches("select[data-go]")) event.target.form.requestSubmit();
});

async function showDiagram(place) {
  const answer = await fetch(place.dataset.diagram, { credentials: "same-origin" });
  if (!answer.ok) return;
  const viewer = new window.BpmnJS({ container: place });
  await viewer.importXML(await answer.text());
  const canvas = viewer.get("canvas");
  const known = viewer.get("elementRegistry");
  for (const [mark, ids] of Object.entries(JSON.parse(place.dataset.marks || "{}")))
    for (const id of ids) if (known.get(id)) canvas.addMarker(id, mark);
  canvas.zoom("fit-viewport", "auto");
  place.dataset.ready = "true";
}

document.addEventListener("DOMContentLoaded", () => {
  document.querySelectorAll("[data-diagram]").forEach(showDiagram);
  // On a narrow screen the row of links scrolls: the present one is brought into sight.
  document.querySelector(".nav [aria-current]")?.scrollIntoView({ block: "nearest", inline: "center" });
  document.querySelector("[data-focus]")?.focus();
});
