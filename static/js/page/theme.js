/* Light or dark: applied at once, stored by the server. */
import { on } from "./dom.js";

on("submit", "[data-theme-form]", (form, event) => {
  event.preventDefault();
  const { value } = event.submitter;
  apply(value);
  for (const button of form.querySelectorAll("button")) {
    button.setAttribute("aria-pressed", button.value === value);
  }
  const body = new FormData(form);
  body.set("theme", value);
  fetch(form.action, { method: "POST", body, redirect: "manual" });
});

function apply(theme) {
  const root = document.documentElement;
  root.toggleAttribute("data-bs-theme", theme !== "auto");
  if (theme !== "auto") root.dataset.bsTheme = theme;
}
