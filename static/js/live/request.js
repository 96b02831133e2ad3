/* Check for changes with one cheap request. */
import { TEXTS } from "../page/dom.js";

const TIMEOUT = 20_000;
const UNAVAILABLE = [502, 503, 504];

export class SignedOut extends Error {}

export class Refused extends Error {
  constructor(status) {
    super(`answered ${status}`);
    this.status = status;
    this.text = UNAVAILABLE.includes(status) ? TEXTS.down : TEXTS.stale;
  }
}

/* The part of the page that changed, or null. Throws SignedOut or Refused. */
export async function fetchChanges(url) {
  const headers = { "HX-Request": "true", "HX-Current-URL": location.href };
  const signal = AbortSignal.timeout(TIMEOUT);
  const answer = await fetch(url, { headers, cache: "no-store", signal });
  if (new URL(answer.url).pathname.startsWith("/accounts/")) throw new SignedOut();
  if (!answer.ok) throw new Refused(answer.status);
  if (answer.status === 204) return null;
  const part = document.createElement("template");
  part.innerHTML = await answer.text();
  return part.content;
}
