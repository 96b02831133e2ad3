/* Select rows. *All that match*, on every page of the list, applies only beside a selection and until that changes. */
import { TEXTS } from "../page/dom.js";
import { rows } from "./rows.js";

const head = document.querySelector("[data-select-all]");
const everything = document.querySelector('.bulk-bar [name="all"]');
let last; // the box clicked last, from which Shift selects

const boxes = () => [...rows.querySelectorAll('[name="select"]')];

function count() {
  const picked = boxes().filter((box) => box.checked).length;
  const matching = document.getElementById("all-that-match");
  if (everything && !(picked && matching.textContent)) everything.checked = false;
  const number = everything?.checked ? matching.dataset.total : picked;
  show(`${number} ${TEXTS.picked}`);
  if (!head) return;
  head.checked = picked > 0 && picked === boxes().length;
  head.indeterminate = picked > 0 && !head.checked;
}

function show(text) {
  for (const place of document.querySelectorAll("[data-selected]")) {
    if (place.textContent !== text) place.textContent = text;
  }
}

function pick(chosen, checked) {
  for (const box of chosen) box.checked = checked;
  if (everything) everything.checked = false;
  count();
}

function pickRange(event) {
  if (event.target.name !== "select") return;
  const all = boxes();
  const [from, to] = [all.indexOf(last), all.indexOf(event.target)].sort((a, b) => a - b);
  const range = event.shiftKey && from >= 0 ? all.slice(from, to + 1) : [];
  pick(range, event.target.checked);
  last = event.target;
}

export function connectSelection() {
  head?.addEventListener("change", () => pick(boxes(), head.checked));
  everything?.addEventListener("change", count);
  addEventListener("pageshow", count); // the browser may have filled in boxes again
  rows.addEventListener("click", pickRange);
  document.addEventListener("click", (event) => {
    if (event.target.closest("[data-select-none]")) pick(boxes(), false);
  });
  document.addEventListener("list:changed", count);
  count();
}
