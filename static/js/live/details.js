/* The details beside a list: what is being read stays where it is, what is being filled in is left alone. */
import { focusable } from "./replace.js";
import { fetchChanges } from "./request.js";

const FIELD_IN_USE = ":is(input, select, textarea):focus";

export const details = () => document.querySelector(".panel [data-refresh]");

function isBusy(panel, body) {
  if (!body?.isConnected) return true;
  return panel.querySelector(FIELD_IN_USE) || document.querySelector("dialog[open]");
}

export async function refreshDetails(url) {
  const panel = document.querySelector(".panel:has(> .panel-body)");
  const body = panel?.querySelector(".panel-body");
  if (isBusy(panel, body)) return;
  const fresh = await fetchChanges(url);
  if (!fresh || isBusy(panel, body)) return;
  const open = [...panel.querySelectorAll("details")].map((each) => each.open);
  const hadFocus = panel.contains(document.activeElement);
  const focused = document.activeElement.textContent;
  const top = panel.scrollTop;
  panel.replaceChildren(fresh);
  htmx.process(panel);
  panel.querySelectorAll("details").forEach((each, i) => {
    each.open = open[i] ?? false;
  });
  panel.scrollTop = top;
  if (hadFocus) focusAgain(panel, focused);
}

function focusAgain(panel, text) {
  const same = focusable(panel).find((each) => each.textContent === text);
  const target = same ?? panel.querySelector("h1, h2");
  target.focus({ preventScroll: true });
}
