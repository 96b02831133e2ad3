/* The company's own record of a finished job. State, position and commands of the vehicle are no longer available. */
import { html } from "../html.js";
import { Facts } from "../parts/facts.js";
import { Notice } from "../parts/notice.js";
import { TestList } from "../parts/test_list.js";
import { previewOf } from "../store.js";
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
    ${sheet.photos?.length > 0 && html`<${Photos} photos=${sheet.photos} />`}
  `;
}

function Photos({ photos }) {
  return html`
    <section aria-labelledby="photos">
      <h2 id="photos">${word("step", "PHOTOS")}</h2>
      <ul class="pictures">
        ${photos.map((photo) => html`<${Photo} key=${photo.id} photo=${photo} />`)}
      </ul>
    </section>
  `;
}

function Photo({ photo }) {
  const name = t("photos.one", { kind: word("photo", photo.kind) });
  return html`
    <li>
      <a href=${photo.image} target="_blank" rel="noopener">
        <img src=${previewOf(photo.id) ?? photo.image} alt=${name} loading="lazy" width="96" height="96" />
      </a>
      <span>
        <strong>${word("photo", photo.kind)}</strong><br />
        <span class="soft">${time(photo.taken_at ?? photo.created_at)} · ${photo.by.name}</span>
      </span>
    </li>
  `;
}
