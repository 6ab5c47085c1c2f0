// Finds things as a person does: by what is written on them. The one found is
// marked, so that it can be clicked where it lies.
(kind, text, nth) => {
  const plain = (s) => (s || "").replace(/[*✓]/g, "").replace(/\s+/g, " ").trim();
  const shown = (e) => e.checkVisibility({ visibilityProperty: true }) && !e.disabled;
  const words = plain(text);
  const says = (e) => [plain(e.getAttribute("aria-label")), plain(e.innerText), plain(e.textContent)].includes(words);
  const starts = (e) => plain(e.innerText).startsWith(words);
  const root = document.querySelector("[popover]:popover-open") || document;
  let found = [];
  if (kind === "press") {
    found = [...root.querySelectorAll("button, a, summary")].filter((e) => shown(e) && says(e));
    if (!found.length) found = [...root.querySelectorAll("button, a, summary")].filter((e) => shown(e) && starts(e));
  } else if (kind === "field") {
    for (const l of document.querySelectorAll("label")) {
      const c = l.control || l.querySelector("input, select, textarea");
      if (c && says(l)) found.push(c);
    }
    found.push(...[...document.querySelectorAll("input[aria-label], select[aria-label], textarea[aria-label]")].filter(says));
    found = found.filter((e) => (shown(e) || shown(e.parentElement)) && e.type !== "hidden");
  } else {
    found = [...document.querySelectorAll(text)].filter((e) => shown(e) || shown(e.parentElement));
  }
  document.querySelectorAll("[data-found]").forEach((e) => e.removeAttribute("data-found"));
  const e = found[nth || 0];
  if (!e) return "";
  e.setAttribute("data-found", "");
  return e.tagName + " " + (e.type || "");
}
