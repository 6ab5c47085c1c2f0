"use strict";
// Sends a long list of moves in parts, so that progress can be seen and each
// product's outcome appears as it comes. The form works without it.
const form = document.querySelector("form[data-bulk]");
const size = 100;
form?.addEventListener("submit", async (event) => {
  if (event.submitter?.hasAttribute("formaction")) return;
  const ticked = [...form.querySelectorAll("input[name=item]:checked")];
  if (ticked.length <= size) return;
  event.preventDefault();
  const bar = form.querySelector("progress"), status = form.querySelector("[data-status]");
  const all = new FormData(form);
  for (const b of form.querySelectorAll("button, textarea, input, select")) b.disabled = true;
  bar.hidden = false;
  bar.max = ticked.length;
  status.textContent = form.dataset.running;
  let good = 0;
  for (let i = 0; i < ticked.length; i += size) {
    const part = ticked.slice(i, i + size);
    const body = new URLSearchParams();
    for (const [name, value] of all) {
      if (name !== "item" && !name.startsWith("number.")) body.append(name, value);
    }
    for (const box of part) {
      body.append("item", box.value);
      const number = "number." + box.value.split(":")[0];
      if (all.has(number)) body.append(number, all.get(number));
    }
    const answer = await fetch(form.action, { method: "POST", body }).catch(() => null);
    if (!answer || !answer.ok) {
      status.textContent = form.dataset.failed;
      for (const b of form.querySelectorAll("button, textarea, input, select")) b.disabled = false; // the same key: what was done stays done
      return;
    }
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    for (const row of page.querySelectorAll("tr[data-product]")) {
      if (row.querySelector(".bg-green-lt")) good++;
      const here = form.querySelector(`tr[data-product="${CSS.escape(row.dataset.product)}"] [data-outcome]`);
      here?.replaceChildren(...row.querySelector("[data-outcome]").childNodes);
    }
    bar.value = Math.min(i + size, ticked.length);
    document.querySelector("[data-good]").textContent = good;
    status.textContent = `${form.dataset.running} ${bar.value} / ${ticked.length}`;
  }
  status.textContent = `${form.dataset.done}: ${good} / ${ticked.length}`;
});
