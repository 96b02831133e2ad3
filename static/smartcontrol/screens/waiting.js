/* What waits to be sent, and what was refused: a person decides. */
import { finishWithVin } from "../actions.js";
import { html, useState } from "../html.js";
import { Button, useAct } from "../parts/act.js";
import { Changed } from "../parts/changed.js";
import { Confirm } from "../parts/confirm.js";
import { Icon } from "../parts/icon.js";
import { Notice } from "../parts/notice.js";
import { ConfirmVin } from "../parts/read_vin.js";
import { Screen } from "../parts/screen.js";
import { isOld, withDependants } from "../queue.js";
import { report } from "../report.js";
import { href } from "../router.js";
import { queue } from "../sending.js";
import { entries, sendingId, sheetOf } from "../store.js";
import { plural, shown, t, time, word } from "../texts.js";

export function Waiting() {
  const act = useAct();
  const waiting = entries.value;
  const actions =
    waiting.length > 0 &&
    html`
    <${Button} act=${act} name="send" onClick=${() => act.run("send", () => queue.hurry())}>${t("waiting.sendNow")}<//>
  `;
  return html`
    <${Screen} title=${t("waiting.title")} note=${plural("waiting.count", waiting.length)} back=${href.home} actions=${actions}>
      ${!waiting.length && html`<${Notice} kind="done"><p>${t("waiting.nothing")}</p><//>`}
      <ul class="rows" aria-live="polite">
        ${waiting.map((entry) => html`<${Entry} key=${entry.id} entry=${entry} act=${act} />`)}
      </ul>
      <${Report} act=${act} />
    <//>
  `;
}

function Entry({ entry, act }) {
  const [asking, ask] = useState(false);
  const [checking, check] = useState(false);
  const state = stateOf(entry);
  return html`
    <li class="entry" data-state=${state}>
      <p>
        <strong>${t(`action.${entry.action}`)}</strong> · ${entry.about?.kind && html`${word("photo", entry.about.kind)} · `}<a href=${href.job(entry.job)}>${entry.name}</a>
      </p>
      <p class="soft">${time(entry.occurred_at)} · <${Icon} name=${ICONS[state]} /> ${t(`entry.${state}`)}</p>
      ${entry.preview && html`<img class="thumbnail" src=${entry.preview} alt=${t("photos.one", { kind: word("photo", entry.about.kind) })} />`}
      ${entry.action === "outcome" && html`<p>${t("outcome.waiting")}</p>`}
      ${entry.refused && html`<${Conflict} entry=${entry} />`}
      <div class="entry-actions">
        ${
          ["refused", "old"].includes(state) &&
          html`
          <${Button} act=${act} name=${`again ${entry.id}`} kind="small" onClick=${() => act.run(`again ${entry.id}`, () => queue.again(entry.id))}>${t("waiting.again")}<//>
        `
        }
        ${entry.refused?.code === "vin_differs" && html`<${Button} act=${act} name=${`vin ${entry.id}`} kind="small" onClick=${() => check(true)}>${t("vin.confirm")}<//>`}
        ${state !== "sending" && html`<${Button} act=${act} name="discard" kind="small danger" onClick=${() => ask(true)}>${t("waiting.discard")}<//>`}
      </div>
      ${
        checking &&
        html`
        <${ConfirmVin} read=${entry.refused.body.read_vin} known=${entry.refused.body.vin} onConfirm=${() => act.run(`vin ${entry.id}`, () => finishWithVin(entry))} onClose=${() => check(false)} />
      `
      }
      ${asking && html`<${Discard} entry=${entry} onClose=${() => ask(false)} />`}
    </li>
  `;
}

const ICONS = {
  waiting: "hourglass-split",
  sending: "send",
  refused: "exclamation-triangle",
  blocked: "hourglass-split",
  old: "question-circle",
};

function stateOf(entry) {
  if (entry.refused) return "refused";
  if (sendingId.value === entry.id) return "sending";
  if (isOld(entry, Date.now())) return "old";
  const before = entries.value.find((other) => other.id === entry.depends_on);
  return before?.refused ? "blocked" : "waiting";
}

/** What was tried beside what is, and what can still be done. */
function Conflict({ entry }) {
  const sheet = sheetOf(entry.job);
  const { text, code, errors, flow_id: flowId } = entry.refused;
  return html`
    <${Notice} kind="error">
      <p>${text}</p>
      ${Object.entries(errors ?? {}).map(([name, texts]) => html`<p key=${name}>${name}: ${[texts].flat().join(" ")}</p>`)}
      ${flowId && html`<p class="soft">${t("quote", { id: flowId })}</p>`}
    <//>
    <${Changed} problem=${entry.refused} fields=${sheet?.fields ?? []} />
    <dl class="facts">
      ${entry.about && html`<div><dt>${t("conflict.tried")}</dt><dd>${tried(entry)}</dd></div>`}
      <div><dt>${t("conflict.now")}</dt><dd>${sheet ? now(sheet) : t("conflict.gone")}</dd></div>
      <div><dt>${t("conflict.possible")}</dt><dd>${t(possible(sheet, code))}</dd></div>
    </dl>
  `;
}

function tried({ about }) {
  if (about.kind) return word("photo", about.kind);
  return Object.values(about).map(shown).join(", ");
}

function now(sheet) {
  const holder = sheet.assignee ? ` · ${sheet.assignee.name}` : "";
  return `${word("status", sheet.status)}${holder}`;
}

function possible(sheet, code) {
  if (!sheet) return "possible.gone";
  if (["not_holder", "assignment_over", "wrong_status"].includes(code)) return "possible.job";
  return code === "vin_differs" ? "possible.vin" : "possible.again";
}

function Discard({ entry, onClose }) {
  const behind = withDependants(entries.value, entry.id).length - 1;
  const alone = {
    label: t("waiting.discard"),
    kind: "danger",
    act: () => queue.discard(entry.id, { dependants: false }),
  };
  const all = {
    label: plural("waiting.discardAll", behind + 1),
    kind: "danger",
    act: () => queue.discard(entry.id, { dependants: true }),
  };
  return html`
    <${Confirm} title=${t("waiting.discardTitle", { name: t(`action.${entry.action}`) })} choices=${behind ? [all, { ...alone, label: t("waiting.discardOne") }] : [alone]} onClose=${onClose}>
      <p>${behind ? plural("waiting.dependants", behind) : t("waiting.discardText")}</p>
    <//>
  `;
}

function Report({ act }) {
  return html`
    <section>
      <h2>${t("report.title")}</h2>
      <p class="soft">${t("report.text")}</p>
      <${Button} act=${act} name="report" kind="" onClick=${() => act.run("report", report)}>${t("report.send")}<//>
    </section>
  `;
}
