/* The company's own record of a finished job. State, position and commands of the vehicle are no longer available. */
import { html } from "../html.js";
import { Facts } from "../parts/facts.js";
import { Notice } from "../parts/notice.js";
import { TestList } from "../parts/test_list.js";
import { t, time, word } from "../texts.js";

export function Record({ sheet }) {
  const end = sheet.outcome;
  const facts = [
    [t("record.by"), end?.by?.name],
    [t("record.taken"), end?.taken_at && time(end.taken_at)],
    [t("record.finished"), end?.finished_at && time(end.finished_at)],
    [t("outcome.reason"), end?.reason && word("reason", end.reason)],
    [t("outcome.comment"), sheet.comment && html`<span class="lines">${sheet.comment}</span>`],
  ];
  return html`
    <${Notice} kind="info"><p>${t("record.accessOver")}</p><//>
    <${Facts} title=${t("record.title")} facts=${facts} />
    ${
      sheet.tests?.length > 0 &&
      html`
      <section aria-labelledby="tests">
        <h2 id="tests">${t("tests.title")}</h2>
        <${TestList} tests=${sheet.tests} />
      </section>
    `
    }
  `;
}
