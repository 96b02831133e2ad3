/* The form of a job: Save & Assign asks in a dialog. Errors are shown by the page, as without scripts. */
import { on } from "../page/dom.js";

const dialog = document.getElementById("shared-dialog");
const form = document.getElementById("job-form");

on("submit", "#job-form", async (sent, event) => {
  if (!event.submitter || !sent.elements.company?.value) return;
  event.preventDefault();
  dialog.replaceChildren();
  const { name, value } = event.submitter;
  const values = name ? { [name]: value } : {};
  await htmx.ajax("POST", location.href, {
    source: sent,
    target: dialog,
    swap: "innerHTML",
    values,
  });
  if (dialog.childElementCount) dialog.showModal();
});

// The server answers the confirmation with this event.
document.addEventListener("send-form", () => form.requestSubmit());

// Closed without an answer, the form is as unsaved as before.
if (form) {
  dialog.addEventListener("close", () => {
    form.dispatchEvent(new Event("input", { bubbles: true }));
  });
}
