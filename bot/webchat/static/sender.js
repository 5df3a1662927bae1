// Sends what is unsent, one after the other, each under its own id until the server has it.

import { say } from "./texts.js";
import { newId } from "./unsent.js";

const PATIENCE = { text: 20000, file: 180000 };

export class Sender {
  /** `show` draws an item, `stored` takes the server's message, `identify` fetches a cookie when there is none. */
  constructor(unsent, { show, stored, identify }) {
    Object.assign(this, { unsent, show, stored, identify });
    this.busy = false;
    this.failures = 0;
    this.timer = 0;
    this.lastOrder = 0;
  }

  /** Take up what an earlier visit left. */
  resume(items) {
    for (const item of items) {
      this.lastOrder = Math.max(this.lastOrder, item.order);
      this.show(item);
    }
    this.flush();
  }

  /** Put something on its way: {text}, {payload, label, text}, {location, text} or {file, text: ""}. */
  async add(content) {
    this.lastOrder = Math.max(Date.now(), this.lastOrder + 1);
    const item = { client_id: newId(), order: this.lastOrder, state: "waiting", problem: "", ...content };
    this.show(item);
    await this.unsent.keep(item);
    this.flush();
  }

  async again(clientId) {
    const item = this.unsent.all().find((one) => one.client_id === clientId);
    if (!item) return;
    Object.assign(item, { state: "waiting", problem: "" });
    this.show(item);
    await this.unsent.keep(item);
    this.flush();
  }

  /** Send all that waits, now. Called again while it runs, it does nothing. */
  async flush() {
    clearTimeout(this.timer);
    if (this.busy) return;
    this.busy = true;
    try {
      for (let item; (item = this.unsent.all().find((one) => one.state === "waiting")); ) {
        if (!(await this.#send(item))) break;
      }
    } finally {
      this.busy = false;
    }
  }

  /** One item. False when the rest has to wait as well. */
  async #send(item) {
    let response;
    try {
      response = await post(item);
    } catch {
      return this.#later(Math.min(15000, 1000 * 2 ** this.failures++));
    }
    const answer = await response.json().catch(() => ({}));
    // The live line may have brought it in the meantime: then it is stored, whatever this answer says.
    if (!this.unsent.has(item.client_id)) return true;
    if (response.ok && answer.message) {
      this.failures = 0;
      await this.unsent.drop(item.client_id);
      this.stored(answer.message);
      return true;
    }
    if (response.status === 429) {
      item.problem = answer.message ?? "";
      this.show(item);
      return this.#later(1000 * (Number(response.headers.get("Retry-After")) || 10));
    }
    if (response.status === 401) await this.identify().catch(() => {});
    if (response.status === 401 || response.status === 408 || response.status >= 500) {
      return this.#later(Math.min(15000, 1000 * 2 ** this.failures++));
    }
    const fallback = response.status === 413 ? say("file_too_large") : say("problem");
    Object.assign(item, { state: "failed", problem: answer.message ?? fallback });
    await this.unsent.keep(item);
    this.show(item);
    return true;
  }

  #later(milliseconds) {
    this.timer = setTimeout(() => this.flush(), milliseconds);
    return false;
  }
}

function post({ client_id, text, payload, label, location, file }) {
  if (file) {
    const form = new FormData();
    form.append("client_id", client_id);
    form.append("file", file.blob, file.name);
    return fetch("/chat/attachments", { method: "POST", body: form, signal: AbortSignal.timeout(PATIENCE.file) });
  }
  const said = location ? { client_id, location } : payload ? { client_id, payload, label } : { client_id, text };
  return fetch("/chat/messages", {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify(said),
    signal: AbortSignal.timeout(PATIENCE.text),
  });
}
