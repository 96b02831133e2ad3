/* The whole app on the phone: a build is stored when it is installed, and answers from then on without a network.
   `self.build` is {name, files, shell}; /smartcontrol/sw.js sets it and imports this file. */
const { name, files, shell } = self.build;
const CACHE = `smartcontrol-${name}`;
const AT_ONCE = 12;
const IGNORING = { ignoreVary: true, ignoreSearch: true };

self.addEventListener("install", (event) => event.waitUntil(store()));
self.addEventListener("activate", (event) => event.waitUntil(takeOver()));
self.addEventListener("message", (event) => {
  if (event.data === "take over") self.skipWaiting();
});
self.addEventListener("fetch", (event) => {
  const answer = answerTo(event.request);
  if (answer) event.respondWith(answer);
});

async function store() {
  const cache = await caches.open(CACHE);
  // The files are immutable: what the page has just loaded is taken from the browser's own cache, and what an earlier
  // try has stored is not fetched again.
  const there = new Set((await cache.keys()).map((request) => new URL(request.url).pathname));
  const lacking = files.filter((file) => !there.has(file));
  for (let from = 0; from < lacking.length; from += AT_ONCE)
    await cache.addAll(lacking.slice(from, from + AT_ONCE));
  const page = await fetch(shell, { cache: "reload", redirect: "error" });
  if (!page.ok) throw new Error(`${shell} answered ${page.status}`);
  const text = await page.clone().text();
  if (!text.includes(name)) throw new Error("The page is of another build.");
  await cache.put(shell, page);
}

async function takeOver() {
  for (const key of await caches.keys()) {
    if (key.startsWith("smartcontrol-") && key !== CACHE) await caches.delete(key);
  }
  await self.clients.claim();
}

function answerTo(request) {
  const url = new URL(request.url);
  if (request.method !== "GET" || url.origin !== location.origin) return null;
  if (request.mode === "navigate") return url.pathname === shell ? kept(shell, request) : null;
  return url.pathname.startsWith(`${shell}${name}/`) ? kept(url.pathname, request) : null;
}

async function kept(path, request) {
  const cache = await caches.open(CACHE);
  return (await cache.match(path, IGNORING)) ?? fetch(request);
}
