/*
  A search that suggests while somebody types: a combobox of ARIA. Without this, Enter opens the page of the results.
  `data-suggest` of its form is the URL of the options, which scripts get as a fragment; empty where that of the results.
*/
import { on, parsePage } from "./dom.js";

const DELAY = 200;
const FIELD = "[data-suggest] input";
let timer;
let request; // the latest; earlier ones are aborted

const boxOf = (field) => field.form.querySelector(".found") ?? addBox(field.form);
const optionsOf = (field) => [...boxOf(field).querySelectorAll("[role=option]")];
const chosenOf = (field) => boxOf(field).querySelector("[aria-selected=true]");
const dialogOf = (field) => field.closest("dialog");

/* The page comes without a place for the options. */
function addBox(form) {
  const box = Object.assign(document.createElement("div"), { className: "found", id: "found" });
  form.append(box);
  return box;
}

function choose(field, option) {
  chosenOf(field)?.removeAttribute("aria-selected");
  option?.setAttribute("aria-selected", "true");
  option?.scrollIntoView({ block: "nearest" });
  if (option) field.setAttribute("aria-activedescendant", option.id);
  else field.removeAttribute("aria-activedescendant");
}

/* Name what is in the box for the field. In a dialog, Enter takes the first. */
function offer(field) {
  const box = boxOf(field);
  const options = optionsOf(field);
  for (const [n, option] of options.entries()) option.id = `${box.id}-${n}`;
  field.setAttribute("aria-expanded", String(options.length > 0));
  if (options.length) {
    const list = box.querySelector("[role=listbox]");
    list.id = `${box.id}-list`;
    field.setAttribute("aria-controls", list.id);
  } else {
    field.removeAttribute("aria-controls");
  }
  choose(field, dialogOf(field) ? options[0] : null);
}

function close(field) {
  clearTimeout(timer);
  request?.abort();
  boxOf(field).replaceChildren();
  offer(field);
}

async function suggest(field) {
  request?.abort();
  request = new AbortController();
  const { signal } = request;
  const { action, dataset } = field.form;
  const url = `${dataset.suggest || action}?q=${encodeURIComponent(field.value)}`;
  const headers = { "HX-Request": "true" };
  const answer = await fetch(url, { headers, signal }).catch(() => null);
  // Signed out, for example. The form leads to signing in.
  if (!answer?.ok || answer.redirected) return;
  const page = parsePage(await answer.text());
  if (signal.aborted || !field.isConnected) return;
  fill(boxOf(field), page);
  offer(field);
}

/* The status stays where it is: screen readers read what changes in it. */
function fill(box, page) {
  const status = box.querySelector("[role=status]");
  if (!status) {
    box.replaceChildren(...page.body.children);
    return;
  }
  const changed = page.querySelector("[role=status]");
  status.className = changed.className;
  status.textContent = changed.textContent;
  box.querySelector("[role=listbox]")?.remove();
  box.prepend(...page.querySelectorAll("[role=listbox]"));
}

on("focusin", FIELD, (field) => {
  if (field.role === "combobox") return;
  Object.assign(field, { role: "combobox", ariaAutoComplete: "list" });
  offer(field);
});

on("input", FIELD, (field) => {
  clearTimeout(timer);
  choose(field, null); // of what was typed before
  if (field.value.trim() || dialogOf(field)) timer = setTimeout(() => suggest(field), DELAY);
  else close(field);
});

on("focusout", FIELD, (field, { relatedTarget }) => {
  if (!dialogOf(field) && !field.form.contains(relatedTarget)) close(field);
});

function move(field, step) {
  const options = optionsOf(field);
  if (!options.length) {
    if (field.value.trim()) suggest(field);
    return;
  }
  const here = options.indexOf(chosenOf(field));
  const from = here < 0 && step < 0 ? 0 : here;
  choose(field, options.at((from + step) % options.length));
}

function leave(field, event) {
  const dialog = dialogOf(field);
  if (dialog) {
    field.blur(); // a field that is no longer shown would get the next key
    dialog.close();
  } else if (boxOf(field).childElementCount) {
    close(field);
  } else {
    return;
  }
  event.preventDefault();
}

on("keydown", FIELD, (field, event) => {
  if (event.isComposing) return;
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  const chosen = chosenOf(field);
  if (event.key === "Escape") {
    leave(field, event);
  } else if (step) {
    event.preventDefault();
    move(field, step);
  } else if (event.key === "Enter" && chosen) {
    event.preventDefault();
    chosen.click();
  }
});
