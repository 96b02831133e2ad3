"""What a site has stored in the browser: its databases, its caches, its local and session storage."""

import json

from playwright.sync_api import CDPSession, Page

# {name of the store: its content}, of every place where a page can keep something.
KEPT = """async () => {
  const result = (asked) => new Promise((done, fail) => {
    asked.onsuccess = () => done(asked.result);
    asked.onerror = () => fail(asked.error);
  });
  const kept = { local: { ...localStorage }, session: { ...sessionStorage }, cache: {} };
  for (const { name } of await indexedDB.databases()) {
    const db = await result(indexedDB.open(name));
    for (const store of db.objectStoreNames) {
      kept[store] = await result(db.transaction(store).objectStore(store).getAll());
    }
    db.close();
  }
  for (const name of await caches.keys()) {
    const cache = await caches.open(name);
    for (const request of await cache.keys()) {
      kept.cache[request.url] = await (await cache.match(request)).text();
    }
  }
  return JSON.stringify(kept, (key, value) =>
    value instanceof Uint8Array ? new TextDecoder().decode(value) : value);
}"""


def kept_on(page: Page) -> dict:
    return json.loads(page.evaluate(KEPT))


def found_on(page: Page, *wanted: str) -> list[tuple[str, str]]:
    """Each of the wanted texts with the store that contains it."""
    kept = kept_on(page)
    contents = {store: json.dumps(kept[store]) for store in kept}
    return [(text, store) for store in contents for text in wanted if text in contents[store]]


# Chromium keeps in mind for half a minute how much room there was.
UNTIL_FULL = """async () => {
  const db = await new Promise((done) => {
    const asked = indexedDB.open("smartcontrol");
    asked.onsuccess = () => done(asked.result);
  });
  const keeps = () => new Promise((done) => {
    const change = db.transaction("facts", "readwrite");
    change.objectStore("facts").put({ person: 0, name: "probe", value: null });
    change.oncomplete = () => done(true);
    change.onabort = () => done(false);
  });
  while (await keeps()) await new Promise((wake) => setTimeout(wake, 500));
  db.close();
}"""


def set_room(session: CDPSession, origin: str, size: int | None) -> None:
    """Let the site keep `size` bytes, or as many as usual."""
    limit = {} if size is None else {"quotaSize": size}
    session.send("Storage.overrideQuotaForOrigin", {"origin": f"{origin}/", **limit})
