"use strict";
// Keeps a page fresh while colleagues work: when something it shows has
// changed, it is read anew, or, if the reader is in the middle of something,
// a notice offers to. The page works without it.
const main = document.querySelector("main[data-watch]");
if (main && window.EventSource) {
  const notice = document.getElementById("live-notice");
  let busy = false, timer = 0, last = 0;
  const start = () => document.querySelectorAll("main form").forEach((f) => f.addEventListener("input", () => { busy = true; }));
  const open = () => [...main.querySelectorAll("details")].map((d) => d.open).join();
  let folds = open();
  const tell = (event) => {
    notice.querySelector("[data-who]").textContent = event.actor || "";
    notice.querySelector("[data-what]").textContent = event.name || "";
    notice.hidden = false;
  };
  const refresh = async (event) => {
    if (busy || folds !== open() || main.contains(document.activeElement) && document.activeElement.matches("input, select, textarea")) return tell(event);
    const answer = await fetch(location.href, { headers: { Accept: "text/html" } }).catch(() => null);
    if (!answer || !answer.ok || answer.redirected) return tell(event);
    const next = new DOMParser().parseFromString(await answer.text(), "text/html").querySelector("main[data-watch]");
    if (!next || busy) return tell(event);
    main.dataset.seen = next.dataset.seen;
    const focus = document.activeElement && main.contains(document.activeElement) ? document.activeElement.id : "";
    main.replaceChildren(...next.childNodes);
    if (focus) document.getElementById(focus)?.focus();
    folds = open();
    last = Date.now();
    start();
  };
  // Only the page in front listens: browsers open few connections to a server.
  let source = null, seen = Number(main.dataset.seen);
  const listen = () => {
    if (document.hidden || source) return;
    source = new EventSource("/api/v1/events?after=" + seen);
    source.addEventListener("change", (message) => {
      const event = JSON.parse(message.data);
      seen = Math.max(seen, event.index);
      if (main.dataset.watch !== "products" && main.dataset.watch !== event.product) return;
      if (Number(main.dataset.seen) >= event.index) return;
      // A busy day must not make a page read itself anew all the time.
      clearTimeout(timer);
      timer = setTimeout(() => refresh(event), Math.max(300, last + 3000 - Date.now()));
    });
    source.addEventListener("reset", () => refresh({}));
  };
  const rest = () => {
    source?.close();
    source = null;
  };
  document.addEventListener("visibilitychange", () => (document.hidden ? rest() : listen()));
  addEventListener("pagehide", rest);
  addEventListener("pageshow", listen);
  listen();
  start();
}
