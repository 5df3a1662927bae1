// What the header and the line below it say: who is there, who is writing, whether the network is.

import { say } from "./texts.js";

const byId = (id) => document.getElementById(id);
const TYPING = 6000;

export class Status {
  #connection = "connecting"; // connecting, open, lost
  #holder = "bot";
  #typingUntil = 0;
  #timer = 0;

  connection(state) {
    this.#connection = state;
    this.show();
  }

  holder(holder) {
    this.#holder = holder;
    this.show();
  }

  typing(on) {
    this.#typingUntil = on ? Date.now() + TYPING : 0;
    clearTimeout(this.#timer);
    if (on) this.#timer = setTimeout(() => this.show(), TYPING + 50);
    this.show();
  }

  show() {
    const typing = this.#connection === "open" && Date.now() < this.#typingUntil;
    const offline = !navigator.onLine;
    const key = offline ? "offline" : this.#connection !== "open" ? "connecting" : typing ? "typing" : this.#holder === "bot" ? "online" : "person";
    const line = byId("status");
    if (line.dataset.say !== key || line.textContent !== say(key)) line.textContent = say(key);
    line.dataset.say = key;
    byId("typing").hidden = !typing;
    byId("offline").hidden = !offline && this.#connection !== "lost";
    byId("offline").textContent = say(offline ? "offline_line" : "lost_line");
  }
}
