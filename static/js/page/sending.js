/* A second click on a button does not send its form again, and Enter does not send a long one. */
import { on } from "./dom.js";

// After this time, or when the reader comes back to the page, the form can be sent again.
const LONGEST_ANSWER = 10_000;
const underWay = new WeakSet();

/* Enter in one of many fields is a habit of typing, not the wish to save all of them. */
document.addEventListener("submit", stopEnter, true);

function stopEnter(event) {
  if (!event.submitter?.hasAttribute("data-enter")) return;
  event.preventDefault();
  event.stopImmediatePropagation();
}

on("submit", "form", (form, event) => {
  if (underWay.has(form)) {
    event.preventDefault();
    return;
  }
  // Later listeners may still stop this submit, so look after them.
  setTimeout(() => {
    const method = event.submitter?.formMethod || form.method;
    const isDownload = event.submitter?.hasAttribute("data-download"); // the page stays
    if (!event.defaultPrevented && method === "post" && !isDownload) underWay.add(form);
  });
  setTimeout(() => underWay.delete(form), LONGEST_ANSWER);
});

addEventListener("pageshow", (event) => {
  if (!event.persisted) return;
  for (const form of document.forms) underWay.delete(form);
});
