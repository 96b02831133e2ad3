/* Menus: loaded when opened. Arrow keys move through them. */
import { on, opensElsewhere } from "./dom.js";
import { fetchInto } from "./fetching.js";

const MARGIN = 4;
const openers = new WeakMap();

export const openerOf = (menu) =>
  document.querySelector(`[popovertarget="${menu.id}"]`) ?? openers.get(menu);

const items = (menu) => [...menu.querySelectorAll("a, button")];

/* Below its button, or above it where there is no room; for browsers without CSS anchors. */
function place(menu, opener) {
  const box = opener.getBoundingClientRect();
  const fitsBelow = box.bottom + menu.offsetHeight < innerHeight;
  const above = Math.max(MARGIN, box.top - menu.offsetHeight - 2 * MARGIN);
  const rightmost = innerWidth - menu.offsetWidth - 2 * MARGIN;
  Object.assign(menu.style, {
    inset: "auto",
    margin: `${MARGIN}px 0`,
    positionArea: "none",
    top: `${fitsBelow ? box.bottom : above}px`,
    left: `${Math.max(MARGIN, Math.min(box.left, rightmost))}px`,
  });
}

/* The menu of a row is at menu/ below the row's own URL; other buttons name theirs. */
on("click", "[data-menu], .dots", async (button, event) => {
  if (opensElsewhere(event)) return;
  event.preventDefault();
  const row = button.closest("tr")?.querySelector("a.row-link");
  const menu = document.getElementById("shared-menu");
  const url = button.dataset.menu ?? new URL("menu/", row.href).href;
  if (!(await fetchInto(menu, url, button))) return;
  menu.showPopover({ source: button });
  openers.set(menu, button);
  place(menu, button);
  items(menu)[0]?.focus();
});

document.addEventListener("toggle", placeOpened, true);

function placeOpened({ newState, target }) {
  if (newState !== "open" || !target.matches(".menu")) return;
  const opener = document.querySelector(`[popovertarget="${target.id}"]`);
  if (opener && !CSS.supports("position-area", "block-end")) place(target, opener);
}

on("keydown", ".menu", (menu, event) => {
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (!step) return;
  event.preventDefault();
  const all = items(menu);
  all.at((all.indexOf(document.activeElement) + step) % all.length)?.focus();
});

on("keydown", "[popovertarget]", (button, event) => {
  if (event.key !== "ArrowDown") return;
  event.preventDefault();
  const menu = document.getElementById(button.getAttribute("popovertarget"));
  menu.showPopover({ source: button });
  items(menu)[0]?.focus();
});
