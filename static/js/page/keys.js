/* The keys of every page. A link or button with `data-key` is what its key does; fleetcontrol/keys.html lists all. */
const TYPING = "input:not([type=checkbox]), textarea, select, dialog, [popover]:not(.sidenav)";
const SEARCHES = [".list-bar input[type=search]", ".topbar input[type=search]"];

const isCommand = (event) =>
  (event.ctrlKey || event.metaKey) && !event.altKey && !event.shiftKey && event.key === "k";

function isPlain(event) {
  const withModifier = event.altKey || event.ctrlKey || event.metaKey;
  return !withModifier && !event.target.closest(TYPING);
}

function openCommands(event) {
  const link = document.querySelector("[data-key=k]");
  if (!link) return;
  event.preventDefault();
  // What is typed in a dialog stays.
  if (!document.querySelector("dialog[open]")) link.click();
}

function focusSearch(event) {
  const fields = SEARCHES.map((search) => document.querySelector(search));
  const field = fields.find((each) => each?.checkVisibility());
  if (!field) return;
  event.preventDefault();
  field.focus();
}

document.addEventListener("keydown", (event) => {
  if (isCommand(event)) openCommands(event);
  else if (event.key === "/" && isPlain(event)) focusSearch(event);
  else if (event.key === "?" && isPlain(event)) document.querySelector('[data-key="?"]')?.click();
});
