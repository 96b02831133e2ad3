/* What the phone keeps: the jobs that were read, some facts about the person, and the queue. A vehicle's state, its
   position and its commands are never kept. */
import { openDB } from "../vendor/idb/idb.js";

const NAME = "smartcontrol";
const STRICT = { durability: "strict" };
/** The bodies of photos, by the id of their entry: the queue is read often, and its pictures only to be sent. */
const BODIES = "bodies";
let opened = null;

export function database() {
  opened ??= openDB(NAME, 2, {
    upgrade(db, from) {
      if (from < 1) {
        db.createObjectStore("jobs", { keyPath: ["person", "id"] });
        db.createObjectStore("facts", { keyPath: ["person", "name"] });
        const queue = db.createObjectStore("queue", { keyPath: "id", autoIncrement: true });
        queue.createIndex("person", "person");
      }
      if (from < 2) db.createObjectStore(BODIES);
    },
    // A newer build in another tab wants to change the stores.
    blocking: (_now, _next, event) => event.target.close(),
    terminated: () => {
      opened = null;
    },
  });
  return opened;
}

const everythingOf = (person) => IDBKeyRange.bound([person], [person, []]);

export async function jobsOf(person) {
  return (await database()).getAll("jobs", everythingOf(person));
}

export function keepJobs(person, records, goneIds = []) {
  return ifThereIsRoom(async () => {
    const change = (await database()).transaction("jobs", "readwrite");
    for (const record of records) change.store.put({ person, ...record });
    for (const id of goneIds) change.store.delete([person, id]);
    await change.done;
  });
}

/** What was read can be read again: on a full disk the app goes on without keeping it. */
async function ifThereIsRoom(write) {
  try {
    await write();
  } catch (error) {
    if (error?.name !== "QuotaExceededError") throw error;
  }
}

export async function factOf(person, name) {
  const found = await (await database()).get("facts", [person, name]);
  return found?.value;
}

export function keepFact(person, name, value) {
  return ifThereIsRoom(async () => (await database()).put("facts", { person, name, value }));
}

/** Delete what was read by everybody but `person`. Their queues stay, hidden, until they sign in again. */
export async function forgetOthers(person) {
  const db = await database();
  for (const name of ["jobs", "facts"]) {
    const change = db.transaction(name, "readwrite");
    for (const key of await change.store.getAllKeys()) {
      if (key[0] !== person && key[0] !== NOBODY) change.store.delete(key);
    }
    await change.done;
  }
}

/** Sign-out: nothing of this person stays, neither what was read nor what waits. */
export async function forget(person) {
  const change = (await database()).transaction(["jobs", "facts", "queue", BODIES], "readwrite");
  change.objectStore("jobs").delete(everythingOf(person));
  change.objectStore("facts").delete(everythingOf(person));
  change.objectStore("facts").delete([NOBODY, "person"]);
  const queue = change.objectStore("queue");
  for (const id of await queue.index("person").getAllKeys(person)) {
    queue.delete(id);
    change.objectStore(BODIES).delete(id);
  }
  await change.done;
}

/** Facts of the phone itself have this owner. */
export const NOBODY = 0;

/** The queue's entries. Each write is on the disk before it is reported as done. */
export const queueStorage = {
  async all(person) {
    if (person === null) return [];
    return (await database()).getAllFromIndex("queue", "person", person);
  },
  async get(id) {
    return (await database()).get("queue", id);
  },
  /** `picture` is a body that is kept apart. All of it is kept, or nothing. */
  async add({ picture, ...entry }) {
    const change = (await database()).transaction(["queue", BODIES], "readwrite", STRICT);
    const kept = change.objectStore("queue").add(entry);
    const whole = kept.then((id) => picture && change.objectStore(BODIES).put(picture, id));
    const [id] = await Promise.all([kept, whole, change.done]);
    return { ...entry, id };
  },
  async pictureOf(id) {
    return (await database()).get(BODIES, id);
  },
  async put(entry) {
    const change = (await database()).transaction("queue", "readwrite", STRICT);
    change.store.put(entry);
    await change.done;
  },
  /** Remove entries and write others, all or none. */
  async settle(goneIds, changed) {
    const change = (await database()).transaction(["queue", BODIES], "readwrite", STRICT);
    for (const id of goneIds) {
      change.objectStore("queue").delete(id);
      change.objectStore(BODIES).delete(id);
    }
    for (const entry of changed) change.objectStore("queue").put(entry);
    await change.done;
  },
};
