/* A page of parts: each part that has changed is replaced in place. */
import { replaceParts } from "./replace.js";
import { fetchChanges } from "./request.js";

export const parts = () => document.querySelector("[data-live-parts]");

export async function refreshParts() {
  const fresh = await fetchChanges(parts().dataset.liveParts);
  if (fresh) replaceParts(fresh);
}
