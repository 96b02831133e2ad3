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

const isWide = matchMedia("(min-width: 768px)");
const ALWAYS = 3; // box, status or name, and what comes next

/* The header row stays visible where the table fits its frame (table.css). */
export function watchWidth() {
  const frame = rows.closest(".table-scroll");
  if (!frame) return;
  const table = rows.parentElement;
  const overflows = () => table.scrollWidth > frame.clientWidth;
  const fit = () => {
    frame.classList.remove("tight");
    frame.classList.toggle("tight", isWide.matches && overflows());
    giveWay(table, frame);
    frame.classList.toggle("fits", !overflows());
  };
  const observer = new ResizeObserver(fit);
  observer.observe(frame);
  observer.observe(rows);
  document.addEventListener("list:row", fit);
}

/* While the panel is open, the last columns give way, in the reader's order, so that none is cut. */
function giveWay(table, frame) {
  for (const cell of table.querySelectorAll(".given-way")) cell.classList.remove("given-way");
  if (!isWide.matches || !document.getElementById("panel")?.childElementCount) return;
  const heads = [...table.tHead.rows[0].cells].filter((head) => !head.matches(".more"));
  while (heads.length > ALWAYS && table.scrollWidth > frame.clientWidth) {
    hide(table, heads.pop().cellIndex);
  }
}

function hide(table, index) {
  for (const row of table.rows) {
    if (row.id || row.parentElement === table.tHead) row.cells[index].classList.add("given-way");
  }
}
