/* Why a person sees no jobs, and who has to do what: no company, no agreement, no second factor. */
import { html } from "../html.js";
import { Notice } from "../parts/notice.js";
import { me } from "../store.js";
import { t, time } from "../texts.js";

export function Missing() {
  const { company, agreement, second_factor: factor, role } = me.value;
  if (!company) return html`<${Notice} kind="warning"><p>${t("missing.company")}</p><//>`;
  return html`
    ${
      agreement &&
      !agreement.newest_signed &&
      agreement.version &&
      html`
      <${Notice} kind="warning">
        <p>${agreementText(agreement, role)}</p>
        ${role === "ADMIN" && html`<p><a href="/installers/">${t("agreement.open")}</a></p>`}
      <//>
    `
    }
    ${
      factor.required &&
      !factor.set_up &&
      html`
      <${Notice} kind="warning">
        <p>${t("factor.missing", { company: company.name })}</p>
        <p><a href="/accounts/2fa/">${t("factor.open")}</a></p>
      <//>
    `
    }
  `;
}

function agreementText(agreement, role) {
  const who = role === "ADMIN" ? "you" : "admin";
  if (!agreement.signed) return t(`agreement.unsigned.${who}`);
  if (agreement.binding_from)
    return t(`agreement.new.${who}`, { at: time(agreement.binding_from) });
  return t(`agreement.unsigned.${who}`);
}
