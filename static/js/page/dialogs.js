/* Dialogs: a link to a page with a question opens the same question over this page. */
import { on, opensElsewhere } from "./dom.js";
import { forgetDraft } from "./drafts.js";
import { fetchInto } from "./fetching.js";
import { openerOf } from "./menus.js";

on("click", "[data-dialog]", (trigger, event) => {
  const dialog = document.getElementById(trigger.dataset.dialog);
  if (!dialog || event.ctrlKey || event.metaKey) return;
  event.preventDefault();
  dialog.showModal();
});

on("click", "a[data-ask]", async (link, event) => {
  if (opensElsewhere(event)) return;
  event.preventDefault();
  const dialog = document.getElementById("shared-dialog");
  // A link in the dialog goes with what it showed before.
  const source = dialog.contains(link) ? dialog : link;
  if (!(await fetchInto(dialog, link.href, source))) return;
  const menu = link.closest(".menu");
  dialog.showModal();
  // The menu has closed by the time the dialog does, so the focus returns to the menu's button.
  if (menu) dialog.addEventListener("close", () => openerOf(menu)?.focus(), { once: true });
});

/* With this field filled in, the form needs a confirmation, which takes its place in the dialog. */
on("submit", "dialog form[data-confirm]", async (form, event) => {
  if (!form.elements[form.dataset.confirm]?.value) return;
  event.preventDefault();
  const target = form.closest("dialog");
  await htmx.ajax("POST", form.action, { source: form, target, swap: "innerHTML" });
});

/* A refused form stays in its dialog. What is neither that nor done is left to the form itself, on its own page. */
on("submit", "dialog form[data-stays]", async (form, event) => {
  const button = event.submitter;
  if (event.defaultPrevented || button?.hasAttribute("formaction")) return;
  event.preventDefault();
  const body = new FormData(form, button);
  if (button) button.disabled = true;
  const answer = await post(form.action, body);
  const next = answer?.headers.get("HX-Redirect");
  const isRefused = answer?.ok && !answer.redirected;
  if (next) location.assign(next);
  else if (isRefused) showRefused(form.closest("dialog"), await answer.text());
  else form.submit();
});

const post = (url, body) =>
  fetch(url, { method: "POST", body, headers: { "HX-Request": "true" } }).catch(() => null);

function showRefused(dialog, html) {
  dialog.innerHTML = html;
  htmx.process(dialog);
  dialog.querySelector(".error-summary")?.focus();
  dialog.querySelector("form[data-unsaved]")?.dispatchEvent(new Event("input", { bubbles: true }));
}

/* New content of an open dialog takes the focus, so that the keyboard continues there. */
document.addEventListener("htmx:afterSwap", ({ target }) => {
  if (!target.matches?.("dialog[open]")) return;
  target.querySelector("input:not([type=hidden]), select, button")?.focus();
});

on("click", "dialog [data-close]", (button, event) => {
  event.preventDefault();
  button.closest("dialog").close();
});

/* A click beside the dialog closes it, unless something was typed in it. */
on("input", "dialog", (dialog, { target }) => {
  dialog.toggleAttribute("data-typed", target.role !== "combobox");
});
on("click", "dialog", (dialog, event) => {
  if (event.target === dialog && !("typed" in dialog.dataset)) dialog.close();
});
document.addEventListener("close", forgetTyped, true);

function forgetTyped({ target }) {
  target.removeAttribute?.("data-typed");
  for (const form of target.querySelectorAll?.("form") ?? []) forgetDraft(form);
}
