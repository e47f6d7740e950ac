// Spares the reload: swaps in what changed, sends forms, completes commands.
// Everything here also works without it.
"use strict";
(() => {
  const { events, complete, view } = document.body.dataset;
  const log = document.getElementById("log");
  const state = document.getElementById("state");
  const composer = document.getElementById("c");
  const list = document.getElementById("c-list");
  const say = (words) => { if (state.textContent !== words) state.textContent = words; };

  // ---- Putting fragments in -------------------------------------------------

  const atEnd = () => innerHeight + scrollY >= document.documentElement.scrollHeight - 80;

  // Focus, open details and scroll stay as they were.
  function change(act) {
    const focus = document.activeElement && document.activeElement.id;
    const followed = atEnd();
    const marker = [...log.children].find((child) => child.getBoundingClientRect().bottom > 0);
    const top = marker && marker.getBoundingClientRect().top;
    act();
    const back = focus && !document.querySelector("dialog:modal") && document.getElementById(focus);
    if (back && back !== document.activeElement) back.focus({ preventScroll: true });
    const now = marker && document.getElementById(marker.id);
    if (followed) scrollTo(0, document.documentElement.scrollHeight);
    else if (now) scrollBy(0, now.getBoundingClientRect().top - top);
  }

  function place(html) {
    const template = document.createElement("template");
    template.innerHTML = html;
    change(() => { for (const node of [...template.content.children]) put(node); });
  }

  function put(node) {
    const old = document.getElementById(node.id);
    if (old) return swap(old, node);
    const into = document.getElementById(node.dataset.into);
    if (!into) return;
    const at = Number(node.dataset.at);
    const later = [...into.children].reverse();
    const before = later.find((child) => !(Number(child.dataset.at) > at));
    if (before) before.after(node); else into.prepend(node);
    dialog(node);
  }

  function swap(old, node) {
    if (node.dataset.version && node.dataset.version === old.dataset.version) return;
    for (const open of old.querySelectorAll("details[open][id]")) {
      const same = node.querySelector("#" + CSS.escape(open.id));
      if (same && !open.matches(".add, .menu")) same.open = true;
    }
    const kept = old.querySelector("[data-keep]");
    const place = kept && node.querySelector("#" + CSS.escape(kept.id));
    if (place) place.replaceWith(kept);
    old.replaceWith(node);
    dialog(node);
  }

  function gone(id) {
    const node = document.getElementById(id);
    if (!node) return;
    change(() => { if (node.open) node.close(); node.remove(); });
    // Chromium gives the focus back without the caret: typing would go nowhere.
    const focused = document.activeElement;
    if (id === "form" && focused) { focused.blur(); focused.focus({ preventScroll: true }); }
  }

  function dialog(node) {
    if (node.localName !== "dialog") return;
    node.open = false;
    node.showModal();
    node.addEventListener("cancel", (event) => {
      event.preventDefault();
      node.querySelector("#form-away").requestSubmit(node.querySelector(".cancel"));
    });
  }

  // ---- News -----------------------------------------------------------------

  let last = null;
  function listen() {
    const url = new URL(events, location);
    if (last) url.searchParams.set("after", last);
    const source = new EventSource(url);
    const hear = (name, act) => source.addEventListener(name, (event) => {
      if (event.lastEventId) last = event.lastEventId;
      act(event.data);
    });
    hear("html", place);
    hear("gone", gone);
    hear("resync", resync);
    source.onopen = () => say("");
    source.onerror = () => {
      say("Connection lost, trying again.");
      if (source.readyState === EventSource.CLOSED) setTimeout(listen, 3000);
    };
  }

  async function resync() {
    const answer = await fetch(location);
    if (!answer.ok) return say("Load the page again.");
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    change(() => {
      log.replaceChildren(...page.getElementById("log").children);
      document.getElementById("form-place").replaceChildren(...page.getElementById("form-place").children);
    });
    const form = document.getElementById("form");
    if (form) dialog(form);
  }

  // ---- Forms ----------------------------------------------------------------

  document.addEventListener("submit", async (event) => {
    const form = event.target;
    if (!form.matches("[data-live]")) return;
    event.preventDefault();
    if (form.dataset.busy) return;
    form.dataset.busy = "1";
    const body = new URLSearchParams(new FormData(form, event.submitter));
    try {
      const answer = await fetch(form.getAttribute("action"), { method: "POST", body, headers: { "X-Shipbell-Live": view } });
      const next = answer.headers.get("X-Shipbell-Request");
      if (!next) { say("That did not work; load the page again."); return; }
      const taken = answer.ok;
      // Only what was taken gets a new id: another try is still the same act.
      if (taken) form.elements.request.value = next;
      if (taken && form.matches("[data-clear]")) { form.elements.text.value = ""; close(); }
      if (taken && form.closest("dialog")) gone("form");
      say("");
      place(await answer.text());
    } catch {
      say("The server does not answer; try again.");
    } finally {
      delete form.dataset.busy;
    }
  });

  // ---- Completion -----------------------------------------------------------

  let chosen = -1;
  let asked = 0;
  let timer = 0;
  const options = () => [...list.children];

  function close() {
    list.hidden = true;
    list.replaceChildren();
    composer.setAttribute("aria-expanded", "false");
    composer.removeAttribute("aria-activedescendant");
    chosen = -1;
  }

  async function ask() {
    const number = ++asked;
    const text = composer.value;
    if (!/^(\/release|@shipbell)(\s|$)/.test(text)) return close();
    const url = new URL(complete, location);
    url.searchParams.set("text", text);
    const answer = await fetch(url).catch(() => null);
    if (!answer || !answer.ok || number !== asked || composer.value !== text) return;
    list.innerHTML = await answer.text();
    if (!list.children.length) return close();
    list.hidden = false;
    composer.setAttribute("aria-expanded", "true");
    chosen = -1;
  }

  function choose(index) {
    chosen = (index + list.children.length) % list.children.length;
    options().forEach((item, at) => item.setAttribute("aria-selected", String(at === chosen)));
    const item = list.children[chosen];
    composer.setAttribute("aria-activedescendant", item.id);
    item.scrollIntoView({ block: "nearest" });
  }

  function take(item) {
    composer.value = item.dataset.text;
    composer.focus();
    close();
    ask();
  }

  composer.setAttribute("role", "combobox");
  composer.setAttribute("aria-autocomplete", "list");
  composer.setAttribute("aria-controls", "c-list");
  composer.setAttribute("aria-expanded", "false");
  composer.addEventListener("input", () => { clearTimeout(timer); timer = setTimeout(ask, 120); });
  composer.addEventListener("blur", () => setTimeout(close, 150));
  composer.addEventListener("keydown", async (event) => {
    const open = !list.hidden;
    if (event.key === "Tab" && !event.shiftKey && /^[/@]/.test(composer.value)) {
      event.preventDefault();
      // A question that is about to be asked would take this one's answer away.
      clearTimeout(timer);
      if (!open) await ask();
      if (!list.hidden) take(list.children[Math.max(chosen, 0)]);
      // Nothing to complete: Tab leads on, as everywhere.
      else composer.form.querySelector("button").focus();
    } else if (open && event.key === "ArrowDown") { event.preventDefault(); choose(chosen + 1); }
    else if (open && event.key === "ArrowUp") { event.preventDefault(); choose(chosen < 0 ? -1 : chosen - 1); }
    else if (open && event.key === "Enter" && chosen >= 0) { event.preventDefault(); take(list.children[chosen]); }
    else if (open && event.key === "Escape") { event.preventDefault(); close(); }
  });
  list.addEventListener("mousedown", (event) => {
    const item = event.target.closest("li");
    if (item) { event.preventDefault(); take(item); }
  });

  // ---- Begin ----------------------------------------------------------------

  const form = document.getElementById("form");
  if (form) dialog(form);
  if (!location.hash) scrollTo(0, document.documentElement.scrollHeight);
  listen();
})();
