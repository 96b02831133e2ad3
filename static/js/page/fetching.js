/* Load a part of a page into an element. */

/* True if something came. The element never keeps what it showed before. */
export async function fetchInto(target, url, source) {
  target.replaceChildren();
  await htmx.ajax("GET", url, { source, target, swap: "innerHTML" }).catch(() => {});
  return target.childElementCount > 0;
}
