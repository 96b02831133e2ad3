import { html } from "../html.js";
import { Icon } from "./icon.js";

const ICONS = {
  error: "exclamation-triangle",
  warning: "exclamation-triangle",
  info: "info-circle",
  done: "check-lg",
};

/** A message beside what it is about. An error is announced at once. */
export function Notice({ kind = "info", children }) {
  return html`
    <div class="notice" data-kind=${kind} role=${kind === "error" ? "alert" : "status"}>
      <${Icon} name=${ICONS[kind]} />
      <div>${children}</div>
    </div>
  `;
}
