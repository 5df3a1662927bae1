// The page's beginning: builds the parts and joins them.

import { Composer } from "./composer.js";
import { Line } from "./line.js";
import { Sender } from "./sender.js";
import { Status } from "./status.js";
import { current, say, speak } from "./texts.js";
import { Thread } from "./thread.js";
import { Unsent } from "./unsent.js";

const byId = (id) => document.getElementById(id);
const status = new Status();
const unsent = new Unsent();
const previews = new Map(); // addresses of files that are still here, by client id
let pressed = { payload: "", at: 0 };
let noticeTimer = 0;

const thread = new Thread(byId("thread"), byId("scroller"), byId("to-end"), {
  press(button) {
    // A thumb that taps twice means once.
    if (button.payload === pressed.payload && Date.now() - pressed.at < 1000) return;
    pressed = { payload: button.payload, at: Date.now() };
    add({ payload: button.payload, label: button.label, text: button.label });
  },
  again: (message) => sender.again(message.client_id),
  async remove(message) {
    await unsent.drop(message.client_id);
    thread.forget(message.client_id);
    showWelcome();
  },
});

const sender = new Sender(unsent, {
  show: (item) => thread.unsent(asMessage(item)),
  stored(message) {
    arrived(message.client_id);
    thread.stored(message);
  },
  identify,
});

const line = new Line({
  history(history, first) {
    byId("older").hidden = first ? !history.older : byId("older").hidden;
    changed(history);
  },
  message(message) {
    if (message.client_id) arrived(message.client_id);
    if (message.direction === "out") status.typing(false);
    thread.stored(message);
    showWelcome();
  },
  caughtUp() {
    thread.loaded();
    showWelcome();
  },
  typing: () => { status.typing(true); if (thread.atEnd()) thread.scrollToEnd(); },
  status: changed,
  open() {
    status.connection("open");
    sender.flush();
  },
  lost() {
    status.connection("lost");
    thread.loaded();
  },
  identify,
});

function add(content) {
  byId("welcome").hidden = true;
  return sender.add(content);
}

/** The page itself gives the cookie. With a new one the worker is somebody new: what is unsent goes there, the rest begins afresh. */
async function identify() {
  await fetch("/chat", { cache: "no-store" });
  const response = await fetch("/chat/messages", { cache: "no-store" });
  if (response.ok) location.reload();
  else notify(say("no_cookie"));
}

function changed({ holder, language }) {
  if (language && speak(language)) thread.again();
  status.holder(holder);
}

/** Something unsent, in the shape of a message. */
function asMessage(item) {
  let attachment = null;
  if (item.file) {
    const { blob, name } = item.file;
    if (!previews.has(item.client_id)) previews.set(item.client_id, URL.createObjectURL(blob));
    attachment = { name, media_type: blob.type, size: blob.size, url: previews.get(item.client_id) };
  }
  return {
    client_id: item.client_id, order: item.order, direction: "in", author: { kind: "worker", name: "" }, text: item.text, buttons: [],
    attachment, created_at: item.order, edited: false, state: item.state, problem: item.problem,
  };
}

/** The server has it: nothing of it need be kept here. */
function arrived(clientId) {
  unsent.drop(clientId);
  URL.revokeObjectURL(previews.get(clientId));
  previews.delete(clientId);
}

function showWelcome() {
  byId("welcome").hidden = !thread.empty;
}

function notify(text) {
  byId("notice").textContent = text;
  byId("notice").hidden = false;
  clearTimeout(noticeTimer);
  noticeTimer = setTimeout(() => { byId("notice").hidden = true; }, 7000);
}

async function showOlder() {
  const response = await fetch(`/chat/messages?before=${thread.firstSeq}`, { cache: "no-store" }).catch(() => null);
  if (!response?.ok) return notify(say("lost_line"));
  const history = await response.json();
  byId("older").hidden = !history.older;
  thread.earlier(history.messages);
}

async function switchLanguage() {
  const language = current() === "zh" ? "en" : "zh";
  speak(language);
  thread.again();
  status.show();
  const body = JSON.stringify({ language });
  await fetch("/chat/language", { method: "POST", headers: { "Content-Type": "application/json" }, body }).catch(() => notify(say("lost_line")));
}

/** A keyboard that opens over the page must not cover what is being written. */
function fitKeyboard() {
  const view = globalThis.visualViewport;
  if (!view) return;
  const fit = () => {
    const end = thread.atEnd();
    document.documentElement.style.setProperty("--height", `${view.height}px`);
    document.documentElement.style.setProperty("--top", `${view.offsetTop}px`);
    if (end) thread.scrollToEnd();
  };
  view.addEventListener("resize", fit);
  view.addEventListener("scroll", fit);
  fit();
}

new Composer(add, notify);
byId("older").addEventListener("click", showOlder);
byId("language").addEventListener("click", switchLanguage);
for (const button of byId("welcome").querySelectorAll("button")) {
  const { example, payload } = button.dataset;
  button.addEventListener("click", () => add(payload ? { payload, label: say("start"), text: say("start") } : { text: say(example) }));
}
addEventListener("online", () => status.show());
fitKeyboard();
status.show();
sender.resume(await unsent.open());
line.connect();
// Service workers exist on secure pages only; without one the page works, it just does not open offline.
navigator.serviceWorker?.register(`/chat/sw.js?v=${document.documentElement.dataset.version}`, { scope: "/chat" }).catch(() => {});
