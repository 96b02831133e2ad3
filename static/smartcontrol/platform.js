/* What browsers offer with https (or on localhost) alone, and what the app does without it. */

const LOCK = "smartcontrol-queue";
let turn = Promise.resolve();

/** An Idempotency-Key that no other request has. */
export function newKey() {
  return crypto.randomUUID?.() ?? inHex(crypto.getRandomValues(new Uint8Array(16)));
}

/** The same Idempotency-Key for the same facts, on every phone and after every start: the server carries a request with
    it out once. Without https it is a new one each time. */
export async function keyOf(facts) {
  if (!crypto.subtle) return newKey();
  const bytes = new TextEncoder().encode(JSON.stringify(facts));
  return inHex(new Uint8Array(await crypto.subtle.digest("SHA-256", bytes)));
}

function inHex(bytes) {
  return [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** Run `act` when no other runs, in any tab. Without https the other tabs do not know of it: then the keys alone keep
    an entry from being carried out twice. */
export function inTurn(act) {
  if (navigator.locks) return navigator.locks.request(LOCK, act);
  turn = turn.then(act, act);
  return turn;
}
