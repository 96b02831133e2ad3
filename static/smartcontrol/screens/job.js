/* One job: what to do comes first, then where, for whom, and what is set. */
import { take, withdraw } from "../actions.js";
import { html, useState } from "../html.js";
import {
  clientOf,
  fieldInWords,
  inGroups,
  isGoing,
  isMine,
  isMineSoon,
  listOf,
  may,
  missingInWords,
  modelOf,
  nameOf,
  nextStep,
  permit,
  stepsOf,
  workOf,
} from "../job.js";
import { Button, Refusal, useAct } from "../parts/act.js";
import { Confirm } from "../parts/confirm.js";
import { Facts } from "../parts/facts.js";
import { useFollowed } from "../parts/following.js";
import { Icon } from "../parts/icon.js";
import { Notice } from "../parts/notice.js";
import { Screen } from "../parts/screen.js";
import { Status } from "../parts/status.js";
import { href } from "../router.js";
import { entriesOf, me, say, sheetOf } from "../store.js";
import { capital, day, plural, t, word } from "../texts.js";
import { Gone } from "./gone.js";
import { Record } from "./record.js";

export function Job({ id }) {
  useFollowed(id);
  const sheet = sheetOf(id);
  if (!sheet) return html`<${Gone} />`;
  return html`<${Sheet} sheet=${sheet} />`;
}

function Sheet({ sheet }) {
  const act = useAct();
  return html`
    <${Screen}
      title=${nameOf(sheet)}
      note=${[sheet.number, modelOf(sheet), workOf(sheet)].filter(Boolean).join(" · ")}
      back=${href.home}
      actions=${html`<${MainAction} sheet=${sheet} act=${act} />`}
    >
      <p class="facing"><${Status} value=${sheet.status} /> <span class="soft">${clientOf(sheet)}</span></p>
      <${Refusal} problem=${act.problem} />
      <${WaitingHere} sheet=${sheet} />
      <${Holder} sheet=${sheet} />
      <${Steps} sheet=${sheet} />
      <${Whereabouts} sheet=${sheet} />
      ${listOf(sheet) === "finished" && html`<${Record} sheet=${sheet} />`}
      <${Values} sheet=${sheet} />
      <${MoreActions} sheet=${sheet} act=${act} />
    <//>
  `;
}

/** The one thing to do next, at the thumb. */
function MainAction({ sheet, act }) {
  const [asking, ask] = useState(false);
  if (isMineSoon(sheet) && listOf(sheet) !== "finished") {
    const label = hasBegun(sheet) ? t("job.continue") : t("job.start");
    return html`<a class="button primary" href=${href.work(sheet.id, nextStep(sheet))}>${label}</a>`;
  }
  if (listOf(sheet) === "running") {
    return html`
      <${Button} act=${act} name="takeOver" onClick=${() => ask(true)}>${t("job.takeOver")}<//>
      ${
        asking &&
        html`
        <${Confirm}
          title=${t("job.takeOverTitle", { name: sheet.assignee.name })}
          choices=${[{ label: t("job.takeOverFrom", { name: sheet.assignee.name }), act: () => act.run("takeOver", () => takeOver(sheet)) }]}
          onClose=${() => ask(false)}
        >
          <p>${t("job.takeOverText", { name: sheet.assignee.name })}</p>
        <//>
      `
      }
    `;
  }
  if (listOf(sheet) !== "available") return null;
  const { allowed, text } = permit(sheet, "take");
  return html`
    ${!allowed && text && html`<p class="soft">${text}</p>`}
    <${Button} act=${act} name="take" disabled=${!allowed} onClick=${() => act.run("take", () => takeIt(sheet))}>
      ${t("job.take")}
    <//>
  `;
}

/** An installation begins with its unit. */
function hasBegun(sheet) {
  return sheet.kind !== "INSTALLATION" || sheet.unit !== null;
}

async function takeIt(sheet) {
  const result = await take(sheet);
  if (result.state === "waiting") say(t("waiting.take"));
  return result;
}

/** The holder's work is withdrawn, then the job is taken: two requests, one after the other. */
async function takeOver(sheet) {
  const freed = await withdraw(sheet);
  if (freed.state === "refused") return freed;
  return takeIt(sheet);
}

function WaitingHere({ sheet }) {
  const waiting = entriesOf(sheet.id);
  if (!waiting.length) return null;
  const ends = waiting.some((entry) => entry.action === "outcome");
  return html`
    <${Notice} kind="warning">
      <p>${ends ? t("outcome.waiting") : plural("job.waiting", waiting.length)}</p>
      <p><a href=${href.waiting}>${t("waiting.show")}</a></p>
    <//>
  `;
}

function Holder({ sheet }) {
  if (sheet.reserved_for && sheet.status === "ASSIGNED") {
    const mine = sheet.reserved_for.id === me.value.person.id;
    return html`<p>${mine ? t("job.reservedForYou") : t("job.reservedFor", { name: sheet.reserved_for.name })}</p>`;
  }
  if (sheet.status !== "RUNNING" || isMine(sheet)) return null;
  return html`<p>${t("job.heldBy", { name: sheet.assignee.name })}</p>`;
}

function Steps({ sheet }) {
  if (listOf(sheet) === "finished" || !stepsOf(sheet).length) return null;
  return html`
    <section aria-labelledby="steps">
      <h2 id="steps">${t("job.steps")}</h2>
      <ol class="steps">
        ${stepsOf(sheet).map((step) => html`<${Step} key=${step.name} sheet=${sheet} step=${step} />`)}
      </ol>
    </section>
  `;
}

const STEP_ICONS = { DONE: "check-lg", OPEN: "circle", BLOCKED: "lock" };

function Step({ sheet, step }) {
  const missing = missingAt(step);
  const about = html`
    <${Icon} name=${STEP_ICONS[step.status] ?? "circle"} />
    <span>
      <strong>${word("step", step.name)}</strong> <span class="soft">${word("stepStatus", step.status)}</span>
      ${missing.length > 0 && html`<br /><span class="soft">${missing.join(", ")}</span>`}
    </span>
  `;
  return html`
    <li data-status=${step.status}>
      ${isMineSoon(sheet) ? html`<a class="row" href=${href.work(sheet.id, step.name)}>${about}</a>` : html`<div class="row">${about}</div>`}
    </li>
  `;
}

/** What a step lacks, in words; nothing where its name says it, and not of the last one, which repeats the others. */
function missingAt(step) {
  if (["OUTCOME", "CONFIGURATION"].includes(step.name)) return [];
  const parts = step.missing.filter((part) => part !== step.name.toLowerCase());
  return parts.map((part) => {
    const [kind, value] = part.split(":");
    return value ? word(kind, value) : missingInWords(part);
  });
}

function Whereabouts({ sheet }) {
  const { place, location: where } = sheet;
  const facts = [
    [t("job.date"), day(sheet.planned_service_date)],
    [t("job.place"), place && html`<${PlaceLink} place=${place} />`],
    [t("job.openingHours"), place?.opening_hours],
    [t("job.contactThere"), place?.contact && html`<${Contact} text=${place.contact} />`],
    [
      t("job.location"),
      where &&
        html`<a href=${mapsUrl(where)} target="_blank" rel="noopener"><${Icon} name="geo-alt" /> ${where}</a>`,
    ],
    [t("job.contact"), sheet.contact && html`<${Contact} text=${sheet.contact} />`],
    [
      t("job.instructions"),
      sheet.instructions && html`<span class="lines">${sheet.instructions}</span>`,
    ],
    [t("job.reference"), sheet.external_reference],
    [
      t("job.plannedUnit"),
      sheet.planned_unit && html`<code>${inGroups(sheet.planned_unit.qnr)}</code>`,
    ],
    [t("job.unit"), sheet.unit && html`<code>${inGroups(sheet.unit.qnr)}</code>`],
  ];
  return html`<${Facts} title=${t("job.whereabouts")} facts=${facts} />`;
}

function PlaceLink({ place }) {
  if (!place.address) return place.name;
  return html`
    ${place.name}<br />
    <a href=${mapsUrl(place.address)} target="_blank" rel="noopener"><${Icon} name="geo-alt" /> ${place.address}</a>
  `;
}

function mapsUrl(place) {
  return `https://www.google.com/maps/search/?api=1&query=${encodeURIComponent(place)}`;
}

function Contact({ text }) {
  const phone = text?.match(/\+?[\d][\d\s()/-]{5,}\d/)?.[0];
  if (!phone) return text;
  return html`<a href=${`tel:${phone.replace(/[^\d+]/g, "")}`}><${Icon} name="telephone" /> ${text}</a>`;
}

/** What is set, and why it is locked. Of a finished job everything is, so there it is not said. */
function Values({ sheet }) {
  const isOver = listOf(sheet) === "finished";
  const isShown = (field) => field.value !== null || (field.locked && !isOver);
  const set = (sheet.fields ?? []).filter(isShown);
  if (!set.length) return null;
  const facts = set.map((field) => [
    capital(field.label),
    html`
      ${fieldInWords(sheet, field)}
      ${field.locked && !isOver && html` <span class="soft"><${Icon} name="lock" /> ${field.reason}</span>`}
    `,
  ]);
  facts.push([t("vin.read"), sheet.read_vin && html`<code>${sheet.read_vin}</code>`]);
  return html`<${Facts} title=${t("job.values")} facts=${facts} />`;
}

function MoreActions({ sheet, act }) {
  const [asking, ask] = useState(false);
  const mine = isMine(sheet);
  const going = isGoing(sheet);
  return html`
    <div class="stack">
      ${
        mine &&
        sheet.vehicle &&
        html`
        <a class="button" href=${href.vehicle(sheet.id)}><${Icon} name="car-front" /> ${t("vehicle.title")}</a>
      `
      }
      ${
        mine &&
        html`
        <a class="button" href=${href.work(sheet.id, "OUTCOME")}>${t("job.update")}</a>
        ${!going && html`<${Button} act=${act} name="withdraw" kind="plain" onClick=${() => ask(true)}>${t("job.withdraw")}<//>`}
      `
      }
      ${
        listOf(sheet) === "finished" &&
        may(sheet, "add_photo") &&
        html`
        <a class="button" href=${href.work(sheet.id, "PHOTOS")}><${Icon} name="camera" /> ${t("photos.addLate")}</a>
      `
      }
      ${may(sheet, "hand_back") && !going && html`<a class="button plain" href=${href.handback(sheet.id)}>${t("job.handback")}</a>`}
    </div>
    ${
      asking &&
      html`
      <${Confirm}
        title=${t("job.withdrawTitle", { name: nameOf(sheet) })}
        choices=${[{ label: t("job.withdraw"), kind: "danger", act: () => act.run("withdraw", () => withdraw(sheet)) }]}
        onClose=${() => ask(false)}
      >
        <p>${t("job.withdrawText")}</p>
      <//>
    `
    }
  `;
}
