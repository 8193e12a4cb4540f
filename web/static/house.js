// What pages need beside htmx: saving drafts as one types, showing diagrams, asking before an act that cannot be taken back.
"use strict";

document.addEventListener("submit", (event) => {
  const question = event.submitter?.dataset.ask || event.target.dataset.ask;
  if (question && !window.confirm(question)) event.preventDefault();
});

document.addEventListener("change", (event) => {
  if (event.target.matches("select[data-go]")) event.target.form.requestSubmit();
});

// A diagram stands on a sheet of its own size in a place that scrolls: by finger, wheel and keys alike.
const READABLE = 0.6; // smaller its words cannot be read: then it scrolls
const MARGIN = 12;

async function showDiagram(place) {
  const answer = await fetch(place.dataset.diagram, { credentials: "same-origin" });
  if (!answer.ok) return;
  const sheet = document.createElement("div");
  place.append(sheet);
  const off = ["value", null];
  const { fontFamily } = getComputedStyle(document.body); // else words are drawn in Arial, or wider and cut where there is none
  const fontSize = document.documentElement.lang === "en" ? 11 : 12; // so that the longest English words stay whole (`web/labels.py`)
  const viewer = new window.BpmnJS({ container: sheet, textRenderer: { defaultStyle: { fontFamily, fontSize } }, additionalModules: [{ moveCanvas: off, zoomScroll: off, keyboardMove: off }] });
  await viewer.importXML(await answer.text());
  const makers = sheet.querySelectorAll(".bjs-powered-by");
  makers.forEach((link) => link.setAttribute("aria-label", link.title));
  place.parentElement.append(...makers);
  const canvas = viewer.get("canvas");
  const known = viewer.get("elementRegistry");
  const marks = Object.entries(JSON.parse(place.dataset.marks || "{}")).flatMap(([mark, ids]) => ids.filter((id) => known.get(id)).map((id) => [mark, id]));
  for (const [mark, id] of marks) canvas.addMarker(id, mark);
  const { x, y, width, height } = canvas.viewbox().inner;
  const whole = () => Math.min(1, (place.clientWidth - 2 * MARGIN) / width);
  let scale;

  function draw(wanted) {
    scale = Math.min(2, Math.max(Math.min(0.2, whole()), wanted));
    sheet.style.width = `${width * scale + 2 * MARGIN}px`;
    sheet.style.height = `${height * scale + 2 * MARGIN}px`;
    canvas.resized();
    canvas.viewbox({ x: x - MARGIN / scale, y: y - MARGIN / scale, width: width + (2 * MARGIN) / scale, height: height + (2 * MARGIN) / scale });
    place.dataset.scale = scale.toFixed(2);
    const token = marks.length ? canvas.getGraphics(marks[0][1]).getBoundingClientRect() : null;
    const here = place.getBoundingClientRect();
    if (token) place.scrollBy(token.x + token.width / 2 - here.x - here.width / 2, token.y + token.height / 2 - here.y - here.height / 2);
  }

  place.parentElement.addEventListener("click", (event) => {
    const way = event.target.closest("[data-zoom]")?.dataset.zoom;
    if (way) draw({ in: scale * 1.3, out: scale / 1.3, whole: whole() }[way]);
  });
  draw(Math.max(READABLE, whole()));
  place.dataset.ready = "true";
}

document.addEventListener("DOMContentLoaded", () => {
  document.querySelectorAll("[data-diagram]").forEach(showDiagram);
  // On a narrow screen the row of links scrolls: the present one is brought into sight.
  document.querySelector(".nav [aria-current]")?.scrollIntoView({ block: "nearest", inline: "center" });
  document.querySelector("[data-focus]")?.focus();
});
