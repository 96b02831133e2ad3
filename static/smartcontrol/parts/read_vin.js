/* The VIN that the unit reads in the vehicle, next to the one that the job has. */
import { html } from "../html.js";
import { isOtherVin } from "../job.js";
import { t } from "../texts.js";
import { Confirm } from "./confirm.js";
import { Notice } from "./notice.js";

/** `known` is the other one, as it is typed. */
export function ReadVin({ read, known }) {
  if (!read) return null;
  if (!isOtherVin(read, known))
    return html`<p class="help">${t("vin.read")}: <code>${read}</code></p>`;
  return html`<${Notice} kind="warning"><p>${t("vin.differs", { vin: read })}</p><//>`;
}

/** The second tap: the person has looked at the vehicle. */
export function ConfirmVin({ read, known, onConfirm, onClose }) {
  return html`
    <${Confirm} title=${t("vin.confirmTitle")} choices=${[{ label: t("vin.confirm"), act: onConfirm }]} onClose=${onClose}>
      <p>${t("vin.confirmText", { read, known })}</p>
    <//>
  `;
}
