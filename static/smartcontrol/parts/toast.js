import { html } from "../html.js";
import { toast } from "../store.js";

/** The region is always there: screen readers announce what is put into it. */
export function Toast() {
  const shown = toast.value;
  return html`<div class="toast" role="status" data-kind=${shown?.kind} hidden=${!shown}>${shown?.text}</div>`;
}
