// The conversation on the screen: every message once, in the order of the server, the unsent ones below.

import { dayName, fill } from "./bubble.js";
import { say } from "./texts.js";

const NEAR = 120;

export class Thread {
  /** `list` holds the bubbles within `scroller`; `on` is what their buttons do. */
  constructor(list, scroller, toEnd, on) {
    this.list = list;
    this.scroller = scroller;
    this.toEnd = toEnd;
    this.on = on;
    this.lines = new Map(); // by seq, or by client id while it is not stored
    this.loading = true; // what is shown now is history: nothing moves and nothing is read out
    toEnd.addEventListener("click", () => this.scrollToEnd());
    scroller.addEventListener("scroll", () => { if (this.atEnd()) toEnd.hidden = true; }, { passive: true });
    list.addEventListener("load", () => { if (this.wasAtEnd) this.scrollToEnd(); }, true);
  }

  get empty() { return this.lines.size === 0; }
  get firstSeq() { return Math.min(...[...this.lines.values()].map((line) => line.message.seq ?? Infinity)); }
  has(seq) { return this.lines.has(seq); }
  atEnd() { return this.scroller.scrollHeight - this.scroller.scrollTop - this.scroller.clientHeight < NEAR; }

  /** Show what the server has stored. What was waiting under its client id becomes it. Answers whether it is new here. */
  stored(message) {
    if (this.lines.has(message.seq)) return false;
    const waiting = message.client_id ? this.lines.get(message.client_id) : undefined;
    const line = waiting ?? { item: document.createElement("li") };
    if (waiting) this.lines.delete(message.client_id);
    line.message = { ...message, state: "sent" };
    this.lines.set(message.seq, line);
    this.#show(line);
    return true;
  }

  /** Show what is still to be sent, or what has become of it. */
  unsent(message) {
    const line = this.lines.get(message.client_id) ?? { item: document.createElement("li") };
    line.message = message;
    this.lines.set(message.client_id, line);
    this.#show(line);
  }

  /** The history is there: go to its end, and from now on tell a screen reader what comes. */
  loaded() {
    if (!this.loading) return;
    this.loading = false;
    this.scrollToEnd();
    requestAnimationFrame(() => this.list.setAttribute("aria-live", "polite"));
  }

  forget(clientId) {
    this.lines.get(clientId)?.item.remove();
    this.lines.delete(clientId);
  }

  /** Show messages older than all others without moving what is being read. */
  earlier(messages) {
    const below = this.scroller.scrollHeight - this.scroller.scrollTop;
    for (const message of messages) this.stored(message);
    this.scroller.scrollTop = this.scroller.scrollHeight - below;
    this.toEnd.hidden = true;
  }

  /** Write everything anew, after a change of language. */
  again() {
    for (const line of this.lines.values()) fill(line.item, line.message, this.on);
    for (const line of this.lines.values()) this.#day(line.item);
  }

  scrollToEnd() {
    this.scroller.scrollTop = this.scroller.scrollHeight;
    this.wasAtEnd = true;
    this.toEnd.hidden = true;
  }

  #show(line) {
    const reading = !this.loading && !this.atEnd();
    const fresh = !line.item.parentNode;
    fill(line.item, line.message, this.on);
    const next = this.#after(line);
    if (line.item.parentNode !== this.list || line.item.nextElementSibling !== next) {
      const old = line.item.nextElementSibling;
      this.list.insertBefore(line.item, next);
      if (old) this.#day(old);
    }
    this.#day(line.item);
    if (next) this.#day(next);
    if (this.loading) return;
    this.wasAtEnd = !reading;
    if (!reading || line.message.state === "waiting") this.#follow(line, fresh);
    else if (fresh && line.message.direction === "out") this.#offerEnd("to_end");
  }

  /** Go to the end; but of an answer longer than the screen show the beginning. */
  #follow(line, fresh) {
    this.scrollToEnd();
    const above = this.scroller.getBoundingClientRect().top - line.item.getBoundingClientRect().top;
    if (!fresh || line.message.direction !== "out" || above <= 0) return;
    this.scroller.scrollTop -= above + 8;
    this.wasAtEnd = false;
    this.#offerEnd("to_rest");
  }

  /** The way down: with words when something new is there, a bare arrow when it is only the rest of an answer. */
  #offerEnd(key) {
    const label = this.toEnd.querySelector("span");
    label.dataset.say = key;
    label.textContent = say(key);
    label.classList.toggle("unseen", key === "to_rest");
    this.toEnd.hidden = false;
  }

  /** The bubble in front of which a message belongs, or null for the end. Mostly found at the first look. */
  #after(line) {
    const place = ({ seq, order }) => (seq === undefined ? [Infinity, order] : [seq, 0]);
    const [seq, order] = place(line.message);
    let next = null;
    for (let item = this.list.lastElementChild; item; item = item.previousElementSibling) {
      if (item === line.item) continue;
      const [otherSeq, otherOrder] = place(item.message);
      if (otherSeq < seq || (otherSeq === seq && otherOrder < order)) break;
      next = item;
    }
    line.item.message = line.message;
    return next;
  }

  #day(item) {
    const first = item.previousElementSibling?.dataset.day !== item.dataset.day;
    item.classList.toggle("first-of-day", first);
    if (first) item.dataset.dayName = dayName(item.dataset.day);
  }
}
