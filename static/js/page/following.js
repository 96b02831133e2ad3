/* Some fields depend on others and are loaded again when those change. What is typed meanwhile stays. */
import { fillIn } from "./drafts.js";

let requested;
let typed;

const followingForm = ({ detail }) =>
  detail.target?.id === "follows" && detail.target.closest("form");

document.addEventListener("htmx:beforeRequest", (event) => {
  const form = followingForm(event);
  if (form) requested = new FormData(form);
});

document.addEventListener("htmx:beforeSwap", (event) => {
  const form = followingForm(event);
  if (!form || !event.detail.shouldSwap) return;
  const now = new FormData(form);
  const names = new Set([...requested.keys(), ...now.keys()]);
  const changed = [...names].filter(
    (name) => String(now.getAll(name)) !== String(requested.getAll(name)),
  );
  typed = { form, values: [...now], changed };
});

document.addEventListener("htmx:afterSwap", ({ detail }) => {
  if (detail.target.id === "follows" && typed) fillIn(typed.form, typed.values, typed.changed);
});
