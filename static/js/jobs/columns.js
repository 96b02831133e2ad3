/* Configure Table Columns: move a column by its arrows, or drag it. */
import { on } from "../page/dom.js";

let dragged;

on("click", "[data-sortable] [name=up], [data-sortable] [name=down]", (button, event) => {
  event.preventDefault();
  const item = button.closest("li");
  if (button.name === "up") item.previousElementSibling?.before(item);
  else item.nextElementSibling?.after(item);
  button.focus();
});

on("dragstart", "[data-sortable] li", (item) => {
  dragged = item;
  item.classList.add("drawn");
});

on("dragover", "[data-sortable] li", (item, event) => {
  if (!dragged) return;
  event.preventDefault();
  if (item === dragged) return;
  const box = item.getBoundingClientRect();
  const isLowerHalf = event.clientY > box.top + box.height / 2;
  if (isLowerHalf) item.after(dragged);
  else item.before(dragged);
});

on("dragend", "[data-sortable] li", (item) => {
  item.classList.remove("drawn");
  dragged = null;
});
