/* Bulk actions: the selection survives signing in again; a field that is filled in is ticked. */
import { on } from "../page/dom.js";

/* The page that the selection is sent to picks it up after signing in (page/drafts.js). */
on("submit", "#selection", (selection, event) => {
  const url = event.submitter?.formAction;
  if (!url) return;
  const kept = [...new FormData(selection)].filter(([name]) => name !== "csrfmiddlewaretoken");
  sessionStorage.setItem(`draft:${url}`, JSON.stringify(kept));
});

on("input", "[data-touch] .touched", (_row, event) => {
  const field = event.target;
  const box = field.closest(".touched")?.querySelector('[name="touch"]');
  if (box && field !== box) box.checked = true;
});
