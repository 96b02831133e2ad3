import { html } from "../html.js";

const SHEET = new URL("../../icons.svg", import.meta.url).pathname;

/** An icon is decoration: what it means is said beside it. */
export function Icon({ name }) {
  return html`<svg class="icon" aria-hidden="true"><use href=${`${SHEET}#${name}`} /></svg>`;
}
