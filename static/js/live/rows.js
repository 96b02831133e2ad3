/* The list: a changed row is replaced in place, a gone one is marked, new ones wait until the reader shows them. */
import { details, refreshDetails } from "./details.js";
import { replace, replaceParts } from "./replace.js";
import { fetchChanges } from "./request.js";

export const list = () => document.getElementById("live");

// Rows shown here that have moved to another page of the list; those that no longer match do not come back.
const moved = new Set();

/* A check that was answered, with changes or without, tells the panel that the server is there. */
export async function refreshList() {
  await checkList();
  document.dispatchEvent(new Event("list:checked"));
}

async function checkList() {
  const place = list();
  const url = new URL(place.dataset.live, location);
  if (moved.size) url.searchParams.set("moved", [...moved]);
  const fresh = await fetchChanges(url);
  if (!fresh || !place.isConnected) return;
  const now = rowsById(fresh);
  const shown = [...(document.getElementById("rows")?.rows ?? [])].filter((row) => row.id);
  const missing = shown.filter((row) => !now.has(row.id) && !moved.has(row.id));
  if (missing.length) {
    for (const row of missing) moved.add(row.id);
    await checkList();
    return;
  }
  for (const row of shown) refreshRow(row, now.get(row.id));
  // Counts, pages and everything else that has an id.
  for (const rows of fresh.querySelectorAll("template")) rows.remove();
  replaceParts(fresh);
  document.dispatchEvent(new Event("list:changed"));
}

function rowsById(fresh) {
  const templates = [...fresh.querySelectorAll("#live template")];
  const found = templates.flatMap(({ content }) => [...content.querySelectorAll("tr")]);
  return new Map(found.map((row) => [row.id, row]));
}

function refreshRow(row, now) {
  row.classList.toggle("gone", !now);
  if (!now || now.dataset.v === row.dataset.v) return;
  const box = now.querySelector('[name="select"]');
  if (box) box.checked = row.querySelector('[name="select"]').checked;
  const isCurrent = row.hasAttribute("aria-current");
  if (isCurrent) now.setAttribute("aria-current", "true");
  else now.removeAttribute("aria-current");
  now.classList.add("fresh");
  document.dispatchEvent(new CustomEvent("list:row", { detail: now }));
  replace(row, now);
  if (isCurrent && !details()) refreshDetails(now.querySelector("a.row-link").href);
}
