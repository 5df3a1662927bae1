// A voice message: recorded by the browser, at most two minutes.

const MOST_SECONDS = 120;
const TYPES = ["audio/webm;codecs=opus", "audio/mp4", "audio/ogg;codecs=opus"];

const usableType = () => TYPES.find((type) => MediaRecorder.isTypeSupported(type));

/** Whether this browser can record on this page. */
export const canRecord = () => Boolean(globalThis.MediaRecorder && navigator.mediaDevices?.getUserMedia && usableType());

export class Recorder {
  #recorder = null;
  #pieces = [];
  #wanted = false;

  /** Begin. `tick(seconds)` comes every second, `done(file)` with {blob, name} at the end, or with null when discarded. */
  async start(tick, done) {
    const stream = await navigator.mediaDevices.getUserMedia({ audio: true });
    const type = usableType();
    const startedAt = Date.now();
    this.#pieces = [];
    this.#wanted = false;
    this.#recorder = new MediaRecorder(stream, { mimeType: type, audioBitsPerSecond: 32000 });
    const timer = setInterval(() => {
      const seconds = Math.floor((Date.now() - startedAt) / 1000);
      tick(seconds);
      if (seconds >= MOST_SECONDS) this.finish();
    }, 250);
    this.#recorder.ondataavailable = (event) => this.#pieces.push(event.data);
    this.#recorder.onstop = () => {
      clearInterval(timer);
      for (const track of stream.getTracks()) track.stop();
      const plain = type.split(";")[0];
      const name = `voice.${{ "audio/webm": "webm", "audio/mp4": "m4a", "audio/ogg": "ogg" }[plain]}`;
      done(this.#wanted ? { blob: new Blob(this.#pieces, { type: plain }), name } : null);
    };
    this.#recorder.start();
  }

  finish() { this.#stop(true); }
  discard() { this.#stop(false); }

  #stop(wanted) {
    if (this.#recorder?.state !== "recording") return;
    this.#wanted = wanted;
    this.#recorder.stop();
  }
}
