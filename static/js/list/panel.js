/* The details panel beside a list: it has its own URL, moves with the arrow keys, and closes with Esc. */
import { describeTrouble, opensElsewhere, parsePage, TEXTS } from "../page/dom.js";
import { allRows, markedRow, markRow, rowLink, rows } from "./rows.js";

const SKELETON_AFTER = 300;
const panel = document.getElementById("panel");
const parameter = panel?.dataset.name ?? "job";
const isWide = matchMedia("(min-width: 768px)");
let loading; // the request for the latest row; earlier ones are aborted

function urlWith(id) {
  const url = new URL(location);
  if (id) url.searchParams.set(parameter, id);
  else url.searchParams.delete(parameter);
  return url;
}

/* Until its details arrive, or where they do not, the panel never shows those of another row. */
function showPlaceholder(row, trouble) {
  const placeholder = document.getElementById("no-details").content.cloneNode(true);
  placeholder.querySelector("h2").textContent = rowLink(row).textContent;
  placeholder.querySelector("[data-trouble]").textContent = trouble ?? "";
  placeholder.querySelector(trouble ? ".skeleton" : ".empty").remove();
  panel.replaceChildren(placeholder);
}

/* True if the panel shows the row or its trouble; false if another row was chosen meanwhile. */
async function load(row) {
  loading?.abort();
  loading = new AbortController();
  const { signal } = loading;
  const late = setTimeout(() => signal.aborted || showPlaceholder(row), SKELETON_AFTER);
  try {
    await fetchDetails(row, signal);
  } catch {
    if (!signal.aborted) showPlaceholder(row, TEXTS.offline);
  } finally {
    clearTimeout(late);
  }
  return !signal.aborted;
}

function request(row, signal) {
  const headers = { "HX-Request": "true", "HX-Current-URL": location.href };
  return fetch(rowLink(row).href, { headers, signal });
}

async function fetchDetails(row, signal) {
  const answer = await request(row, signal);
  if (new URL(answer.url).pathname.startsWith("/accounts/")) {
    location.reload(); // signing in leads back to this page
    return;
  }
  const text = await answer.text();
  if (answer.ok) {
    fill(text);
  } else {
    const id = answer.headers.get("X-Flow-ID") ?? answer.status;
    showPlaceholder(row, describeTrouble(parsePage(text), id));
    htmx.process(panel);
  }
}

function fill(html) {
  panel.innerHTML = html;
  htmx.process(panel);
}

async function show(row, { push = true, focus = panel.contains(document.activeElement) } = {}) {
  if (rows.contains(document.activeElement)) rowLink(row).focus({ preventScroll: true });
  markRow(row);
  if (push) history.pushState({}, "", urlWith(row.id));
  if (!(await load(row))) return;
  panel.scrollTop = 0;
  if (focus) panel.querySelector("h2")?.focus();
}

function close({ push = true } = {}) {
  if (!panel?.childElementCount && !markedRow()) return;
  loading?.abort();
  panel.replaceChildren();
  if (push) history.pushState({}, "", urlWith(null));
  rowLink(markedRow())?.focus();
  markRow(null);
}

function openOnClick(event) {
  const row = event.target.closest("tr");
  const control = event.target.closest("a:not(.row-link), button, input, label");
  const isSelecting = getSelection().toString() !== "";
  if (!rowLink(row) || control || opensElsewhere(event) || !isWide.matches || isSelecting) return;
  event.preventDefault();
  show(row, { focus: event.detail === 0 });
}

function clickInside(event) {
  if (event.target.closest("[data-again]")) {
    show(markedRow(), { push: false, focus: true });
  } else if (event.target.closest("[data-panel-close]")) {
    event.preventDefault();
    close();
  }
}

function followHistory() {
  const row = document.getElementById(new URL(location).searchParams.get(parameter));
  if (row) show(row, { push: false });
  else close({ push: false });
}

const TYPING = "input:not([name=select]), textarea, select, dialog, .menu, [popovertarget]";

function isForList(event) {
  const withModifier = event.altKey || event.ctrlKey || event.metaKey;
  return !withModifier && !event.defaultPrevented && !event.target.closest(TYPING);
}

/* j and k always move; the arrow keys only while the panel is open, else they scroll the page. */
function stepOf(key) {
  const arrows = panel.childElementCount ? { ArrowDown: 1, ArrowUp: -1 } : {};
  return { j: 1, k: -1, ...arrows }[key];
}

function pressKey(event) {
  if (!isForList(event)) return;
  const here = markedRow() ?? event.target.closest("#rows tr");
  if (event.key === "Escape") close();
  else if (event.key === "x") here?.querySelector("[name=select]")?.click();
  else if (stepOf(event.key)) move(here, event);
}

function move(here, event) {
  const all = allRows();
  const next = all[all.indexOf(here) + stepOf(event.key)];
  if (!rowLink(next)) return;
  event.preventDefault();
  if (panel.childElementCount) show(next);
  else rowLink(next).focus();
}

const isInTrouble = (row) => row && row === markedRow() && panel.querySelector("[data-again]");

/* The list has recovered, so its details may have, too. As long as they have not, nothing moves. */
async function loadAgain() {
  const row = markedRow();
  if (!isInTrouble(row)) return;
  const answer = await request(row).catch(() => null);
  if (!answer?.ok || answer.redirected) return;
  const text = await answer.text();
  if (!isInTrouble(row)) return;
  const hadFocus = panel.contains(document.activeElement);
  fill(text);
  if (hadFocus) panel.querySelector("h2")?.focus();
}

export function connectPanel() {
  if (!panel) return;
  document.addEventListener("list:checked", loadAgain);
  rows.addEventListener("click", openOnClick);
  panel.addEventListener("click", clickInside);
  addEventListener("popstate", followHistory);
  document.addEventListener("keydown", pressKey);
}
