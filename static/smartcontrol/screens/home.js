/* The four lists. Everything shown is on the phone; what is planned for today comes first. */
import { html, useState } from "../html.js";
import { clientOf, isForToday, listOf, matches, normal } from "../job.js";
import { Icon } from "../parts/icon.js";
import { JobRow } from "../parts/job_row.js";
import { Notice } from "../parts/notice.js";
import { usePull } from "../parts/pull.js";
import { Screen } from "../parts/screen.js";
import { me, readAt, sheets, standing } from "../store.js";
import { refresh } from "../sync.js";
import { plural, t, time } from "../texts.js";
import { Missing } from "./missing.js";

const LISTS = ["available", "mine", "running", "finished"];
// What fits on three screens of a phone; the rest on a tap.
const AT_FIRST = 25;
const MORE = 50;

export function Home() {
  const [chosen, choose] = useState(null);
  const [search, setSearch] = useState("");
  const [client, setClient] = useState("");
  const pull = usePull(refresh);
  const found = sheets.value.filter((sheet) => fits(sheet, normal(search), client));
  const lists = Object.groupBy(found, listOf);
  const list = chosen ?? (lists.mine?.length ? "mine" : "available");
  return html`
    <${Screen} title=${me.value.company?.name ?? "SmartControl"}>
      <${Missing} />
      <div class="search">
        <label class="hidden" for="search">${t("home.search")}</label>
        <input
          id="search"
          type="search"
          autocomplete="off"
          placeholder=${t("home.search")}
          value=${search}
          onInput=${(event) => setSearch(event.target.value)}
        />
        <${Clients} value=${client} onChange=${setClient} />
      </div>
      <nav class="tabs" aria-label=${t("home.lists")}>
        ${LISTS.map(
          (name) => html`
            <button key=${name} type="button" aria-pressed=${name === list} onClick=${() => choose(name)}>
              ${t(`list.${name}`)} <span class="count">${lists[name]?.length ?? 0}</span>
            </button>
          `,
        )}
      </nav>
      <${Age} busy=${pull.busy} onRefresh=${pull.refresh} />
      <${List} key=${list} name=${list} jobs=${lists[list] ?? []} filtered=${Boolean(search || client)} />
    <//>
  `;
}

function fits(sheet, wanted, client) {
  return matches(sheet, wanted) && (!client || sheet.fleet.fleet_id === client);
}

function Clients({ value, onChange }) {
  const clients = new Map(sheets.value.map((sheet) => [sheet.fleet.fleet_id, clientOf(sheet)]));
  if (clients.size < 2) return null;
  const sorted = [...clients].sort((one, other) => one[1].localeCompare(other[1]));
  return html`
    <label class="hidden" for="client">${t("home.client")}</label>
    <select id="client" value=${value} onChange=${(event) => onChange(event.target.value)}>
      <option value="">${t("home.allClients")}</option>
      ${sorted.map(([id, name]) => html`<option key=${id} value=${id}>${name}</option>`)}
    </select>
  `;
}

function Age({ busy, onRefresh }) {
  const text = readAt.value ? t("home.readAt", { at: time(readAt.value) }) : t("home.reading");
  return html`
    <p class="age">
      <span role="status">${busy ? t("home.reading") : text}</span>
      <button type="button" class="button plain" onClick=${onRefresh} disabled=${busy}>
        <${Icon} name="arrow-repeat" /> ${t("home.refresh")}
      </button>
    </p>
  `;
}

function List({ name, jobs, filtered }) {
  const [more, setMore] = useState(AT_FIRST);
  if (!jobs.length) return html`<${Empty} name=${name} filtered=${filtered} />`;
  const today = jobs.filter(isForToday);
  const rest = sorted(jobs.filter((sheet) => !isForToday(sheet)));
  const cut = rest.slice(0, Math.max(0, more - today.length));
  return html`
    ${
      today.length > 0 &&
      html`
      <h2>${plural("home.today", today.length)}</h2>
      <p class="soft">${t("home.todayKept")}</p>
      <ul class="rows">${today.map((sheet) => html`<${JobRow} key=${sheet.id} sheet=${sheet} />`)}</ul>
      ${cut.length > 0 && html`<h2>${t("home.others")}</h2>`}
    `
    }
    <ul class="rows">${cut.map((sheet) => html`<${JobRow} key=${sheet.id} sheet=${sheet} />`)}</ul>
    ${
      cut.length < rest.length &&
      html`
      <button type="button" class="button" onClick=${() => setMore(more + MORE)}>
        ${t("home.more", { n: rest.length - cut.length })}
      </button>
    `
    }
    ${name === "finished" && html`<p class="soft">${t("home.finishedSince")}</p>`}
  `;
}

/** By planned date, then the newest first; jobs without a date come last. */
function sorted(jobs) {
  const key = (sheet) => sheet.planned_service_date ?? "9999";
  return [...jobs].sort((one, other) => {
    if (key(one) !== key(other)) return key(one) < key(other) ? -1 : 1;
    return one.id < other.id ? 1 : -1;
  });
}

function Empty({ name, filtered }) {
  if (readAt.value === null && standing.value === "in")
    return html`<p class="soft" role="status">${t("home.reading")}</p>`;
  return html`<${Notice}><p>${filtered ? t("home.nothingFound") : t(`empty.${name}`)}</p><//>`;
}
