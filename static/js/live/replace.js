/* Replace a part of the page in place: the focus and the scroll position stay. */

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
