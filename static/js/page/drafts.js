/*
  What was typed is not lost: not by a stray click, and not by a session that ended meanwhile.

  Forms with `data-unsaved` take part. While such a form is open, `unsaved` holds what was typed, and leaving the page asks
  first. When the form is sent, its values are kept in the session storage under the form's URL. They are used once:
  - The session had ended: after signing in, the form opens again and is filled in from them.
  - The form had expired: the same, through the link *Open the form again*.
  - Anything else was an answer: the values are removed, and a mark remembers that this form was sent.
    If the reader goes back to it, the form warns that sending it again would act again.
*/
import { on, TEXTS } from "./dom.js";
import { toast } from "./toast.js";

const TOKEN = "csrfmiddlewaretoken";
const REOPENED = "draft:opened-again";
const draftKey = (form) => `draft:${form.action}`;
const sentKey = (form) => `sent:${form.action}`;

const unsaved = new Map();

export const forgetDraft = (form) => unsaved.delete(form);

/* The session has ended while these forms were open: keep them until after signing in. */
export function keepAll() {
  for (const form of unsaved.keys()) keep(form);
  unsaved.clear();
}

function keep(form) {
  const values = [...new FormData(form)].filter(([name, value]) => isKept(form, name, value));
  sessionStorage.setItem(draftKey(form), JSON.stringify(values));
}

function isKept(form, name, value) {
  const isText = typeof value === "string"; // and not a file
  return name !== TOKEN && isText && form.elements[name]?.type !== "password";
}

on("input", "form[data-unsaved]", (form) => unsaved.set(form, true));
on("submit", "form[data-unsaved]", (form, event) => {
  if (!event.defaultPrevented) keep(form);
  unsaved.delete(form);
});
addEventListener("beforeunload", (event) => {
  if (unsaved.size) event.preventDefault();
});
on("click", "[data-open-again]", () => sessionStorage.setItem(REOPENED, "1"));

/* Set the fields to `values`, pairs of name and value; only those named in `only`, if given. */
export function fillIn(form, values, only) {
  const byName = Map.groupBy(values, ([name]) => name);
  for (const field of form.elements) {
    if (only && !only.includes(field.name)) continue;
    const own = byName.get(field.name)?.map(([, value]) => value) ?? [];
    setField(field, own);
  }
}

const isTick = (field) => ["checkbox", "radio"].includes(field.type);

function setField(field, values) {
  if (isTick(field)) {
    field.checked = values.includes(field.value);
  } else if (field.multiple && field.options) {
    for (const option of field.options) option.selected = values.includes(option.value);
  } else if (values.length && field.type !== "file") {
    field.value = values[0];
  }
}

/* A page that was made from what was sent to it, as a selection is, is requested again with the same values. */
function resend(form, values) {
  for (const field of [...form.elements]) if (field.name !== TOKEN) field.remove();
  for (const [name, value] of [...values, ["again", "1"]]) {
    form.append(Object.assign(document.createElement("input"), { type: "hidden", name, value }));
  }
  form.submit();
}

/* Whether the reader comes from signing in, or from the page of a form that had expired. */
const isWayBack = () =>
  document.referrer.includes("/accounts/") || sessionStorage.getItem(REOPENED) !== null;

function takeKept(form) {
  const kept = JSON.parse(sessionStorage.getItem(draftKey(form)) ?? "null");
  sessionStorage.removeItem(draftKey(form));
  return kept;
}

function warnOfSecondSending(form) {
  const [navigation] = performance.getEntriesByType("navigation");
  const wentBack = navigation?.type === "back_forward";
  if (form.dataset.sentBefore && sessionStorage.getItem(sentKey(form)) && wentBack) {
    toast(form.dataset.sentBefore, "warning");
  }
}

/* True if the page is about to be requested again. */
function restore(form) {
  const kept = takeKept(form);
  warnOfSecondSending(form);
  if (form.dataset.unsaved === "typed") unsaved.set(form, true);
  if (!kept || form.querySelector(".error-summary") || !isWayBack()) return false;
  if ("resend" in form.dataset) {
    resend(form, kept);
    return true;
  }
  fillIn(form, kept);
  unfold(form);
  unsaved.set(form, true);
  toast(TEXTS.restored);
  return false;
}

/* What was filled in is not hidden. */
function unfold(form) {
  for (const folded of form.querySelectorAll("details:not([open])")) {
    const fields = [...folded.querySelectorAll("input, select, textarea")];
    folded.open = fields.some((field) => field.value && (isTick(field) ? field.checked : true));
  }
}

function restoreAll() {
  for (const form of document.querySelectorAll("form[data-unsaved]")) if (restore(form)) return;
  tidyUp();
}

/* Drafts whose form was answered are no longer needed; remember only that it was sent. */
function tidyUp() {
  const expired = document.querySelector("[data-open-again]");
  if (expired && document.referrer.startsWith(location.origin)) expired.href = document.referrer;
  if (expired || location.pathname.startsWith("/accounts/")) return;
  const here = new Set([...document.forms].map(draftKey));
  for (const name of Object.keys(sessionStorage).filter((each) => each.startsWith("draft:"))) {
    sessionStorage.removeItem(name);
    if (!here.has(name)) sessionStorage.setItem(name.replace("draft:", "sent:"), "1");
  }
}

restoreAll();
