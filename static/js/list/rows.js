/* The rows of a list, and the menu in each: the same for all rows, so the server does not send it with them. */
import { TEXTS } from "../page/dom.js";

export const rows = document.getElementById("rows");

/* Without the headings of groups. */
export const allRows = () => [...rows.rows].filter((row) => row.id);
export const rowLink = (row) => row?.querySelector("a.row-link");
export const markedRow = () => rows.querySelector("[aria-current]");

export function markRow(row) {
  markedRow()?.removeAttribute("aria-current");
  row?.setAttribute("aria-current", "true");
  row?.scrollIntoView({ block: "nearest" });
}

function addMenu(row) {
  const dots = Object.assign(document.createElement("button"), {
    type: "button",
    className: "dots",
  });
  dots.setAttribute("aria-label", TEXTS.more.replace("{name}", rowLink(row).textContent));
  const cell = Object.assign(row.insertCell(), { className: "more" });
  cell.append(dots);
}

export function addMenus() {
  if (!document.querySelector("th.more")) return;
  for (const row of allRows()) addMenu(row);
  document.addEventListener("list:row", ({ detail }) => addMenu(detail));
}

/* The header row stays visible where the table fits its frame (table.css). */
export function watchWidth() {
  const frame = rows.closest(".table-scroll");
  if (!frame) return;
  const table = rows.parentElement;
  const observer = new ResizeObserver(() => {
    frame.classList.toggle("fits", table.scrollWidth <= frame.clientWidth);
  });
  observer.observe(frame);
  observer.observe(rows);
}
