/* The vehicle while the access is open: its state with ages, and its commands. Nothing of it is stored, and all of it
   is gone from the screen in the moment in which the access is over. */
import { sendCommand } from "../actions.js";
import { get, Problem } from "../api.js";
import { html, useEffect, useState } from "../html.js";
import { isAccessOpen, isMine, nameOf } from "../job.js";
import { Button, Refusal, useAct } from "../parts/act.js";
import { useClock } from "../parts/clock.js";
import { useFollowed } from "../parts/following.js";
import { Lease } from "../parts/lease.js";
import { Notice } from "../parts/notice.js";
import { Screen } from "../parts/screen.js";
import { href } from "../router.js";
import { sheetOf } from "../store.js";
import { age, shown, t, word } from "../texts.js";
import { Gone } from "./gone.js";

const EVERY = 5000;
const PAIRS = [
  ["unlock-central-lock", "lock-central-lock"],
  ["enable-driving", "disable-driving"],
  ["draw-attention", "request-vehicle-state"],
];
const UNITS = {
  mileage_in_kilometers: "km",
  state_of_charge_or_fuel_level_in_percent: "%",
  board_voltage: "V",
  speed_in_kilometers_per_hour: "km/h",
  cellular_signal_quality: "/ 5",
};

export function Vehicle({ id }) {
  const look = useFollowed(id);
  const act = useAct();
  const sheet = sheetOf(id);
  const [state, setState] = useVehicleState(sheet, look);
  const [command, setCommand] = useState(null);
  const now = useClock();
  if (!sheet) return html`<${Gone} />`;
  const isOpen = isAccessOpen(sheet, now);

  const send = async (name) => {
    setCommand(null);
    const answer = await act.run(name, () => sendAndWait(sheet, name));
    if (!answer) return;
    setCommand(answer);
    if (answer.state) setState(answer.state);
  };
  return html`
    <${Screen} title=${t("vehicle.title")} note=${nameOf(sheet)} back=${href.job(id)}>
      ${isMine(sheet) && html`<${Lease} sheet=${sheet} act=${act} />`}
      <${Refusal} problem=${act.problem} />
      ${
        isOpen
          ? html`
              <${Commands} act=${act} onSend=${send} />
              <${Result} command=${command} />
              <${State} state=${state} />
            `
          : html`<${Notice} kind="warning"><p>${t("vehicle.over")}</p><//>`
      }
    <//>
  `;
}

function Commands({ act, onSend }) {
  return html`
    <section aria-label=${t("vehicle.commands")}>
      ${PAIRS.map(
        (pair) => html`
          <div class="two" key=${pair[0]}>
            ${pair.map((name) => html`<${Button} key=${name} act=${act} name=${name} kind="" onClick=${() => onSend(name)}>${word("command", name)}<//>`)}
          </div>
        `,
      )}
    </section>
  `;
}

function Result({ command }) {
  if (!command) return null;
  const done = command.status === "DONE";
  return html`
    <${Notice} kind=${done ? "done" : "error"}>
      <p>${word("command", command.name)}: ${word("commandStatus", command.status)}</p>
      ${command.error && html`<p>${command.error}</p>`}
    <//>
  `;
}

function State({ state }) {
  const now = useClock();
  if (!state) return null;
  const names = Object.keys(state);
  if (!names.length) return html`<p class="soft">${t("vehicle.noState")}</p>`;
  return html`
    <section aria-labelledby="state">
      <h2 id="state">${t("vehicle.state")}</h2>
      <dl class="facts">
        ${names.map(
          (name) => html`
            <div key=${name}>
              <dt>${word("signal", name)}</dt>
              <dd>${inWords(name, state[name].value)} <span class="soft">${state[name].timestamp && age(state[name].timestamp, now)}</span></dd>
            </div>
          `,
        )}
      </dl>
    </section>
  `;
}

function inWords(name, value) {
  if (value === null) return "–";
  if (name === "position") return `${value.latitude.toFixed(5)}, ${value.longitude.toFixed(5)}`;
  if (name === "driving_enabled") return t(value ? "vehicle.enabled" : "vehicle.disabled");
  if (typeof value === "boolean") return t(value ? "vehicle.on" : "vehicle.off");
  return `${shown(value)} ${UNITS[name] ?? ""}`.trim();
}

/** The command with its result: the server waits 5 seconds, then it is read by its id. */
async function sendAndWait(sheet, name) {
  let { data } = await sendCommand(sheet, name);
  for (let tries = 0; ["QUEUED", "SENT"].includes(data.status) && tries < 20; tries += 1) {
    await new Promise((wake) => setTimeout(wake, 2000));
    data = (await get(`vehicles/${sheet.vehicle.vehicle_id}/commands/${data.id}/`)).data;
  }
  return data;
}

/** The state as it is read every few seconds; null as soon as the server refuses it. Then `onRefused` looks why. */
export function useVehicleState(sheet, onRefused) {
  const [state, setState] = useState(null);
  const now = useClock();
  const vehicleId = sheet && isAccessOpen(sheet, now) ? sheet.vehicle.vehicle_id : null;
  useEffect(() => {
    setState(null);
    if (!vehicleId) return undefined;
    const over = new AbortController();
    let timer = null;
    const look = async () => {
      clearTimeout(timer);
      try {
        if (document.visibilityState === "visible") {
          const { data } = await get(`vehicles/${vehicleId}/state/`, { signal: over.signal });
          setState(data);
        }
      } catch (error) {
        if (error instanceof Problem) {
          setState(null);
          onRefused();
        }
      }
      if (!over.signal.aborted) timer = setTimeout(look, EVERY);
    };
    look();
    return () => {
      over.abort();
      clearTimeout(timer);
    };
  }, [vehicleId]);
  return [state, setState];
}
