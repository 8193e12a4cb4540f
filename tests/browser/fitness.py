"""What keeps people from using a page: measured on the page as the browser has it, by our own rules after WCAG 2.2 AA."""

from tests.browser.hands import Hands

UNFIT = """() => {
  const faults = [], say = (what, one) => faults.push(one ? `${what}: ${one.outerHTML.slice(0, 160)}` : what);
  const all = (selector) => [...document.querySelectorAll(selector)];
  const seen = (one) => one.checkVisibility({ visibilityProperty: true }) && one.getClientRects().length > 0;
  const texts = (ids) => (ids || "").split(" ").map((id) => document.getElementById(id)?.textContent.trim()).filter(Boolean).join(" ");

  if (!["zh-CN", "en"].includes(document.documentElement.lang)) say("language");
  if (!document.title.trim()) say("title");
  if (all("h1").length !== 1) say(`${all("h1").length} main headings`);
  let level = 0;
  for (const one of all("h1, h2, h3, h4, h5, h6").filter(seen)) {
    if (Number(one.tagName[1]) > level + 1) say("heading leaps", one);
    level = Number(one.tagName[1]);
  }
  for (const one of all("main, nav, header, footer")) if (all(one.tagName).length > 1 && !one.getAttribute("aria-label")) say("unnamed landmark", one);
  const ids = all("[id]").map((one) => one.id);
  for (const id of new Set(ids.filter((one, place) => ids.indexOf(one) !== place))) say(`id twice: ${id}`);
  for (const one of all("[aria-describedby], [aria-labelledby], label[for]"))
    for (const name of ["aria-describedby", "aria-labelledby", "for"])
      for (const id of (one.getAttribute(name) || "").split(" ").filter(Boolean)) if (!document.getElementById(id)) say(`${name} of nothing`, one);
  for (const one of all("a[href], button, input:not([type=hidden]), select, textarea, summary").filter(seen)) {
    const named = [...(one.labels ?? [])].map((label) => label.textContent.trim()).join("") || one.getAttribute("aria-label")
      || texts(one.getAttribute("aria-labelledby")) || (one.matches("a, button, summary") && one.textContent.trim());
    if (!named) say("without a name", one);
  }
  for (const one of all("[aria-invalid=true]")) if (!texts(one.getAttribute("aria-describedby"))) say("fault without words", one);
  for (const one of all("input:not([type])")) say("input without a type: the house draws it as no field", one);
  for (const one of all("img")) if (!one.hasAttribute("alt")) say("picture without words", one);
  for (const one of all("table:not([role=presentation])")) if (!one.querySelector("th")) say("table without headings", one);
  for (const one of all("th")) if (!one.textContent.trim()) say("empty heading of a column", one);
  if (document.documentElement.scrollWidth > window.innerWidth) say(`wider than the window by ${document.documentElement.scrollWidth - window.innerWidth}`);

  const numbers = (color) => color.match(/[\\d.]+/g).map(Number);
  const light = (color) => numbers(color).slice(0, 3).map((part) => (part /= 255) <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4)
    .reduce((sum, part, place) => sum + part * [0.2126, 0.7152, 0.0722][place], 0);
  const ground = (one) => {
    for (; one; one = one.parentElement) if ((numbers(getComputedStyle(one).backgroundColor)[3] ?? 1) > 0.99) return getComputedStyle(one).backgroundColor;
    return "rgb(255, 255, 255)";
  };
  for (const one of all("body *:not(svg, svg *, option, script, style, template)")) {
    if (![...one.childNodes].some((node) => node.nodeType === 3 && node.textContent.trim())) continue;
    if (!seen(one) || one.closest(":disabled, .sr, .djs-container")) continue;
    const style = getComputedStyle(one), pair = [light(style.color), light(ground(one))].sort((a, b) => b - a);
    const large = parseFloat(style.fontSize) >= 24 || (parseFloat(style.fontSize) >= 18.6 && Number(style.fontWeight) >= 700);
    const ratio = (pair[0] + 0.05) / (pair[1] + 0.05);
    if (ratio < (large ? 3 : 4.5)) say(`contrast ${ratio.toFixed(2)}`, one);
  }
  return faults;
}"""
SMALL = """() => [...document.querySelectorAll("button, .button, input[type=checkbox], input[type=radio], summary, nav a")].filter((one) => {
  const box = (one.matches("input") && one.closest("label") || one).getBoundingClientRect();
  return box.width > 0 && one.checkVisibility() && !one.closest(".sr, .skip") && (box.height < 24 || box.width < 24);
}).map((one) => `small for a finger: ${one.outerHTML.slice(0, 160)}`)"""


def unfit(hands: Hands, path: str) -> list[str]:
    """The faults of the present page; ``path`` is only told."""
    found = [*hands.page.evaluate(UNFIT), *hands.page.evaluate(SMALL)]
    return [f"{path}: {one}" for one in dict.fromkeys(found)]
