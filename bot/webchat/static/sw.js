// Keeps the page's shell, so that it opens without a network and says so. Messages and files are never kept here.

const version = new URL(location.href).searchParams.get("v");
const CACHE = `uniondesk-chat-${version}`;
const FILES = [
  "bubble.js", "chat.css", "chat.js", "composer.js", "line.js", "recorder.js", "sender.js", "status.js", "texts.js", "thread.js", "unsent.js", "words.js",
];
const SHELL = ["/chat", "/chat/manifest.webmanifest", "/chat/icons/192.png", ...FILES.map((name) => `/chat/static/${version}/${name}`)];

self.addEventListener("install", (event) => {
  event.waitUntil(caches.open(CACHE).then((cache) => cache.addAll(SHELL)).then(() => self.skipWaiting()));
});

self.addEventListener("activate", (event) => {
  const drop = async () => {
    for (const name of await caches.keys()) if (name.startsWith("uniondesk-chat-") && name !== CACHE) await caches.delete(name);
    await self.clients.claim();
  };
  event.waitUntil(drop());
});

self.addEventListener("fetch", (event) => {
  const url = new URL(event.request.url);
  if (event.request.method !== "GET" || url.origin !== location.origin) return;
  if (event.request.mode === "navigate" && url.pathname === "/chat") {
    event.respondWith(page(event.request));
  } else if (SHELL.includes(url.pathname) && url.pathname !== "/chat") {
    event.respondWith(caches.match(url.pathname).then((kept) => kept ?? fetch(event.request)));
  }
});

/** The page from the network; the kept one when there is none or the desk is being restarted behind its proxy. */
async function page(request) {
  const response = await fetch(request).catch(() => null);
  if (response && response.status < 500) return response;
  return (await caches.match("/chat")) ?? response ?? Response.error();
}
