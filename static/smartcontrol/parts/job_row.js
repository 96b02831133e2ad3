import { html } from "../html.js";
import { clientOf, modelOf, nameOf, workOf } from "../job.js";
import { href } from "../router.js";
import { entriesOf } from "../store.js";
import { day, t } from "../texts.js";
import { Icon } from "./icon.js";
import { Status } from "./status.js";

export function JobRow({ sheet }) {
  const facts = [
    sheet.number,
    workOf(sheet),
    sheet.planned_service_date && day(sheet.planned_service_date),
    sheet.place?.name,
    sheet.location,
  ];
  const waiting = entriesOf(sheet.id).length;
  return html`
    <li>
      <a class="row" href=${href.job(sheet.id)}>
        <span class="row-head">
          <strong>${nameOf(sheet)}</strong>
          <span>${modelOf(sheet)}</span>
          <${Status} value=${sheet.status} />
        </span>
        <span class="row-foot">
          <span>${facts.filter(Boolean).join(" · ")}</span>
          <span>${clientOf(sheet)}</span>
          ${sheet.assignee && html`<span><${Icon} name="person-circle" /> ${sheet.assignee.name}</span>`}
          ${sheet.reserved_for && !sheet.assignee && html`<span>${t("job.reservedFor", { name: sheet.reserved_for.name })}</span>`}
          ${waiting > 0 && html`<span class="mark"><${Icon} name="arrow-down-up" /> ${t("waiting.word")}</span>`}
        </span>
      </a>
    </li>
  `;
}
