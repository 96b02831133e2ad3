/* Replace parts of the page in place: the focus, what is folded open and the scroll position stay. */

export const focusable = (part) => [part, ...part.querySelectorAll("a, button, input, summary")];

export function replace(old, fresh) {
  const hasFocus = old.contains(document.activeElement);
  const focused = hasFocus ? focusable(old).indexOf(document.activeElement) : -1;
  const { scrollLeft } = old;
  old.replaceWith(fresh);
  fresh.scrollLeft = scrollLeft;
  htmx.process(fresh);
  if (focused >= 0) focusable(fresh)[focused]?.focus({ preventScroll: true });
}

/* The parts with an id take the places of those that differ. */
export function replaceParts(fresh) {
  for (const part of [...fresh.children]) {
    const old = part.id && document.getElementById(part.id);
    if (!old) continue;
    keepOpen(old, part);
    if (old.outerHTML === part.outerHTML) continue;
    markChanges(old, part);
    replace(old, part);
  }
}

function keepOpen(old, part) {
  const open = [...old.querySelectorAll("details[open] > summary")].map((each) => each.textContent);
  for (const summary of part.querySelectorAll("details > summary")) {
    if (open.includes(summary.textContent)) summary.parentElement.open = true;
  }
}

function markChanges(old, part) {
  for (const value of part.querySelectorAll("[data-changes]")) {
    const before = old.querySelector(`[data-changes="${value.dataset.changes}"]`);
    value.classList.toggle("fresh", before !== null && before.textContent !== value.textContent);
  }
}
