/* A job that this person does not see: it went back to the fleet, or never was theirs. */
import { html } from "../html.js";
import { Notice } from "../parts/notice.js";
import { Screen } from "../parts/screen.js";
import { href } from "../router.js";
import { me } from "../store.js";
import { t } from "../texts.js";

export function Gone() {
  const account = me.value;
  return html`
    <${Screen} title=${t("gone.title")} back=${href.home} actions=${html`<a class="button primary" href=${href.home}>${t("gone.home")}</a>`}>
      <${Notice} kind="warning">
        <p>${t("gone.text", { name: account.person.name, company: account.company?.name ?? t("account.noCompany") })}</p>
      <//>
    <//>
  `;
}
