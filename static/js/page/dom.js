/* Shared by every module: one listener for many elements, and the page's texts. */

const texts = document.getElementById("texts");

/* In the reader's language; core/web/script_texts.py lists them. */
export const TEXTS = texts ? JSON.parse(texts.textContent) : {};

/* Call `handle(element, event)` for events on elements that match, also on those that are added later. */
export function on(type, selector, handle) {
  document.addEventListener(type, (event) => {
    const found = event.target.closest?.(selector);
    if (found) handle(found, event);
  });
}

/* Whether the click asks for a new tab or window instead of the page's own handling. */
export const opensElsewhere = (event) => event.ctrlKey || event.metaKey || event.shiftKey;

export const parsePage = (text) => new DOMParser().parseFromString(text, "text/html");

/* What went wrong, with the id that support asks for. */
export function describeTrouble(page, id) {
  const happened = page.querySelector("main p")?.textContent ?? TEXTS.failed;
  return `${happened} ${TEXTS.quote} ${id}`;
}
