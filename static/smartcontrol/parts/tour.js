/* In the demo, the way back to its tour and its logins. */
import { html } from "../html.js";
import { t } from "../texts.js";

export function Tour() {
  const { demo } = document.documentElement.dataset;
  return demo ? html`<a class="button" href=${demo}>${t("demo.tour")}</a>` : null;
}
