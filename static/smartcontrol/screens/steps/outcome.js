/* Update Job: it succeeded, or it failed and why. Before it ends, the person looks around the vehicle once more. */
import { finish } from "../../actions.js";
import { html, useState } from "../../html.js";
import {
  entriesAhead,
  lacking,
  may,
  missingInWords,
  missingSoon,
  otherVin,
  permit,
  stepsOf,
  vinSoon,
} from "../../job.js";
import { Button, Refusal, useAct } from "../../parts/act.js";
import { Choice, TextInput } from "../../parts/inputs.js";
import { Notice } from "../../parts/notice.js";
import { ConfirmVin, ReadVin } from "../../parts/read_vin.js";
import { StepScreen } from "../../parts/step_screen.js";
import { href, wayOn } from "../../router.js";
import { say } from "../../store.js";
import { reasons, shown, t } from "../../texts.js";
import { useVehicleState } from "../vehicle.js";

const LONGEST = 2000;

export function OutcomeStep({ sheet, look }) {
  const missing = missingSoon(sheet);
  const [chosen, setOutcome] = useState(null);
  const outcome = chosen ?? (missing.length ? null : "SUCCEEDED");
  const [comment, setComment] = useState("");
  const [reason, setReason] = useState("");
  const act = useAct();
  const [state] = useVehicleState(sheet, look);
  const waits = entriesAhead(sheet).some((entry) => entry.action === "outcome");
  const failed = outcome === "FAILED";
  const ready = failed ? comment.trim() && reason : outcome && may(sheet, "succeed");

  // The server may know of a difference that this phone has not read yet.
  const refused = act.problem?.code === "vin_differs" ? act.problem.body : null;
  const other = refused?.read_vin ?? otherVin(sheet);
  const known = refused?.vin ?? vinSoon(sheet);
  const [asking, ask] = useState(false);

  const submit = async (confirmed) => {
    const body = { outcome, comment: comment.trim() };
    if (failed) body.reason = reason;
    else if (confirmed) body.confirmed_vin = confirmed;
    const goOn = wayOn();
    const result = await act.run("finish", () => finish(sheet, body));
    if (!result) return;
    say(result.state === "waiting" ? t("outcome.waiting") : t("outcome.done"));
    goOn(href.job(sheet.id));
  };
  const why = failed ? permit(sheet, "fail") : permit(sheet, "succeed");
  const actions = html`
    ${outcome && !why.allowed && html`<p class="soft">${why.text}</p>`}
    <${Button} act=${act} name="finish" kind=${failed ? "danger" : "primary"} disabled=${!ready || waits} onClick=${() => (other && !failed ? ask(true) : submit())}>
      ${t(failed ? "outcome.finishFailed" : "outcome.finish")}
    <//>
    ${asking && html`<${ConfirmVin} read=${other} known=${known} onConfirm=${() => submit(other)} onClose=${() => ask(false)} />`}
  `;
  return html`
    <${StepScreen} sheet=${sheet} name="OUTCOME" actions=${actions}>
      ${waits && html`<${Notice} kind="warning"><p>${t("outcome.waiting")}</p><//>`}
      <${Refusal} problem=${act.problem} fields=${["comment", "reason"]} />
      <fieldset class="two">
        <legend class="hidden">${t("outcome.title")}</legend>
        <${Radio} value="SUCCEEDED" chosen=${outcome} onChoose=${setOutcome} label=${t("outcome.succeeded")} />
        <${Radio} value="FAILED" chosen=${outcome} onChoose=${setOutcome} label=${t("outcome.failed")} />
      </fieldset>
      ${!failed && missing.length > 0 && html`<${Missing} sheet=${sheet} />`}
      ${
        failed &&
        html`
        <${Choice} name="reason" label=${t("outcome.reason")} value=${reason} choices=${reasons()} empty=${t("choose")} onChange=${setReason} errors=${act.problem?.errors?.reason} required />
      `
      }
      ${
        outcome &&
        (failed || !missing.length) &&
        html`
        <${TextInput} name="comment" label=${t("outcome.comment")} long value=${comment} maxLength=${LONGEST} onInput=${setComment} errors=${act.problem?.errors?.comment} required=${failed} />
        ${other && !failed && html`<${ReadVin} read=${other} known=${known} />`}
        <${LookAround} state=${state} />
      `
      }
    <//>
  `;
}

function Radio({ value, chosen, onChoose, label }) {
  return html`
    <label class="radio" data-value=${value}>
      <input type="radio" name="outcome" value=${value} checked=${chosen === value} onChange=${() => onChoose(value)} />
      ${label}
    </label>
  `;
}

/** What is missing, each with the way to its step. */
function Missing({ sheet }) {
  const steps = stepsOf(sheet).filter((step) => step.name !== "OUTCOME");
  return html`
    <${Notice} kind="warning">
      <p>${t("outcome.missing")}</p>
      <ul>
        ${steps.flatMap((step) =>
          lacking(sheet, step.missing).map(
            (part) =>
              html`<li key=${part}><a href=${href.work(sheet.id, step.name)}>${missingInWords(part)}</a></li>`,
          ),
        )}
      </ul>
    <//>
  `;
}

/** Before the job ends: gear out, parked and locked. Doors and lock as they are now. */
function LookAround({ state }) {
  const lock = state?.central_lock?.value;
  const doors = state?.doors?.value;
  return html`
    <section class="card" aria-labelledby="around">
      <h2 id="around">${t("outcome.before")}</h2>
      <ul>
        <li>${t("outcome.gear")}</li>
        <li>${t("outcome.park")} ${lock && html`<strong>${t("outcome.lockNow", { value: shown(lock) })}</strong>`}</li>
        ${doors && html`<li><strong>${t("outcome.doorsNow", { value: shown(doors) })}</strong></li>`}
      </ul>
      ${lock === "unlocked" && html`<${Notice} kind="warning"><p>${t("outcome.unlocked")}</p><//>`}
      <p class="soft">${t("outcome.after")}</p>
    </section>
  `;
}
