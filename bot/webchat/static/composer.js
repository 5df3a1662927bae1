// What the worker writes with: the input, the menu, attachments, a voice message, a place.

import { Recorder, canRecord } from "./recorder.js";
import { say } from "./texts.js";

const byId = (id) => document.getElementById(id);
const DRAFT = "uniondesk-draft";

export class Composer {
  /** `add(content)` puts something on its way, `notify(text)` tells the worker something in passing. */
  constructor(add, notify) {
    this.add = add;
    this.notify = notify;
    this.words = byId("words");
    this.sheet = byId("sheet");
    this.recorder = new Recorder();
    this.words.value = remembered();
    this.#grow();
    byId("composer").addEventListener("submit", (event) => { event.preventDefault(); this.#submit(); });
    this.words.addEventListener("input", () => this.#grow());
    this.words.addEventListener("keydown", (event) => {
      // While Chinese is being composed, Enter belongs to the input method.
      if (event.key !== "Enter" || event.shiftKey || event.isComposing || event.keyCode === 229) return;
      event.preventDefault();
      this.#submit();
    });
    byId("menu").addEventListener("click", () => this.add({ payload: "/menu", label: say("menu"), text: say("menu") }));
    byId("attach").addEventListener("click", () => this.#toggleSheet());
    byId("place").addEventListener("click", () => this.#place());
    for (const id of ["photo", "document"]) {
      byId(id).addEventListener("change", (event) => this.#file(event.target));
      byId(id).parentNode.addEventListener("keydown", (event) => { if (event.key === "Enter" || event.key === " ") { event.preventDefault(); byId(id).click(); } });
    }
    addEventListener("keydown", (event) => { if (event.key === "Escape") this.#toggleSheet(false); });
    byId("voice").addEventListener("click", () => this.#record());
    byId("discard").addEventListener("click", () => this.recorder.discard());
    byId("recorded-send").addEventListener("click", () => this.recorder.finish());
  }

  /** With nothing written the send button makes room for the microphone, where there is one. */
  #grow() {
    const { words } = this;
    words.style.height = "auto";
    words.style.height = `${Math.min(words.scrollHeight, 140)}px`;
    const written = words.value.trim() !== "";
    const mayRecord = canRecord();
    byId("voice").hidden = written || !mayRecord;
    byId("send").hidden = !written && mayRecord;
    byId("send").disabled = !written;
    remember(words.value);
  }

  #submit() {
    const text = this.words.value.trim();
    if (!text) return;
    this.words.value = "";
    this.#grow();
    this.#toggleSheet(false);
    this.add({ text });
    this.words.focus();
  }

  #toggleSheet(open = this.sheet.hidden) {
    this.sheet.hidden = !open;
    byId("attach").setAttribute("aria-expanded", String(open));
  }

  #file(input) {
    const [file] = input.files;
    input.value = "";
    this.#toggleSheet(false);
    if (file) this.add({ text: "", file: { blob: file, name: file.name } });
  }

  #place() {
    this.#toggleSheet(false);
    const refused = () => this.notify(say("place_refused"));
    if (!navigator.geolocation) return refused();
    navigator.geolocation.getCurrentPosition(
      ({ coords: { latitude, longitude, accuracy } }) =>
        this.add({
          location: { latitude, longitude, accuracy },
          text: say("location", { latitude: latitude.toFixed(5), longitude: longitude.toFixed(5) }),
        }),
      refused,
      { enableHighAccuracy: true, timeout: 15000, maximumAge: 60000 },
    );
  }

  async #record() {
    const show = (recording) => {
      byId("recording").hidden = !recording;
      byId("composer").hidden = recording;
    };
    const tick = (seconds) => { byId("recorded").textContent = `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`; };
    try {
      tick(0);
      await this.recorder.start(tick, (file) => {
        show(false);
        if (file) this.add({ text: "", file });
      });
      show(true);
    } catch {
      this.notify(say("voice_refused"));
    }
  }
}

// A half-written message outlives a reload; where storage is refused it simply does not.
function remembered() {
  try {
    return localStorage.getItem(DRAFT) ?? "";
  } catch {
    return "";
  }
}

function remember(text) {
  try {
    if (text) localStorage.setItem(DRAFT, text);
    else localStorage.removeItem(DRAFT);
  } catch {
    // nothing to do
  }
}
