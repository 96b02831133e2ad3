/* Tests with what they measured. The values are of the attempt that is shown, never older ones. */
import { html } from "../html.js";
import { age, shown, time, word } from "../texts.js";
import { useClock } from "./clock.js";
import { Icon } from "./icon.js";

const LIGHTS = {
  PASSED: ["green", "check-lg"],
  FAILED: ["red", "x-lg"],
  ERROR: ["red", "exclamation-triangle"],
  RUNNING: ["amber", "circle-half"],
  AWAITING_CONFIRMATION: ["amber", "question-circle"],
  QUEUED: ["grey", "hourglass-split"],
  CANCELLED: ["grey", "dash-circle"],
  VOIDED: ["grey", "dash-circle"],
  NOT_RUN: ["grey", "circle"],
};
const HINTED = ["FAILED", "ERROR", "RUNNING", "CANCELLED"];

/** `live` shows ages that grow; `actions(test)` are buttons at each test. */
export function TestList({ tests, live = false, actions }) {
  return html`
    <ul class="tests" aria-live=${live ? "polite" : undefined} aria-relevant="text">
      ${tests.map((test) => html`<${Test} key=${test.kind} test=${test} live=${live} actions=${actions} />`)}
    </ul>
  `;
}

function Test({ test, live, actions }) {
  const [light, icon] = LIGHTS[test.status] ?? ["grey", "circle"];
  return html`
    <li data-light=${light}>
      <div class="test-head">
        <${Icon} name=${icon} />
        <span class="test-name">
          <strong>${word("test", test.kind)}</strong>
          <span class="soft">${word("testStatus", test.status)} ${live && html`<${Since} test=${test} />`}</span>
        </span>
        ${actions?.(test)}
      </div>
      ${test.evidence.map((one, n) => html`<${Evidence} key=${n} one=${one} test=${test} live=${live} />`)}
      ${test.void_reason && html`<p class="hint">${word("void", test.void_reason)}</p>`}
      ${test.hint && HINTED.includes(test.status) && html`<p class="hint">${test.hint}</p>`}
    </li>
  `;
}

function Since({ test }) {
  const now = useClock();
  if (test.status !== "RUNNING" || !test.started_at) return null;
  return html`<span aria-hidden="true">· ${age(test.started_at, now)}</span>`;
}

/** One line: the value, what it had to be, and its age. A value from before the attempt proves nothing. */
function Evidence({ one, test, live }) {
  const isOld = test.started_at && one.at < test.started_at;
  const counts = test.status !== "VOIDED" && !isOld;
  return html`
    <p class="evidence" data-ok=${counts ? one.ok : undefined}>
      <span>${word("measured", one.signal)} ${measured(one)} ${wanted(one) && html`<span class="soft">(${wanted(one)})</span>`}</span>
      ${live && html`<${Age} at=${one.at} />`}
    </p>
  `;
}

function Age({ at }) {
  const now = useClock();
  return html`<span class="push soft" aria-hidden="true">${age(at, now)}</span>`;
}

const MOMENT = /^\d{4}-\d\d-\d\dT/;

function measured(one) {
  if (typeof one.value === "string" && MOMENT.test(one.value)) return time(one.value);
  if (typeof one.value === "string" && one.value.includes(" – "))
    return one.value.split(" – ").map(shown).join(" – ");
  const value = one.value === null ? "–" : shown(one.value);
  return one.unit ? `${value} ${one.unit}` : value;
}

function wanted(one) {
  const bounds = boundsOf(one);
  if (bounds) return one.unit ? `${bounds} ${one.unit}` : bounds;
  if (one.threshold === null) return "";
  if (typeof one.threshold !== "string") return shown(one.threshold);
  return one.threshold
    .split(" – ")
    .map((part) => word("value", part))
    .join(" – ");
}

/** What a number has to be: "≥ 11.5", "≤ 60", "0–100". */
function boundsOf({ min, max }) {
  if (min !== null && max !== null) return `${shown(min)}–${shown(max)}`;
  if (min !== null) return `≥ ${shown(min)}`;
  if (max !== null) return `≤ ${shown(max)}`;
  return "";
}
