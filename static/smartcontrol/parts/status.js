/* A status always has its icon, its word and its colour. */
import { html } from "../html.js";
import { word } from "../texts.js";
import { Icon } from "./icon.js";

const ICONS = {
  PENDING: "circle",
  ASSIGNED: "arrow-right",
  RUNNING: "circle-half",
  SUCCEEDED: "check-lg",
  FAILED: "x-lg",
};

export function Status({ value }) {
  return html`<span class="status" data-status=${value}><${Icon} name=${ICONS[value] ?? "circle"} /> ${word("status", value)}</span>`;
}
