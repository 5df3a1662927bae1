// The line to the server: history, then live events; when it breaks, it is taken up behind the last message seen.

const SILENCE = 40000; // the server says something every 15 s

export class Line {
  /** `on` has message(message), typing(), status({holder, language}), history(history, first), caughtUp(), open(), lost(), identify(). */
  constructor(on) {
    this.on = on;
    this.lastSeq = 0;
    this.source = null;
    this.failures = 0;
    this.timer = 0;
    this.heardAt = 0;
    this.attempt = 0;
    addEventListener("online", () => this.connect());
    addEventListener("offline", () => this.#broken());
    addEventListener("pageshow", (event) => { if (event.persisted) this.connect(); });
    document.addEventListener("visibilitychange", () => {
      if (!document.hidden && Date.now() - this.heardAt > 20000) this.connect();
    });
    setInterval(() => { if (this.source && Date.now() - this.heardAt > SILENCE) this.connect(); }, 5000);
  }

  /** Catch up by a plain request, which tells what is wrong if something is; then listen. */
  async connect() {
    this.#close();
    const attempt = ++this.attempt;
    try {
      const response = await fetch(`/chat/messages?after=${this.lastSeq}`, { cache: "no-store", signal: AbortSignal.timeout(15000) });
      if (attempt !== this.attempt) return;
      if (response.status === 401) {
        await this.on.identify();
        throw new Error("no cookie yet");
      }
      if (!response.ok) throw new Error(`status ${response.status}`);
      const history = await response.json();
      if (attempt !== this.attempt) return;
      this.on.history(history, this.lastSeq === 0);
      for (const message of history.messages) this.#take(message);
      this.on.caughtUp();
      this.#listen();
    } catch {
      if (attempt === this.attempt) this.#broken();
    }
  }

  #listen() {
    const source = new EventSource(`/chat/events?after=${this.lastSeq}`);
    const heard = (work) => (event) => {
      if (source !== this.source) return;
      this.heardAt = Date.now();
      work(JSON.parse(event.data));
    };
    this.source = source;
    this.heardAt = Date.now();
    source.onopen = () => { if (source === this.source) { this.failures = 0; this.heardAt = Date.now(); this.on.open(); } };
    source.onerror = () => { if (source === this.source) this.#broken(); };
    source.addEventListener("message", heard((message) => this.#take(message)));
    source.addEventListener("typing", heard(() => this.on.typing()));
    source.addEventListener("status", heard((status) => this.on.status(status)));
    source.addEventListener("ping", heard(() => {}));
  }

  #take(message) {
    if (message.seq <= this.lastSeq) return;
    this.lastSeq = message.seq;
    this.on.message(message);
  }

  #broken() {
    this.#close();
    this.attempt++;
    this.on.lost();
    // Spread out, so that a restarted server is not met by all pages in the same moment.
    const wait = Math.min(15000, 500 * 2 ** this.failures++) * (0.75 + Math.random() / 2);
    this.timer = setTimeout(() => this.connect(), wait);
  }

  #close() {
    clearTimeout(this.timer);
    this.source?.close();
    this.source = null;
  }
}
