/* Lists: a menu in each row, the panel beside them, and selecting rows. */
import { connectPanel } from "./list/panel.js";
import { addMenus, rows, watchWidth } from "./list/rows.js";
import { connectSelection } from "./list/selection.js";

if (rows) {
  addMenus();
  watchWidth();
  connectPanel();
  connectSelection();
}
