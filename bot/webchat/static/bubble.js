// One message as a bubble. A message is what the server shows (seq, author, text, …) or what is still to be sent (state "waiting").

import { locale, say } from "./texts.js";
import { words } from "./words.js";

const ZONE = "Asia/Shanghai";

export function element(name, classes = "", text = "") {
  const node = document.createElement(name);
  if (classes) node.className = classes;
  if (text) node.textContent = text;
  return node;
}

/** The day a message was written, in the zone of the desk: 2025-06-03. */
export const dayOf = (message) => new Intl.DateTimeFormat("sv-SE", { timeZone: ZONE }).format(new Date(message.created_at));

export function dayName(day) {
  const today = dayOf({ created_at: Date.now() });
  if (day === today) return say("today");
  if (day === dayOf({ created_at: Date.now() - 86400000 })) return say("yesterday");
  const format = { timeZone: "UTC", month: "long", day: "numeric" };
  if (day.slice(0, 4) !== today.slice(0, 4)) format.year = "numeric";
  return new Intl.DateTimeFormat(locale(), format).format(new Date(`${day}T00:00:00Z`));
}

/** Fill a list item with a message. `on` has press(button), again(message), remove(message). */
export function fill(item, message, on) {
  const mine = message.direction === "in";
  item.className = `line ${mine ? "mine" : "theirs"} ${message.author.kind}`;
  item.dataset.state = message.state;
  item.dataset.day = dayOf(message);
  item.dataset.dayName = dayName(item.dataset.day);
  const bubble = element("div", "bubble");
  bubble.append(author(message, mine));
  if (message.attachment) bubble.append(file(message.attachment));
  if (message.text) {
    const text = element("p", "text");
    text.append(...words(message.text));
    bubble.append(text);
  }
  bubble.append(foot(message, mine));
  const parts = [bubble];
  if (message.state === "failed" || message.problem) parts.push(failure(message, on));
  if (!mine && message.buttons.length) parts.push(keyboard(message.buttons, on));
  item.replaceChildren(...parts);
}

function author(message, mine) {
  const { kind, name } = message.author;
  const spoken = mine ? say("you") : kind === "person" ? name || say("person_unnamed") : say(kind);
  // Only who is not the machine is named for all to see; a screen reader hears it always.
  return element("span", kind === "person" || kind === "system" ? "author" : "author unseen", spoken);
}

function file({ name, media_type: type, size, url }) {
  if (/^image\/(jpeg|png|gif|webp)$/.test(type)) {
    const link = element("a", "photo");
    Object.assign(link, { href: url, target: "_blank", rel: "noopener" });
    const image = element("img");
    Object.assign(image, { src: url, alt: `${say("image")} ${name}`, decoding: "async" });
    link.append(image);
    return link;
  }
  if (type.startsWith("audio/")) {
    const sound = element("audio");
    Object.assign(sound, { src: url, controls: true, preload: "metadata" });
    sound.setAttribute("aria-label", `${say("voice")} ${name}`);
    return sound;
  }
  const link = element("a", "file");
  Object.assign(link, { href: url, download: name });
  link.setAttribute("aria-label", `${say("download")} ${name}`);
  link.append(element("span", "name", name), element("span", "size", sizeOf(size)));
  return link;
}

const sizeOf = (bytes) => (bytes < 1048576 ? `${Math.max(1, Math.round(bytes / 1024))} KB` : `${(bytes / 1048576).toFixed(1)} MB`);

function foot(message, mine) {
  const node = element("span", "foot");
  if (message.edited) node.append(element("span", "", `${say("edited")} `));
  const time = element("time", "", new Intl.DateTimeFormat("zh-CN", { timeZone: ZONE, hour: "2-digit", minute: "2-digit", hourCycle: "h23" }).format(new Date(message.created_at)));
  time.dateTime = new Date(message.created_at).toISOString();
  node.append(time);
  if (mine && message.state !== "failed") {
    const mark = element("span", `mark ${message.state}`);
    mark.setAttribute("role", "img");
    mark.setAttribute("aria-label", say(message.state));
    node.append(" ", mark);
  }
  return node;
}

/** Why it was not sent, or not yet; what failed for good can be tried again or removed. */
function failure(message, on) {
  const node = element("div", "failure");
  node.append(element("p", "", message.problem || say("failed")));
  if (message.state !== "failed") return node;
  const again = element("button", "", say("again"));
  const remove = element("button", "", say("remove"));
  again.type = remove.type = "button";
  again.addEventListener("click", () => on.again(message));
  remove.addEventListener("click", () => on.remove(message));
  node.append(again, remove);
  return node;
}

function keyboard(rows, on) {
  const node = element("div", "keyboard");
  for (const buttons of rows) {
    const row = element("div", "row");
    for (const button of buttons) row.append(key(button, on));
    node.append(row);
  }
  return node;
}

function key(button, on) {
  if (/^https?:\/\//i.test(button.url ?? "")) {
    const link = element("a", "key", button.label);
    Object.assign(link, { href: button.url, target: "_blank", rel: "noopener noreferrer" });
    return link;
  }
  const node = element("button", "key", button.label);
  node.type = "button";
  node.addEventListener("click", () => on.press(button));
  return node;
}
