/* The queue of this phone: how an entry is made, sent by one tab, and shown in all of them. */
import { call } from "./api.js";
import { queueStorage } from "./database.js";
import { inTurn, newKey } from "./platform.js";
import { inOrder, Queue } from "./queue.js";
import { entries, sendingId } from "./store.js";

const tabs = new BroadcastChannel("smartcontrol");
const listeners = new Set();
const awaited = new Set();

export const queue = new Queue({
  storage: queueStorage,
  send: sendEntry,
  lock: inTurn,
  tell(event) {
    // An answer is for this tab; the others read what they need again.
    tabs.postMessage({ type: event.type, id: event.id, problem: event.problem, left: event.left });
    heard(event);
  },
});

tabs.onmessage = ({ data }) => heard(data);

function heard(event) {
  sendingId.value = event.type === "sending" ? event.id : null;
  const shown = showQueue();
  for (const listener of [...listeners]) listener({ ...event, shown });
}

/** `listener(event)`; once `event.shown` is fulfilled, the screens have the queue as it is after the event. */
export function onQueueEvent(listener) {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

export async function showQueue() {
  entries.value = inOrder(await queueStorage.all(queue.person));
}

async function sendEntry(entry) {
  const headers = {
    ...entry.headers,
    "X-Person": String(entry.person),
    "Idempotency-Key": entry.key,
    "Occurred-At": entry.occurred_at,
  };
  if (entry.assignment !== null) headers.Assignment = String(entry.assignment);
  const body = entry.body ?? (await queueStorage.pictureOf(entry.id));
  return call(entry.method, entry.path, { headers, body });
}

/** Keep a request and return at once: it is sent when its turn comes. Raises if the phone cannot keep it. */
export async function submitLater(entry) {
  await keep(entry);
  queue.run();
}

function keep(entry) {
  return queue.add({
    key: newKey(),
    occurred_at: new Date().toISOString(),
    ...entry,
  });
}

/** Keep a request, try it, and return what became of it: {state: "done" | "refused" | "waiting", …}. */
export async function submit(entry) {
  const kept = await keep(entry);
  const result = fateOf(kept.id);
  queue.run();
  return result;
}

/** Whether a screen waits for this entry and shows itself what becomes of it. */
export function isAwaited(id) {
  return awaited.has(id);
}

function fateOf(id) {
  awaited.add(id);
  return new Promise((resolve) => {
    const stop = onQueueEvent((event) => {
      const state = stateAfter(event, id);
      if (!state) return;
      stop();
      setTimeout(() => awaited.delete(id));
      resolve({ ...event, state });
    });
  });
}

function stateAfter(event, id) {
  if (event.type === "rested") return event.left.includes(id) ? "waiting" : null;
  if (event.id !== id) return null;
  return { done: "done", refused: "refused" }[event.type] ?? null;
}
