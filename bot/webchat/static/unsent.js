// What the worker has written and the server has not stored yet. It survives a reload, in the browser's own database.

const STORE = "unsent";

/** A fresh id of a message. (crypto.randomUUID is missing on pages without TLS.) */
export const newId = () => Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");

/** The items that wait, kept in IndexedDB; in memory only where a browser refuses that (some private windows). */
export class Unsent {
  #items = new Map();
  #database = null;

  async open() {
    try {
      this.#database = await new Promise((resolve, reject) => {
        const request = indexedDB.open("uniondesk-chat", 1);
        request.onupgradeneeded = () => request.result.createObjectStore(STORE, { keyPath: "client_id" });
        request.onsuccess = () => resolve(request.result);
        request.onerror = request.onblocked = () => reject(request.error);
      });
      for (const item of await this.#run("readonly", (store) => store.getAll())) this.#items.set(item.client_id, item);
    } catch {
      this.#database = null;
    }
    return this.all();
  }

  all() {
    return [...this.#items.values()].sort((a, b) => a.order - b.order);
  }

  has(clientId) {
    return this.#items.has(clientId);
  }

  async keep(item) {
    this.#items.set(item.client_id, item);
    await this.#quietly("readwrite", (store) => store.put(item));
  }

  async drop(clientId) {
    if (this.#items.delete(clientId)) await this.#quietly("readwrite", (store) => store.delete(clientId));
  }

  async #quietly(mode, work) {
    try {
      if (this.#database) await this.#run(mode, work);
    } catch {
      // A full disk must not stop a message from being sent; it only would not survive a reload.
    }
  }

  #run(mode, work) {
    return new Promise((resolve, reject) => {
      const transaction = this.#database.transaction(STORE, mode);
      const request = work(transaction.objectStore(STORE));
      transaction.oncomplete = () => resolve(request.result);
      transaction.onerror = transaction.onabort = () => reject(transaction.error);
    });
  }
}
