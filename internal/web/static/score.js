"use strict";
// Makes a score sheet lively: the running total, the stars by points and by
// floors, and saving as one goes. The page works without it.
for (const form of document.querySelectorAll("form[data-grid]")) {
  const total = form.querySelector("[data-total]"), note = form.querySelector("[data-saved]");
  const bands = (form.dataset.bands || "").split(" ").filter(Boolean).map((b) => b.split(":").map(Number));
  const ticked = () => {
    const choices = {};
    for (const box of form.querySelectorAll("input[type=radio][name^='c.']:checked")) {
      if (box.value !== "") choices[box.name.slice(2)] = Number(box.value);
    }
    return choices;
  };
  const count = () => {
    const choices = ticked();
    let sum = Number(form.dataset.agreed || 0), floor = 5;
    for (const points of Object.values(choices)) sum += points;
    for (const row of form.querySelectorAll("[data-floors]")) {
      const have = choices[row.dataset.code] || 0;
      for (const pair of row.dataset.floors.split(" ").filter(Boolean)) {
        const [stars, points] = pair.split(":").map(Number);
        if (have < points) floor = Math.min(floor, stars - 1);
      }
    }
    const band = (bands.find(([, from]) => sum >= from) || [0])[0];
    total.textContent = form.dataset.floorsTold === "yes" ? `${sum} · ${band} ★ · ${floor} ★` : `${sum} · ${band} ★`;
  };
  let timer = 0, version = Number(form.dataset.version || 0);
  const save = async () => {
    const knockouts = [...form.querySelectorAll("input[name^='k.']:checked")].map((b) => b.name.slice(2));
    const answer = await fetch(form.dataset.save, {
      method: "PUT", headers: { "Content-Type": "application/json", ...(version ? { "If-Match": `"${version}"` } : {}) },
      body: JSON.stringify({ choices: ticked(), knockouts, opinion: form.querySelector("[name=opinion]").value }),
    }).catch(() => null);
    if (answer && answer.ok) {
      version = (await answer.json()).mine.version;
      note.textContent = form.dataset.savedText;
      note.className = "text-secondary";
    } else {
      const problem = answer ? await answer.json().catch(() => null) : null;
      note.textContent = (problem && problem.detail) || form.dataset.failedText;
      note.className = "text-danger";
    }
  };
  form.addEventListener("input", () => {
    if (total) count();
    if (form.dataset.save) {
      clearTimeout(timer);
      timer = setTimeout(save, 600);
    }
  });
  if (total) count();
}
