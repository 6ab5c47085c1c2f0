"use strict";
// Takes several files at once, by dropping or choosing, each with its kind, what
// it replaces, progress and outcome. The form works without it, one file at a time.
for (const form of document.querySelectorAll("form[data-drop]")) {
  const input = form.querySelector("input[type=file]");
  const hint = document.createElement("p");
  hint.className = "text-secondary";
  hint.textContent = form.dataset.hint;
  const list = document.createElement("ul");
  list.className = "list-unstyled";
  list.setAttribute("aria-live", "polite");
  const send = document.createElement("button");
  send.type = "button";
  send.className = "btn btn-primary";
  send.textContent = form.dataset.all;
  send.hidden = true;
  form.append(hint, list, send);
  input.multiple = true;
  let waiting = [];

  const add = (files) => {
    for (const file of files) {
      const row = document.createElement("li");
      row.className = "mb-2";
      const kind = form.elements.kind.cloneNode(true);
      kind.removeAttribute("id");
      kind.removeAttribute("name");
      kind.value = form.elements.kind.value;
      kind.setAttribute("aria-label", `${form.dataset.each} ${file.name}`);
      const old = form.elements.replaces?.cloneNode(true);
      if (old) {
        old.removeAttribute("id");
        old.removeAttribute("name");
        old.value = "";
        old.setAttribute("aria-label", `${form.dataset.replaces} ${file.name}`);
        old.addEventListener("change", () => {
          const chosen = old.selectedOptions[0].dataset.kind;
          if (chosen) kind.value = chosen;
          kind.disabled = Boolean(chosen);
        });
      }
      const name = document.createElement("div");
      name.className = "anywhere";
      name.textContent = file.name;
      const bar = document.createElement("progress");
      bar.max = 1;
      bar.value = 0;
      bar.setAttribute("aria-label", file.name);
      const status = document.createElement("span");
      row.append(name, kind, ...(old ? [old] : []), bar, " ", status);
      list.append(row);
      waiting.push({ file, kind, old, bar, status, key: crypto.randomUUID() });
    }
    send.hidden = waiting.length === 0;
  };

  const upload = (x) => new Promise((done) => {
    const body = new FormData();
    const old = x.old?.value ? x.old.selectedOptions[0] : null;
    body.append("product", old ? old.dataset.product : form.dataset.product || form.elements.product.value);
    body.append("kind", old ? old.dataset.kind : x.kind.value);
    if (old) body.append("replaces", old.value);
    for (const name of ["valid_from", "valid_to"]) {
      if (form.elements[name]?.value) body.append(name, form.elements[name].value);
    }
    if (old ? old.dataset.whole === "true" : form.elements.whole?.checked) body.append("whole", "true");
    if (form.elements.on_behalf?.checked) {
      body.append("on_behalf_of", form.elements.on_behalf.value);
      if (form.elements.scan.value) body.append("scan", form.elements.scan.value);
    }
    body.append("file", x.file);
    const request = new XMLHttpRequest();
    request.open("POST", "/api/v1/documents");
    request.setRequestHeader("Accept-Language", document.documentElement.lang);
    request.setRequestHeader("Idempotency-Key", x.key);
    request.upload.onprogress = (e) => { if (e.lengthComputable) x.bar.value = e.loaded / e.total; };
    request.onloadend = () => {
      let answer = {};
      try { answer = JSON.parse(request.responseText); } catch { /* not JSON: said below */ }
      const good = request.status === 201;
      const why = [answer.detail, ...(answer.errors || []).map((e) => e.message)].filter(Boolean).join(" ");
      x.status.textContent = good ? "✓ " + form.dataset.sent : "✗ " + (why || form.dataset.failed);
      done(good);
    };
    request.send(body);
  });

  send.addEventListener("click", async () => {
    send.disabled = true;
    const left = [];
    for (const x of waiting) {
      if (!(await upload(x))) left.push(x);
    }
    waiting = left;
    send.disabled = false;
    if (left.length === 0) location.assign(location.pathname + "?saved=1");
  });
  input.addEventListener("change", () => {
    if (input.files.length < 2) return;
    add(input.files);
    input.value = "";
  });
  form.addEventListener("dragover", (e) => { e.preventDefault(); form.classList.add("border"); });
  form.addEventListener("dragleave", () => form.classList.remove("border"));
  form.addEventListener("drop", (e) => {
    e.preventDefault();
    form.classList.remove("border");
    add(e.dataTransfer.files);
  });
}
