// What the console does in the browser beside htmx: keys, drafts, the canned replies, where messages of forms go.
"use strict";

const find = (selector, within = document) => within.querySelector(selector);
const conversation = () => find("#pane .conversation");
const replyBox = () => find("#reply textarea");
const noteBox = () => find("#note textarea");

// --- What changed, and whether it concerns the open conversation -----------------------------------------------------

document.addEventListener("htmx:configRequest", (event) => {
  const { elt, parameters, triggeringEvent } = event.detail;
  if (elt.id !== "news") return;
  const open = conversation();
  const ids = triggeringEvent?.detail?.data;
  if (!open || (ids && ids !== "*" && !ids.split(" ").some((id) => id === open.dataset.conversation || id === open.dataset.case))) {
    event.preventDefault();
    return;
  }
  const bubbles = open.querySelectorAll("#log > [data-seq]");
  parameters.after = bubbles.length ? bubbles[bubbles.length - 1].dataset.seq : 0;
  parameters.stamp = find("#head").dataset.stamp;
});

// --- Answers of forms: problems stand where the form is, and nothing typed is lost ------------------------------------

document.addEventListener("htmx:beforeSwap", (event) => {
  const detail = event.detail;
  if (detail.xhr.status < 400) return;
  if (detail.xhr.getResponseHeader("HX-Redirect")) return;
  const form = detail.requestConfig.elt.closest("form");
  const place = (form && find(".problem-at", form)) || find("#problem");
  if (detail.requestConfig.verb === "get" && detail.requestConfig.elt.id !== "pane" && !form && detail.xhr.status >= 500) {
    detail.shouldSwap = false; // a refresh that failed: the next one comes by itself
    return;
  }
  detail.target = place;
  detail.swapOverride = "innerHTML";
  detail.shouldSwap = true;
});

document.addEventListener("htmx:afterSwap", (event) => {
  const form = event.target.closest?.("form");
  if (!form || !event.target.classList.contains("problem-at")) return;
  let first = null;
  for (const problem of event.target.querySelectorAll("[data-field]")) {
    const field = form.elements[problem.dataset.field];
    const input = field instanceof RadioNodeList ? field[0] : field;
    if (!input) continue;
    input.setAttribute("aria-invalid", "true");
    const mark = document.createElement("span");
    mark.className = "field-problem";
    mark.textContent = problem.textContent.replace(/^.*?：/, (name) => (problem.tagName === "LI" ? "" : name));
    input.after(mark);
    first ??= input;
  }
  first?.focus();
});

document.addEventListener("htmx:beforeRequest", (event) => {
  const form = event.detail.requestConfig.elt.closest("form");
  if (event.detail.requestConfig.verb === "get") return;
  find("#problem").replaceChildren();
  if (!form || event.detail.target?.id === "preview" || event.detail.target?.id === "count") return;
  find(".problem-at", form)?.replaceChildren();
  form.querySelectorAll("[aria-invalid]").forEach((input) => input.removeAttribute("aria-invalid"));
  form.querySelectorAll(".field-problem").forEach((mark) => mark.remove());
});

document.addEventListener("htmx:sendError", (event) => {
  if (event.detail.requestConfig.verb === "get") return;
  const form = event.detail.requestConfig.elt.closest("form");
  const place = (form && find(".problem-at", form)) || find("#problem");
  const line = document.createElement("p");
  line.className = "problem";
  line.textContent = "没有连上服务器，内容还在，请稍后再按一次。";
  place.replaceChildren(line);
});

document.addEventListener("htmx:afterRequest", (event) => {
  const form = event.detail.elt;
  if (event.detail.successful && form.matches?.("form[data-clear]")) form.reset();
});

document.addEventListener("htmx:sseError", () => document.body.classList.add("offline"));
document.addEventListener("htmx:sseOpen", () => document.body.classList.remove("offline"));

// --- The conversation: scrolling, drafts, modes ----------------------------------------------------------------------

let atEnd = true;
const draftKey = (box) => `draft:${conversation().dataset.case}:${box.closest("form").id}`;

function toEnd() {
  const log = find("#log");
  if (log) log.scrollTop = log.scrollHeight;
  const down = find("#down");
  if (down) down.hidden = true;
}

function opened() {
  markOpen();
  if (!conversation()) return;
  for (const box of [replyBox(), noteBox()]) box.value = sessionStorage.getItem(draftKey(box)) ?? box.value;
  showDrafted();
  toEnd();
}

function markOpen() {
  const open = conversation()?.dataset.case;
  document.querySelectorAll("a.case").forEach((row) => row.toggleAttribute("aria-current", row.dataset.case === open));
  if (cursor) find(`#row-${cursor}`)?.classList.add("cursor");
  const waiting = find(".cases")?.dataset.waiting;
  if (waiting !== undefined) document.title = `${waiting > 0 ? `（${waiting}）` : ""}收件箱`;
}

document.addEventListener("htmx:beforeSwap", (event) => {
  if (event.detail.target?.id !== "log") return;
  const log = event.detail.target;
  atEnd = log.scrollHeight - log.scrollTop - log.clientHeight < 80;
});

document.addEventListener("htmx:afterSettle", (event) => {
  const target = event.detail.target ?? event.target;
  if (target.id === "pane") opened();
  else if (target.id === "list") markOpen();
  else if (target.id === "log") {
    if (atEnd) toEnd();
    else if (event.detail.xhr?.responseText.includes("data-seq")) find("#down").hidden = false;
  }
});

document.addEventListener("load", (event) => {
  if (event.target.tagName === "IMG" && event.target.closest("#log") && atEnd) toEnd();
}, true);

document.addEventListener("desk:sent", (event) => {
  const form = event.target.closest("form");
  const box = find("textarea", form);
  sessionStorage.removeItem(draftKey(box));
  box.value = "";
  const file = find("input[type=file]", form);
  if (file) file.value = "";
  const name = find(".filename", form);
  if (name) name.textContent = "";
  if (form.id === "reply") dropDrafted();
  atEnd = true;
  toEnd();
  box.focus();
});

function setMode(mode) {
  const composer = find(".composer");
  if (!composer) return;
  composer.dataset.mode = mode;
  composer.querySelectorAll("[role=tab]").forEach((tab) => tab.setAttribute("aria-selected", String(tab.dataset.mode === mode)));
  (mode === "note" ? noteBox() : replyBox()).focus();
}

document.addEventListener("input", (event) => {
  const box = event.target;
  if (!box.matches("#reply textarea, #note textarea")) return;
  sessionStorage.setItem(draftKey(box), box.value);
  if (box === replyBox()) {
    if (box.value.startsWith("/") && !box.value.includes("\n")) showCanned(box.value.slice(1));
    else hideCanned();
  }
});

document.addEventListener("change", (event) => {
  if (event.target.matches("#reply input[type=file]")) {
    find("#reply .filename").textContent = event.target.files[0]?.name ?? "";
  }
});

// --- Canned replies --------------------------------------------------------------------------------------------------

const cannedList = () => find("#canned");
const cannedShown = () => [...cannedList().querySelectorAll("[role=option]:not([hidden])")];

function showCanned(words) {
  const list = cannedList();
  list.hidden = false;
  list.querySelectorAll("[role=option]").forEach((one) => {
    one.hidden = !(one.dataset.title + one.dataset.text).toLowerCase().includes(words.trim().toLowerCase());
    one.setAttribute("aria-selected", "false");
  });
  cannedShown()[0]?.setAttribute("aria-selected", "true");
}

function hideCanned() {
  if (cannedList()) cannedList().hidden = true;
}

function moveCanned(step) {
  const shown = cannedShown();
  const now = shown.findIndex((one) => one.getAttribute("aria-selected") === "true");
  shown[now]?.setAttribute("aria-selected", "false");
  const next = shown[(now + step + shown.length) % shown.length];
  next?.setAttribute("aria-selected", "true");
  next?.scrollIntoView({ block: "nearest" });
}

function takeCanned(one) {
  const box = replyBox();
  box.value = box.value.startsWith("/") || !box.value ? one.dataset.text : `${box.value}\n${one.dataset.text}`;
  sessionStorage.setItem(draftKey(box), box.value);
  hideCanned();
  box.focus();
}

// --- Drafts of the language model: into an empty box, never over what somebody typed -----------------------------------

function takeDraft(drafted) {
  const box = replyBox();
  box.value = box.value.trim() ? `${box.value}\n${drafted.dataset.drafted}` : drafted.dataset.drafted;
  sessionStorage.setItem(draftKey(box), box.value);
  drafted.querySelectorAll("[data-beside], [data-take-draft], [data-whole]").forEach((one) => (one.hidden = true));
  sessionStorage.setItem(draftedKey(), find("#drafted").innerHTML); // its warning stays as long as its words may
  box.focus();
}

const draftedKey = () => `${draftKey(replyBox())}:drafted`;

function showDrafted() {
  const kept = replyBox().value.trim() && sessionStorage.getItem(draftedKey());
  if (kept) find("#drafted")?.insertAdjacentHTML("beforeend", kept);
}

function dropDrafted() {
  find("#drafted")?.replaceChildren();
  sessionStorage.removeItem(draftedKey());
}

document.addEventListener("htmx:afterSwap", (event) => {
  const drafted = event.target.id === "drafted" && find("[data-drafted]", event.target);
  if (!drafted || drafted.dataset.case !== conversation()?.dataset.case) return;
  if (!replyBox().value.trim()) return takeDraft(drafted);
  drafted.querySelectorAll("[data-beside], [data-take-draft], [data-whole]").forEach((one) => (one.hidden = false));
});

document.addEventListener("click", (event) => {
  if (event.target.closest("[data-take-draft]")) takeDraft(event.target.closest("[data-drafted]"));
  else if (event.target.closest("[data-drop-draft]")) dropDrafted();
});

// --- Keys ------------------------------------------------------------------------------------------------------------

let cursor = "";

function moveCursor(step) {
  const rows = [...document.querySelectorAll("a.case")];
  if (!rows.length) return;
  const now = rows.findIndex((row) => row.dataset.case === (cursor || conversation()?.dataset.case));
  const next = rows[now < 0 ? 0 : Math.min(Math.max(now + step, 0), rows.length - 1)];
  rows.forEach((row) => row.classList.toggle("cursor", row === next));
  cursor = next.dataset.case;
  next.focus({ preventScroll: true });
  next.scrollIntoView({ block: "nearest" });
}

const KEYS = {
  j: () => moveCursor(1),
  k: () => moveCursor(-1),
  r: () => setMode("reply"),
  n: () => setMode("note"),
  a: () => find("[data-take]")?.click(),
  e: () => find("[data-resolve]")?.click(),
  "?": () => find("#help")?.showModal(),
};

document.addEventListener("keydown", (event) => {
  const typing = event.target.matches("input, textarea, select");
  if (event.isComposing || event.keyCode === 229) return; // an input method is at work: Enter and letters are its own
  if (event.target === replyBox() && !cannedList().hidden) {
    const chosen = cannedShown().find((one) => one.getAttribute("aria-selected") === "true");
    if (event.key === "ArrowDown" || event.key === "ArrowUp") moveCanned(event.key === "ArrowDown" ? 1 : -1);
    else if (event.key === "Enter" && !event.ctrlKey && chosen) takeCanned(chosen);
    else if (event.key === "Escape") hideCanned();
    else return;
    event.preventDefault();
    return;
  }
  if (event.key === "Enter" && (event.ctrlKey || event.metaKey) && event.target.matches(".composer textarea")) {
    event.preventDefault();
    event.target.form.requestSubmit();
    return;
  }
  if (event.key === "Escape" && typing) {
    event.target.blur();
    return;
  }
  if (typing || event.ctrlKey || event.metaKey || event.altKey || find("dialog[open]") || !find("main.inbox")) return;
  if (event.key === "Enter" && cursor && !event.target.matches("a, button, summary")) {
    event.preventDefault();
    find(`#row-${cursor}`)?.click();
  } else if (KEYS[event.key]) {
    event.preventDefault();
    KEYS[event.key]();
  }
});

document.addEventListener("click", (event) => {
  const tab = event.target.closest(".composer [role=tab]");
  const canned = event.target.closest("#canned [role=option]");
  if (tab) setMode(tab.dataset.mode);
  else if (canned) takeCanned(canned);
  else if (event.target.closest("[data-canned]")) cannedList().hidden ? (showCanned(""), replyBox().focus()) : hideCanned();
  else if (event.target.closest("#down")) toEnd();
  else if (event.target.closest("[data-sign-out]")) sessionStorage.clear(); // drafts are personal data
  const row = event.target.closest("a.case");
  if (row) {
    cursor = row.dataset.case;
    document.querySelectorAll("a.case").forEach((one) => one.classList.toggle("cursor", one === row));
  }
});

document.addEventListener("DOMContentLoaded", opened);
