/* The unit is configured by itself once unit and vehicle model are known. Here one sees how far it is. */
import { html, useEffect, useRef } from "../../html.js";
import { missingInWords, stepAfter, stepsOf } from "../../job.js";
import { useClock } from "../../parts/clock.js";
import { Notice } from "../../parts/notice.js";
import { StepScreen } from "../../parts/step_screen.js";
import { goInstead, href } from "../../router.js";
import { age, t, time } from "../../texts.js";

export function ConfigurationStep({ sheet }) {
  const state = sheet.configuration?.status ?? null;
  const next = href.work(sheet.id, stepAfter(sheet, "CONFIGURATION"));
  const before = useRef(state);
  useEffect(() => {
    // Somebody who watched it go on to its end is led on.
    if (before.current === "PENDING" && state === "APPLIED") goInstead(next);
    before.current = state;
  }, [state, next]);
  const done = state === "APPLIED";
  return html`
    <${StepScreen} sheet=${sheet} name="CONFIGURATION" actions=${done && html`<a class="button primary" href=${next}>${t("next")}</a>`}>
      <${State} sheet=${sheet} state=${state} />
    <//>
  `;
}

function State({ sheet, state }) {
  const now = useClock();
  const { at, error } = sheet.configuration ?? {};
  if (state === null) return html`<${Blocked} sheet=${sheet} />`;
  if (state === "PENDING") {
    return html`<${Notice}><p>${t("configuration.pending")} ${at && html`<span class="soft">${age(at, now)}</span>`}</p><//>`;
  }
  if (state === "APPLIED")
    return html`<${Notice} kind="done"><p>${t("configuration.applied", { at: time(at) })}</p><//>`;
  return html`
    <${Notice} kind="error">
      <p>${t("configuration.failed")}</p>
      ${error && html`<p>${error}</p>`}
    <//>
    <a class="button" href=${href.work(sheet.id, "UNIT")}>${t("configuration.toUnit")}</a>
  `;
}

/** What is needed before it can begin, with the way there. */
function Blocked({ sheet }) {
  const waits = stepsOf(sheet).filter(
    (step) => ["UNIT", "VEHICLE_DATA"].includes(step.name) && step.status !== "DONE",
  );
  return html`
    <${Notice} kind="warning"><p>${t("configuration.blocked")}</p><//>
    <div class="stack">
      ${waits.map(
        (step) =>
          html`<a key=${step.name} class="button" href=${href.work(sheet.id, step.name)}>${step.missing.map(missingInWords).join(", ")}</a>`,
      )}
    </div>
  `;
}
